package dev.parley.csp.component;

import dev.parley.csp.Alt;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.Closed;
import dev.parley.csp.Guard;
import dev.parley.csp.Handler;
import dev.parley.csp.Proc;
import dev.parley.csp.Received;
import dev.parley.csp.Receiver;
import dev.parley.csp.Sender;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Processes that move elements from channel to channel, under the names they have in JCSP and PyCSP.
///
/// ```java
/// new Par(prefix(0L, c, a), delta(a, b, d), successor(b, c), consume(1000, d)).run();
/// ```
///
/// **Ends.** Each owns its channels: at the end of its input it closes its outputs; when nobody receives its output any more it retires its
/// inputs; when it fails, also by a function it was given, it poisons both. With several inputs or outputs it says when it
/// ends. So a network ends in order from wherever its end begins.
///
/// **Order.** None holds back an element for longer than its purpose needs, and none reorders; each holds at most one element for
/// each channel.
///
/// The laws that each obeys are tests: `PlumbingTest`.
public final class Plumbing {
    private Plumbing() {}

    // One in, one out

    /// Passes on what comes: one more place in a channel.
    public static <T> Proc identity(Receiver<? extends T> in, Sender<? super T> out) {
        return Component.of("identity", in, out, () -> { for (var x : in) out.send(x); });
    }

    /// Gives `first`, then passes on what comes.
    public static <T> Proc prefix(T first, Receiver<? extends T> in, Sender<? super T> out) {
        return Component.of("prefix", in, out, () -> {
            out.send(first);
            for (var x : in) out.send(x);
        });
    }

    /// Drops the first element and passes on the others.
    public static <T> Proc tail(Receiver<? extends T> in, Sender<? super T> out) {
        return Component.of("tail", in, out, () -> {
            if (in.receiveOrClosed() instanceof Closed) return;
            for (var x : in) out.send(x);
        });
    }

    /// Passes on the first `count` elements, and ends what comes before and after it.
    public static <T> Proc take(long count, Receiver<? extends T> in, Sender<? super T> out) {
        if (count < 0)
            throw new IllegalArgumentException("take passes on zero or more elements, but count was " + count);
        return Component.of("take", in, out, () -> {
            for (long left = count; left > 0 && in.receiveOrClosed() instanceof Received<? extends T>(var x); left--)
                out.send(x);
        });
    }

    /// Gives `function` of each element.
    public static <T, R> Proc map(Function<? super T, ? extends R> function, Receiver<? extends T> in,
            Sender<? super R> out) {
        return Component.of("map", in, out, () -> { for (var x : in) out.send(function.apply(x)); });
    }

    /// Passes on the elements for which `keep` holds.
    public static <T> Proc filter(Predicate<? super T> keep, Receiver<? extends T> in, Sender<? super T> out) {
        return Component.of("filter", in, out, () -> { for (var x : in) if (keep.test(x)) out.send(x); });
    }

    /// Passes on each element that differs from the one before.
    public static <T> Proc distinct(Receiver<? extends T> in, Sender<? super T> out) {
        return Component.of("distinct", in, out, () -> {
            T before = null;
            for (T x : in) {
                if (!x.equals(before)) out.send(x);
                before = x;
            }
        });
    }

    /// Holds one element and, of it and each that comes, passes on the smaller; at the end, the one it holds. A line of n-1 such cells sorts n
    /// elements: the sort pump.
    public static <T> Proc sortCell(Comparator<? super T> order, Receiver<? extends T> in, Sender<? super T> out) {
        return Component.of("sortCell", in, out, () -> {
            if (!(in.receiveOrClosed() instanceof Received<? extends T>(var first))) return;
            T held = first;
            for (T x : in) {
                if (order.compare(x, held) < 0) {
                    out.send(x);
                } else {
                    out.send(held);
                    held = x;
                }
            }
            out.send(held);
        });
    }

    /// As the other `sortCell`, in the elements' natural order.
    public static <T extends Comparable<? super T>> Proc sortCell(Receiver<? extends T> in, Sender<? super T> out) {
        return sortCell(Comparator.<T>naturalOrder(), in, out);
    }

    // One in, several out

    /// Gives each element to all of `outs`, in parallel: receivers may come in any order. Ends when any of them is gone.
    @SafeVarargs
    @SuppressWarnings("varargs") public static <T> Proc delta(Receiver<? extends T> in, Sender<? super T>... outs) {
        var all = List.of(outs);
        return Component.of("delta", List.of(in), all, () -> { for (var x : in) Together.send(all, x); });
    }

    /// Gives each element to all of `outs`, to one after the other in their order. Ends when any of them is gone.
    @SafeVarargs
    @SuppressWarnings("varargs") public static <T> Proc seqDelta(Receiver<? extends T> in, Sender<? super T>... outs) {
        var all = List.of(outs);
        return Component.of("seqDelta", List.of(in), all, () -> { for (var x : in) for (var out : all) out.send(x); });
    }

    /// Gives each element to the one of `outs` that it names. Ends when it names one that is gone.
    public static <T> Proc demux(Receiver<Tagged<T>> in, List<? extends Sender<? super T>> outs) {
        var all = List.copyOf(outs);
        return Component.of("demux", List.of(in), all, () -> { for (var x : in) all.get(x.index()).send(x.value()); });
    }

    /// Takes lists apart: gives the k-th element of each to the k-th of `outs`, in parallel. Ends when any of them is gone.
    public static <T> Proc deparaplex(Receiver<? extends List<? extends T>> in,
            List<? extends Sender<? super T>> outs) {
        var all = List.copyOf(outs);
        return Component.of("deparaplex", List.of(in), all, () -> {
            for (var row : in) {
                if (row.size() != all.size())
                    throw new IllegalArgumentException(
                            "deparaplex needs one element for each of its " + all.size() + " outputs, but got " + row);
                Together.sendEach(all, row);
            }
        });
    }

    // Several in, one out

    /// Passes on what comes from any of `ins`, fairly: an input that is ready waits at most while each other gives one. Ends when all have
    /// ended.
    public static <T> Proc merge(List<? extends Receiver<? extends T>> ins, Sender<? super T> out) {
        var all = List.copyOf(ins);
        return Component.of("merge", all, List.of(out), () -> {
            var next = new Choice<T>();
            for (var in : all) next.guards.add(in.on(next::take));
            while (next.comes()) out.send(next.element());
        });
    }

    /// As the other `merge`, of two.
    public static <T> Proc merge(Receiver<? extends T> a, Receiver<? extends T> b, Sender<? super T> out) {
        return merge(List.of(a, b), out);
    }

    /// As [#merge], and says of each element where it came from. [#demux] is the way back.
    public static <T> Proc mux(List<? extends Receiver<? extends T>> ins, Sender<Tagged<T>> out) {
        var all = List.copyOf(ins);
        return Component.of("mux", all, List.of(out), () -> {
            var next = new Choice<Tagged<T>>();
            for (int i = 0; i < all.size(); i++) {
                int index = i;
                next.guards.add(all.get(i).on(x -> next.take(new Tagged<>(index, x))));
            }
            while (next.comes()) out.send(next.element());
        });
    }

    /// The next element of several inputs.
    private static final class Choice<T> {
        final List<Guard> guards = new ArrayList<>();
        private @Nullable Alt alt;
        private @Nullable T taken;

        void take(T element) {
            taken = element;
        }

        /// Waits for one; false if all inputs have ended.
        boolean comes() throws Exception {
            if (guards.isEmpty()) return false;
            if (alt == null) alt = Alt.of(guards.toArray(Guard[]::new));
            try {
                alt.select();
                return true;
            } catch (ChannelClosed noGuardIsLeft) {
                return false;
            }
        }

        T element() {
            T element = Objects.requireNonNull(taken);
            taken = null;
            return element;
        }
    }

    /// Passes on one element of each of `ins` in turn. Ends when it is the turn of one that has ended.
    public static <T> Proc plex(List<? extends Receiver<? extends T>> ins, Sender<? super T> out) {
        var all = List.copyOf(ins);
        return Component.of("plex", all, List.of(out), () -> {
            while (true) {
                for (Receiver<? extends T> in : all) {
                    if (!(in.receiveOrClosed() instanceof Received<? extends T>(var x))) return;
                    out.send(x);
                }
            }
        });
    }

    /// Makes a list of one element from each of `ins`, received in parallel. Ends when any of them has ended.
    public static <T> Proc paraplex(List<? extends Receiver<? extends T>> ins, Sender<? super List<T>> out) {
        var all = List.copyOf(ins);
        return Component.of("paraplex", all, List.of(out), () -> {
            for (List<T> row = Together.receive(all); row != null; row = Together.receive(all))
                out.send(List.copyOf(row));
        });
    }

    /// Gives `function` of one element of `a` and one of `b`, received in parallel. Ends when either has ended.
    public static <T> Proc zip(BinaryOperator<T> function, Receiver<? extends T> a, Receiver<? extends T> b,
            Sender<? super T> out) {
        return zip("zip", function, a, b, out);
    }

    static <T> Proc zip(String name, BinaryOperator<T> function, Receiver<? extends T> a, Receiver<? extends T> b,
            Sender<? super T> out) {
        var both = List.<Receiver<? extends T>>of(a, b);
        return Component.of(name, both, List.of(out), () -> {
            for (List<T> row = Together.receive(both); row != null; row = Together.receive(both))
                out.send(function.apply(row.get(0), row.get(1)));
        });
    }

    /// Merges inputs that are each in `order` into an output that is; of equal elements, those of an earlier input come first. Ends when all
    /// have ended.
    public static <T> Proc orderedMerge(Comparator<? super T> order, List<? extends Receiver<? extends T>> ins,
            Sender<? super T> out) {
        var all = List.copyOf(ins);
        return Component.of("orderedMerge", all, List.of(out), () -> {
            var live = new ArrayList<Receiver<? extends T>>(all);
            var heads = new ArrayList<T>();
            for (int i = 0; i < live.size();) {
                T head = next(live.get(i));
                if (head == null) {
                    live.remove(i);
                } else {
                    heads.add(head);
                    i++;
                }
            }
            while (!live.isEmpty()) {
                int least = 0;
                for (int i = 1; i < heads.size(); i++)
                    if (order.compare(heads.get(i), heads.get(least)) < 0) least = i;
                out.send(heads.get(least));
                T head = next(live.get(least));
                if (head != null) {
                    heads.set(least, head);
                } else {
                    heads.remove(least);
                    live.remove(least);
                }
            }
        });
    }

    /// As the other `orderedMerge`, of two, in the elements' natural order.
    public static <T extends Comparable<? super T>> Proc orderedMerge(Receiver<? extends T> a, Receiver<? extends T> b,
            Sender<? super T> out) {
        return orderedMerge(Comparator.<T>naturalOrder(), List.of(a, b), out);
    }

    private static <T> @Nullable T next(Receiver<? extends T> in) throws InterruptedException {
        return in.receiveOrClosed() instanceof Received<? extends T>(var x) ? x : null;
    }

    // Sources and sinks

    /// Gives `elements` and ends.
    public static <T> Proc source(Iterable<? extends T> elements, Sender<? super T> out) {
        return Component.of("source", List.of(), List.of(out), () -> { for (var x : elements) out.send(x); });
    }

    /// Gives what `supplier` supplies, for as long as somebody receives.
    public static <T> Proc generate(Supplier<? extends T> supplier, Sender<? super T> out) {
        return Component.of("generate", List.of(), List.of(out), () -> { while (true) out.send(supplier.get()); });
    }

    /// Takes all there is; JCSP's black hole.
    public static Proc consume(Receiver<?> in) {
        return consume(_ -> {}, in);
    }

    /// Takes `count` elements and retires, so that the network before it ends.
    public static Proc consume(long count, Receiver<?> in) {
        if (count < 0)
            throw new IllegalArgumentException("a process consumes zero or more elements, but count was " + count);
        return Component.of("consume", List.of(in), List.of(), () -> {
            for (long left = count; left > 0 && in.receiveOrClosed() instanceof Received; left--) {}
        });
    }

    /// Hands each element to `handler`.
    public static <T> Proc consume(Handler<? super T> handler, Receiver<? extends T> in) {
        return Component.of("consume", List.of(in), List.of(), () -> { for (var x : in) handler.handle(x); });
    }

    /// Prints each element on a line of its own on standard output.
    public static Proc printer(Receiver<?> in) {
        return printer(in, System.out);
    }

    /// Prints each element on a line of its own on `target`, which stays open.
    public static Proc printer(Receiver<?> in, PrintStream target) {
        return Component.of("printer", List.of(in), List.of(), () -> { for (var x : in) target.println(x); });
    }
}
