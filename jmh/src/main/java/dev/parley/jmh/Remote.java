package dev.parley.jmh;

/// A question about two JVMs of one machine, whose contenders bring both halves: see [Halves].
sealed interface Remote extends Question {
    /// Bytes of an element.
    int bytes();

    @Override default int operations(int n) { return n; }

    @Override default long by(Peer peer, int n) {
        throw new UnsupportedOperationException(id() + " is asked of two JVMs, not of channels in one");
    }

    /// The i-th element, made anew.
    default byte[] bytes(int i) {
        var element = new byte[bytes()];
        element[0] = (byte) Question.element(i);
        return element;
    }

    /// How long does a sender wait until a receiver in another JVM has its element and it knows?
    record RoundTrip(int bytes) implements Remote {
        @Override public String id() { return "net-rtt-" + bytes; }

        @Override public int size() { return 20_000; }

        @Override public long expected(int n) { return Question.sum(n); }
    }

    /// What does an element of a stream cost, from one process to one in another JVM, where there is room for [#CAPACITY] of them?
    record OneWay(int bytes) implements Remote {
        static final int CAPACITY = 256;

        @Override public String id() { return "net-stream-" + bytes; }

        @Override public int size() { return bytes < 1000 ? 1_000_000 : 300_000; }

        @Override public long expected(int n) { return Question.sum(n); }
    }

    /// What does a choice cost whose partners are in the other JVM? [#PARTNERS] processes send their shares, each on a rendezvous channel of its own, and one chooses; or all send
    /// on the same channel, and one receives.
    ///
    /// @param chooses or there is one channel, and it receives
    /// @param away whether the channels are at home where the senders are, else where the one is that chooses
    record Choice(boolean chooses, boolean away) implements Remote {
        static final int PARTNERS = 32;

        @Override public String id() {
            return "net-" + (chooses ? "alt-" : "receive-") + (away ? "away-" : "") + PARTNERS;
        }

        @Override public int bytes() { return 64; }

        @Override public int size() { return 64_000; }

        @Override public long expected(int n) { return n; }

        int channels() { return chooses ? PARTNERS : 1; }

        /// How many elements each partner sends. The last may send a few more.
        static int share(int n, int partner) {
            return n / PARTNERS + (partner == PARTNERS - 1 ? n % PARTNERS : 0);
        }
    }
}
