package dev.parley.csp.pipeline;

import dev.parley.csp.Channel;
import dev.parley.csp.Sender;
import java.util.ArrayList;
import java.util.List;

/// The channel between stages, and who fills it. Each of these has a counted end, so that the last to end closes it.
final class Link<T> {
    final Channel<T> channel;
    private final List<Meter> sources = new ArrayList<>(); // complete before the first process starts

    Link(String name, int capacity) {
        channel = capacity == 0 ? Channel.rendezvous(name) : Channel.buffered(name, capacity);
    }

    Outlet<T> outlet(Meter meter) {
        sources.add(meter);
        return new Outlet<>(channel.sender(), meter);
    }

    long sent() {
        long sum = 0;
        for (var source : sources) sum += source.sent.sum();
        return sum;
    }

    /// Where a stage puts what it makes.
    record Outlet<T>(Sender<T> end, Meter meter) {
        void send(T element) throws InterruptedException {
            end.send(element);
            meter.sent.increment();
        }

        void sendAll(Iterable<? extends T> elements) throws InterruptedException {
            for (T element : elements) send(element);
        }
    }
}
