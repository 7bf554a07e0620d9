package dev.parley.csp.component;

import dev.parley.csp.Proc;
import dev.parley.csp.Receiver;
import dev.parley.csp.Sender;
import java.util.List;

/// What all components have in common: a name and ends they own, and so an orderly end: see [Proc.Named#owningOut]. The end of one, at either
/// side, ends all that are connected with it.
final class Component {
    private Component() {}

    static Proc of(String name, Receiver<?> in, Sender<?> out, Proc body) {
        return of(name, List.of(in), List.of(out), body);
    }

    static Proc of(String name, List<? extends Receiver<?>> ins, List<? extends Sender<?>> outs, Proc body) {
        var named = Proc.named(name);
        for (var in : ins) named = named.owningIn(in);
        for (var out : outs) named = named.owningOut(out);
        return named.does(body);
    }
}
