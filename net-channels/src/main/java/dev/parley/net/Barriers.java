package dev.parley.net;

import dev.parley.net.Permissions.Use;
import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.Frame.OfBarrier;
import java.util.HashMap;
import java.util.Map;

/// What goes on over one link about barriers: those of this node in which the peer takes part, each a [HomeOfBarrier], and those of the peer, each a [BarrierEnd]. Confined to the loop.
final class Barriers {
    private final Link link;
    private final Map<String, BarrierEnd> near = new HashMap<>(); // by name

    Barriers(Link link) {
        this.link = link;
    }

    /// Gives a barrier that was asked for before.
    boolean give(Want.ToMeet want) {
        var end = near.get(want.name());
        if (end == null) return false;
        want.recipient().give(end.barrier);
        return true;
    }

    /// The one barrier of the peer that `end` stands for. If several asked for it at once, the first is kept: who enrolled through one must be able to resign through any.
    RemoteBarrier only(BarrierEnd end) {
        var first = near.putIfAbsent(end.name(), end);
        if (first == null) return end.barrier;
        end.retire();
        return first.barrier;
    }

    void heard(OfBarrier frame) {
        switch (frame) {
            case Frame.AttachBarrier f -> attach(f);
            case Frame.Enroll f -> {
                var end = link.home(f.end(), HomeOfBarrier.class);
                if (end != null) end.asked(f);
            }
            case Frame.Sync f -> {
                var end = link.home(f.end(), HomeOfBarrier.class);
                if (end != null) end.arrived(f);
            }
            case Frame.Enrolled f -> {
                var end = link.near(f.end(), BarrierEnd.class);
                if (end != null) end.enrolled(f);
            }
            case Frame.Release f -> {
                var end = link.near(f.end(), BarrierEnd.class);
                if (end != null) end.released(f);
            }
            case Frame.Broken f -> {
                var end = link.near(f.end(), BarrierEnd.class);
                if (end != null) end.broken(f);
            }
        }
    }

    private void attach(Frame.AttachBarrier asked) {
        int id = asked.end();
        switch (link.asked(id, Use.SYNC, asked.name())) {
            case null -> link.reject(id, "it publishes no Barrier \"" + asked.name() + "\"");
            case Published<?> channel -> link.reject(id, "it is a Channel");
            case PublishedBarrier home -> {
                if (link.hasRoom(id)) link.attached(new HomeOfBarrier(link, id, home));
            }
        }
    }
}
