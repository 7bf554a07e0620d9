package dev.parley.jmh;

/// A question whose other half runs in another process, and whose contenders bring both halves.
interface Remote extends Question {
    @Override default long by(Peer peer, int n) {
        throw new UnsupportedOperationException(id() + " is asked of programs, not of channels in one JVM");
    }
}
