package dev.parley.csp.pipeline;

import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Sender;
import java.util.ArrayList;
import java.util.List;

/// The stage that gives each element to several: to one after the other, so that none gets ahead by more than the buffers hold. One whose
/// receivers are gone leaves; when none is left, the stage ends.
final class Fan<T> {
    final Link<T> in;
    final Meter meter;
    final List<Sender<T>> outs = new ArrayList<>();

    Fan(Link<T> in, Meter meter) {
        this.in = in;
        this.meter = meter;
    }

    /// A pipeline whose source is this fan.
    Pipeline<T> branch() {
        return new Pipeline<>("branch", (assembly, name, out) -> outs.add(out.outlet(meter).end()));
    }

    /// Adds the process, when all branches are there.
    void attach(Assembly assembly, String name) {
        var all = List.copyOf(outs);
        assembly.stage(name, in, all, Assembly.Ends.NONE, () -> {
            var live = new ArrayList<>(all);
            for (var x : in.channel) {
                for (var each = live.iterator(); each.hasNext();) if (!sent(x, each.next())) each.remove();
                if (live.isEmpty()) return;
                meter.sent.increment();
            }
        });
    }

    private boolean sent(T element, Sender<T> out) throws InterruptedException {
        try {
            out.send(element);
            return true;
        } catch (ChannelPoisoned end) {
            if (!end.receiverGone()) throw end;
            return false;
        }
    }
}
