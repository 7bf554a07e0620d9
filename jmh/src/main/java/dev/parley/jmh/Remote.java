package dev.parley.jmh;

/// A question about several JVMs of one machine, two unless it says otherwise, whose contenders bring all halves: see [Halves].
sealed interface Remote extends Question {
    /// Bytes of an element.
    default int bytes() { return 64; }

    /// How many far halves there are.
    default int fars() { return 1; }

    @Override default int operations(int n) { return n; }

    @Override default long by(Peer peer, int n) {
        throw new UnsupportedOperationException(id() + " is asked of several JVMs, not of channels in one");
    }

    /// The i-th element, made anew.
    default byte[] bytes(int i) { return one(Question.element(i)); }

    /// An element that says this, made anew.
    default byte[] one(int what) {
        var element = new byte[bytes()];
        element[0] = (byte) what;
        return element;
    }

    /// How many of `n` elements are for one of so many partners.
    static int share(int n, int partner, int partners) { return n / partners + (partner < n % partners ? 1 : 0); }

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

        @Override public int warmUp() { return 6; }

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

        @Override public int size() { return 64_000; }

        @Override public long expected(int n) { return n; }

        int channels() { return chooses ? PARTNERS : 1; }
    }

    /// What does a choice over outputs cost whose channels are at home in two other JVMs? In each, half of the partners receive their shares, each on a rendezvous channel of its own that is
    /// at home there, and one process here chooses; or sends on one after the other.
    ///
    /// @param chooses or it sends in turn
    /// @param partners an even number
    record Outputs(boolean chooses, int partners) implements Remote {
        @Override public String id() { return "net-" + (chooses ? "alt-out-" : "send-") + partners; }

        @Override public int fars() { return 2; }

        /// How many channels are at home in each of the far JVMs.
        int each() { return partners / fars(); }

        @Override public int size() { return 20_000; }

        @Override public long expected(int n) { return n; }
    }

    /// As [Farm], with each worker in a JVM, or process, of its own.
    record Farmed() implements Remote {
        @Override public String id() { return "net-farm"; }

        @Override public int fars() { return Farm.WORKERS; }

        @Override public int size() { return 20_000; }

        @Override public long expected(int n) { return Question.sum(n); }
    }
}
