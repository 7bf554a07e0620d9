package dev.parley.net;

import dev.parley.loop.waiting.Poller;
import dev.parley.loop.waiting.Waiting;
import io.netty.channel.EventLoop;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A loop of Netty's that has no thread of its own: the carrier of an event loop of ours waits in it when it has nothing to run. So a task hands over to it, and is woken by it, by a switch between
/// two virtual threads of one carrier; on a thread of its own each of these wakes a thread.
///
/// The thread it gets does not begin before the one that asks for it waits, since both have the same carrier; so `loop` is there by then.
final class HostedLoop implements Poller {
    private @Nullable Thread thread;
    private @Nullable Manual loop;
    private boolean begun;

    private HostedLoop() {}

    /// Lives on the calling thread's carrier; null if that cannot be.
    static @Nullable HostedLoop here(String name) {
        var hosted = new HostedLoop();
        var thread = Poller.host(name, hosted);
        if (thread == null) return null;
        hosted.thread = thread;
        hosted.loop = new Manual(thread);
        return hosted;
    }

    private static final class Manual extends ManualIoEventLoop {
        private BooleanSupplier mayWait = () -> false;

        Manual(Thread thread) {
            super(thread, EpollIoHandler.newFactory());
        }

        @Override protected boolean canBlock() {
            return mayWait.getAsBoolean();
        }
    }

    EventLoop loop() {
        return manual();
    }

    private Manual manual() {
        return Objects.requireNonNull(loop);
    }

    /// It has something to do, which was not said from its own thread.
    void call() {
        Waiting.ofTheJdk().unpark(Objects.requireNonNull(thread));
    }

    @Override public void work() {
        if (begun && !manual().isShuttingDown()) manual().runNonBlockingTasks(0);
    }

    @Override public void poll(long nanos, BooleanSupplier mayWait) {
        begun = true;
        manual().mayWait = mayWait;
        manual().run(nanos == 0 ? -1 : nanos == FOREVER ? 0 : nanos); // Netty's word for "do not wait" and "for ever"
    }

    @Override public void wakeUp() {
        manual().wakeup();
    }

    @Override public boolean hasEnded() {
        return loop == null || loop.isTerminated();
    }
}
