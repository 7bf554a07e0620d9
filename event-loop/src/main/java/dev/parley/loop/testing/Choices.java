package dev.parley.loop.testing;

import java.util.Arrays;

/// Where a run takes its decisions from: a seed, a list, or the next branch of a search through all of them.
///
/// A run is a function of its decisions and nothing else. Each decision is a number, and 0 is always the calm one: the
/// thread that ran goes on, otherwise the one that has been ready longest; nothing is injected. So a schedule is known by
/// its few decisions that are not 0, and a schedule is made simpler by setting decisions to 0.
abstract sealed class Choices {
    private boolean recording;
    private int[] made = new int[16];
    private int[] widths = new int[16];
    private int count;

    /// Which of `n` ready threads runs next.
    final int thread(int n) {
        return record(decideThread(n), n);
    }

    /// A number from 0 to `n - 1` for the program under test.
    final int number(int n) {
        return record(decideNumber(n), n);
    }

    /// Whether something of this probability happens.
    final boolean chance(double probability) {
        return record(decideChance(probability) ? 1 : 0, 2) == 1;
    }

    /// Keeps every decision from here on.
    final Choices recorded() {
        recording = true;
        return this;
    }

    final int[] made() {
        return Arrays.copyOf(made, count);
    }

    /// Out of how many each was chosen.
    final int[] widths() {
        return Arrays.copyOf(widths, count);
    }

    private int record(int choice, int width) {
        if (recording) {
            if (count == made.length) {
                made = Arrays.copyOf(made, 2 * count);
                widths = Arrays.copyOf(widths, 2 * count);
            }
            widths[count] = width;
            made[count++] = choice;
        }
        return choice;
    }

    abstract int decideThread(int n);

    abstract int decideNumber(int n);

    abstract boolean decideChance(double probability);

    /// Decisions from a seed.
    ///
    /// A third of the seeds switches threads wherever it can, a third half as often, a third rarely: some bugs need many
    /// switches, others one switch and a long undisturbed run. Generator: SplitMix64 (Steele, Lea, Flood, 2014).
    static final class Seeded extends Choices {
        private static final long[] STAY = {0, 1 << 15, 7 << 13}; // of 1 << 16

        private final long stay;
        private long state;

        Seeded(long seed) {
            state = seed * 0x9E3779B97F4A7C15L;
            stay = STAY[Math.floorMod(next(), 3)];
        }

        @Override int decideThread(int n) {
            long random = next();
            return (random & 0xFFFF) < stay ? 0 : scale(random, n);
        }

        @Override int decideNumber(int n) { return scale(next(), n); }

        @Override boolean decideChance(double probability) {
            return (next() >>> 11) * 0x1.0p-53 < probability;
        }

        private static int scale(long random, int n) {
            return (int) (((random >>> 32) * n) >>> 32);
        }

        private long next() {
            long z = state += 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            return z ^ (z >>> 31);
        }
    }

    /// Decisions from a list; calm where it is at its end or names what is not there.
    static final class Listed extends Choices {
        private final int[] list;
        private int next;

        Listed(int[] list) {
            this.list = list;
        }

        @Override int decideThread(int n) { return decideNumber(n); }

        @Override int decideNumber(int n) {
            int choice = next < list.length ? list[next] : 0;
            next++;
            return choice < n ? choice : 0;
        }

        @Override boolean decideChance(double probability) { return decideNumber(2) == 1; }
    }

    /// All decisions one after another, depth first. At most `faults` chances are taken in one run.
    static final class Exhaustive extends Choices {
        private final int faults;
        private int[] choice = new int[64];
        private int[] width = new int[64];
        private int depth;
        private int position;
        private int taken;

        Exhaustive(int faults) {
            this.faults = faults;
        }

        /// Goes to the next branch; false if there is none.
        boolean advance() {
            depth = position;
            while (depth > 0 && choice[depth - 1] + 1 == width[depth - 1])
                depth--;
            position = 0;
            taken = 0;
            if (depth == 0) return false;
            choice[depth - 1]++;
            return true;
        }

        /// The decisions of the branch just run.
        int[] branch() {
            return Arrays.copyOf(choice, position);
        }

        @Override int decideThread(int n) { return decideNumber(n); }

        @Override int decideNumber(int n) {
            if (position == choice.length) {
                choice = Arrays.copyOf(choice, 2 * position);
                width = Arrays.copyOf(width, 2 * position);
            }
            if (position >= depth) choice[position] = 0;
            width[position] = n;
            return choice[position++];
        }

        @Override boolean decideChance(double probability) {
            if (taken == faults) return false;
            boolean happens = decideNumber(2) == 1;
            if (happens) taken++;
            return happens;
        }
    }
}
