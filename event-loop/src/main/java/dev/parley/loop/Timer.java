package dev.parley.loop;

/// A callback that a loop will run at its time, unless it is cancelled before.
public final class Timer {
    private final EventLoop loop;
    private final Runnable callback;
    private final Timers.Entry entry = new Timers.Entry() {
        @Override public void fire() { loop.runTimer(callback); }
    };

    Timer(EventLoop loop, Runnable callback) {
        this.loop = loop;
        this.callback = callback;
    }

    Timers.Entry entry() { return entry; }

    /// Cancels the callback; nothing of it is kept. By any thread.
    ///
    /// @return true if it has not been started, and now never will be
    public boolean cancel() {
        return loop.timers().cancel(entry);
    }
}
