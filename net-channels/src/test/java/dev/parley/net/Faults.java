package dev.parley.net;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// What goes wrong on a line, decided by a seed: the same decisions for a simulated line and for one of real sockets.
///
/// Bytes are passed on in slices, each after a delay. A slice may be changed in one bit, passed on twice, or be the last: then the connection is reset
/// at both ends, ended in this direction only, or goes silent, in one direction or both, without anybody being told.
final class Faults {
    /// How often what goes wrong, per thousand slices.
    ///
    /// @param longestDelay of a slice, in microseconds
    /// @param reset both ends learn that the connection is gone
    /// @param halfClose the other end reads the end of the stream
    /// @param silence bytes of this direction vanish from here on, and nobody is told
    /// @param flip a bit is changed
    /// @param replay the slice comes twice
    record Rates(int longestDelay, int reset, int halfClose, int silence, int flip, int replay) {
        static final Rates NONE = new Rates(500, 0, 0, 0, 0, 0);
        static final Rates ALL = new Rates(2000, 8, 4, 4, 8, 8);
    }

    /// What becomes of some bytes.
    sealed interface Fate {
        /// They arrive, these ones, after `delay` and in order.
        record Arrive(byte[] bytes, Duration delay) implements Fate {}

        record Reset() implements Fate {}

        record HalfClose() implements Fate {}

        record Silence() implements Fate {}
    }

    private final Rates rates;
    private final SplittableRandom random;
    private int counted;

    Faults(Rates rates, long seed) {
        this.rates = rates;
        this.random = new SplittableRandom(seed);
    }

    /// Those of another connection.
    Faults another() {
        return new Faults(rates, random.nextLong());
    }

    /// Things that went wrong so far.
    int counted() {
        return counted;
    }

    /// The fates of the next bytes of a stream.
    List<Fate> of(byte[] bytes, int length) {
        var fates = new ArrayList<Fate>();
        for (int at = 0; at < length;) {
            int size = Math.min(length - at,
                    random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 1 + random.nextInt(length));
            var slice = new byte[size];
            System.arraycopy(bytes, at, slice, 0, size);
            at += size;
            if (happens(rates.flip)) slice[random.nextInt(size)] ^= (byte) (1 << random.nextInt(8));
            fates.add(arrival(slice));
            if (happens(rates.replay)) fates.add(arrival(slice));
            if (happens(rates.reset)) fates.add(new Fate.Reset());
            if (happens(rates.halfClose)) fates.add(new Fate.HalfClose());
            if (happens(rates.silence)) fates.add(new Fate.Silence());
        }
        return fates;
    }

    private Fate.Arrive arrival(byte[] slice) {
        return new Fate.Arrive(slice, Duration.ofNanos(1000L * random.nextInt(1 + rates.longestDelay)));
    }

    private boolean happens(int perThousand) {
        boolean happens = perThousand > 0 && random.nextInt(1000) < perThousand;
        if (happens) counted++;
        return happens;
    }
}
