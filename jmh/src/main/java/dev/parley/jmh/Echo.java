package dev.parley.jmh;

/// What does a server take to send a message back? [#CONNECTIONS] connections, on each of which the next message leaves when the one before is back: the question of uvloop's vmbench. Every contender is a
/// [Served] server in a process of its own, and the client is the same for all of them.
record Echo(int kibibytes) implements Question {
    static final int CONNECTIONS = 10;

    /// How much servers with a buffer of their own read at a time: more than the longest message.
    static final int BUFFER = 128 << 10;

    @Override public String id() { return "echo-" + kibibytes + "k"; }

    int bytes() { return kibibytes << 10; }

    @Override public int size() { return kibibytes < 100 ? 20_000 : 5_000; }

    @Override public int operations(int n) { return n; }

    /// The bytes that came back, each as it was sent.
    @Override public long expected(int n) { return (long) n * bytes(); }

    @Override public long by(Peer peer, int n) {
        throw new UnsupportedOperationException(id() + " is asked of servers, not of channels");
    }
}
