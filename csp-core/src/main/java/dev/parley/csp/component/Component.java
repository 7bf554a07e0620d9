package dev.parley.csp.component;

import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Proc;
import dev.parley.csp.Receiver;
import dev.parley.csp.Sender;
import java.util.List;

/// What all components have in common: a name, ends they own, and an orderly end.
///
/// - C1 A body that returns closes the outputs and retires the inputs; one that throws poisons both with what it threw.
/// - C2 A body that finds the receivers of an output gone returns: nobody failed, so nobody is told of a failure.
///
/// So the end of one component, at either side, ends all that are connected with it, and the whole network ends in order.
final class Component {
    private Component() {}

    static Proc of(String name, Receiver<?> in, Sender<?> out, Proc body) {
        return of(name, List.of(in), List.of(out), body);
    }

    static Proc of(String name, List<? extends Receiver<?>> ins, List<? extends Sender<?>> outs, Proc body) {
        var named = Proc.named(name);
        for (var in : ins) named = named.owningIn(in);
        for (var out : outs) named = named.owningOut(out);
        return named.does(() -> {
            try {
                body.run();
            } catch (ChannelPoisoned end) {
                if (!end.receiverGone()) throw end; // C2
            }
        });
    }
}
