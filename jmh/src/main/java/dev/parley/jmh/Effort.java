package dev.parley.jmh;

/// How long each contender is measured.
///
/// @param rounds how often all contenders are gone through, each time in new processes, so that a change of the machine's load meets all
/// @param warmUps iterations before those that count
record Effort(int rounds, int warmUps, int warmUpMillis, int iterations, int millis) {
    static final Effort QUICK = new Effort(1, 1, 500, 4, 125);
    static final Effort RESULTS = new Effort(1, 3, 500, 5, 250);
    static final Effort FULL = new Effort(3, 3, 1000, 5, 500);

    /// The same on a machine whose processors are shared by `load` busy threads: warm-up takes as much longer as a compiler then does.
    Effort underLoad(double load) {
        double busy = Math.min(10, Math.max(1, load / Runtime.getRuntime().availableProcessors()));
        return new Effort(rounds, warmUps, (int) (warmUpMillis * busy), iterations, millis);
    }

    @Override public String toString() {
        return rounds + (rounds == 1 ? " round of " : " rounds, each of ") + warmUps + " x " + warmUpMillis
                + " ms warm-up and " + iterations + " x " + millis + " ms";
    }
}
