package dev.parley.jmh;

import dev.parley.csp.Alt;
import dev.parley.csp.Channel;
import dev.parley.csp.Guard;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import dev.parley.loop.EventLoop;
import dev.parley.loop.EventLoop.EngineChoice;
import dev.parley.loop.TaskGroup;
import dev.parley.loop.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// Ours, in an event loop on one of its engines.
final class Parley implements Peer, Callbacks.Loop {
    /// - CARRIER: the carrier engine: one carrier
    /// - GROUP: the carrier engine's group: as many carriers as there are processors
    /// - BATON: the baton engine: the JDK's scheduler, one task at a time; no JVM flag
    /// - JDK: the JDK's scheduler, as many carriers as there are processors; no JVM flag
    enum Place { CARRIER, GROUP, BATON, JDK }

    private final Place place;
    private final boolean confined;
    private final EventLoop loop;

    Parley(Place place) {
        this(place, false);
    }

    private Parley(Place place, boolean confined) {
        this.place = place;
        this.confined = confined;
        boolean flag = place == Place.CARRIER || place == Place.GROUP;
        boolean many = place == Place.GROUP || place == Place.JDK;
        loop = EventLoop.open(EventLoop.Config.standard().engine(flag ? EngineChoice.CARRIER : EngineChoice.BATON)
                .carriers(many ? Math.max(2, Runtime.getRuntime().availableProcessors()) : 1)
                .named("bench"));
    }

    /// As it is on one carrier, but each parallel composition is looked at for deadlocks ([Par#confined]).
    static Parley confined() { return new Parley(Place.CARRIER, true); }

    @Override public boolean does(Question question) {
        if (confined) return question instanceof CommsTime;
        return switch (question) {
            case Switch _ -> place == Place.CARRIER || place == Place.GROUP; // elsewhere it is that of the threads
            case Callbacks _ -> place == Place.CARRIER || place == Place.BATON; // what a single loop does
            case Remote _,Echo _ -> false;
            default -> true;
        };
    }

    @Override public <T> T inside(Callable<T> work) throws Exception { return loop.call(work); }

    private record OurLink(Channel<Integer> channel) implements Link {
        @Override public void send(Integer element) throws InterruptedException { channel.send(element); }

        @Override public Integer receive() throws InterruptedException { return channel.receive(); }
    }

    @Override public Link link(int capacity, Ends ends) {
        return new OurLink(switch (capacity) {
            case 0 -> Channel.rendezvous();
            case UNBOUNDED -> Channel.unbounded();
            default -> Channel.buffered(capacity);
        });
    }

    @Override public Choice choice(List<Link> inputs, List<Link> outputs) {
        var choosing = new Choosing();
        var guards = new ArrayList<Guard>();
        for (var link : inputs) guards.add(((OurLink) link).channel.on(element -> choosing.received = element));
        for (var link : outputs) guards.add(((OurLink) link).channel.offering(OFFERED));
        choosing.alt = Alt.of(guards.toArray(Guard[]::new));
        return choosing;
    }

    private static final class Choosing implements Choice {
        @Nullable Alt alt;
        @Nullable Integer received;

        @Override public @Nullable Integer choose() throws Exception {
            received = null;
            if (alt != null) alt.select();
            return received;
        }
    }

    @Override public void par(List<? extends Body> bodies) throws Exception {
        var processes = new ArrayList<Proc>(bodies.size());
        for (var body : bodies) processes.add(body::run);
        var par = new Par("par", processes);
        (confined ? par.confined() : par).run();
    }

    @Override public void spawn(int n, Body body) throws Exception {
        TaskGroup.run(group -> {
            for (int i = 0; i < n; i++) group.fork(body::run).await();
        });
    }

    @Override public void giveWay() throws InterruptedException { Tasks.giveWay(); }

    @Override public void execute(Runnable callback) { loop.execute(callback); }

    @Override public Runnable after(Duration delay, Runnable callback) {
        var timer = loop.after(delay, callback);
        return timer::cancel;
    }

    @Override public void close() { loop.close(); }
}
