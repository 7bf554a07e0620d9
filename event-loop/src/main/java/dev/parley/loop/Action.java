package dev.parley.loop;

/// Code that returns nothing and may throw.
@FunctionalInterface public interface Action<X extends Throwable> {
    void run() throws X;
}
