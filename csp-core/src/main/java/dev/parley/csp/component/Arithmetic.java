package dev.parley.csp.component;

import dev.parley.csp.Channel;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import dev.parley.csp.Receiver;
import dev.parley.csp.Sender;
import java.util.List;

/// Processes that compute with streams of numbers, under the names they have in JCSP and PyCSP. [#numbers], [#integrate], [#pairs],
/// [#squares] and [#fibonacci] are networks of the others, as in the textbooks; the picture of each is in its description.
///
/// They end as those of [Plumbing] do. A sum or product that no longer fits fails with [ArithmeticException].
///
/// The laws that each obeys are tests: `ArithmeticTest`.
public final class Arithmetic {
    private Arithmetic() {}

    /// Gives x + 1 for each x.
    public static Proc successor(Receiver<Long> in, Sender<? super Long> out) {
        return Component.of("successor", in, out, () -> { for (long x : in) out.send(Math.incrementExact(x)); });
    }

    /// Gives x - 1 for each x.
    public static Proc predecessor(Receiver<Long> in, Sender<? super Long> out) {
        return Component.of("predecessor", in, out, () -> { for (long x : in) out.send(Math.decrementExact(x)); });
    }

    /// Gives a + b for each pair, received in parallel.
    public static Proc plus(Receiver<Long> a, Receiver<Long> b, Sender<? super Long> out) {
        return Plumbing.<Long>zip("plus", Math::addExact, a, b, out);
    }

    /// Gives a - b for each pair, received in parallel.
    public static Proc minus(Receiver<Long> a, Receiver<Long> b, Sender<? super Long> out) {
        return Plumbing.<Long>zip("minus", Math::subtractExact, a, b, out);
    }

    /// Gives a * b for each pair, received in parallel.
    public static Proc times(Receiver<Long> a, Receiver<Long> b, Sender<? super Long> out) {
        return Plumbing.<Long>zip("times", Math::multiplyExact, a, b, out);
    }

    /// Gives a / b, rounded towards zero, for each pair, received in parallel; fails where b is 0.
    public static Proc over(Receiver<Long> a, Receiver<Long> b, Sender<? super Long> out) {
        return Plumbing.<Long>zip("over", Math::divideExact, a, b, out);
    }

    /// Counts: gives 0, 1, 2, … as one process.
    public static Proc nos(Sender<? super Long> out) {
        return Component.of("nos", List.of(), List.of(out), () -> { for (long n = 0;; n++) out.send(n); });
    }

    /// Counts as a network: `prefix(0) -> delta -> out`, and back through `successor`.
    public static Proc numbers(Sender<? super Long> out) {
        return Proc.named("numbers").owningOut(out).does(() -> {
            var a = Channel.<Long>rendezvous("numbers.a");
            var b = Channel.<Long>rendezvous("numbers.b");
            var c = Channel.<Long>rendezvous("numbers.c");
            new Par("numbers", Plumbing.prefix(0L, c, a), Plumbing.delta(a, b, out), successor(b, c)).run();
        });
    }

    /// Gives the running sums: `in, plus -> delta -> out`, and back through `prefix(0)`.
    public static Proc integrate(Receiver<Long> in, Sender<? super Long> out) {
        return Proc.named("integrate").owning(in, out).does(() -> {
            var a = Channel.<Long>rendezvous("integrate.a");
            var b = Channel.<Long>rendezvous("integrate.b");
            var c = Channel.<Long>rendezvous("integrate.c");
            new Par("integrate", plus(in, c, a), Plumbing.delta(a, b, out), Plumbing.prefix(0L, b, c)).run();
        });
    }

    /// Gives the sums of neighbours, the first and the second, the second and the third, …: `in -> delta -> plus -> out`, and from `delta`
    /// through `tail` to the other side of `plus`.
    public static Proc pairs(Receiver<Long> in, Sender<? super Long> out) {
        return Proc.named("pairs").owning(in, out).does(() -> {
            var a = Channel.<Long>rendezvous("pairs.a");
            var b = Channel.<Long>rendezvous("pairs.b");
            var c = Channel.<Long>rendezvous("pairs.c");
            new Par("pairs", Plumbing.delta(in, a, b), Plumbing.tail(b, c), plus(a, c, out)).run();
        });
    }

    /// Gives 1, 4, 9, …: `numbers -> integrate -> pairs -> out`.
    public static Proc squares(Sender<? super Long> out) {
        return Proc.named("squares").owningOut(out).does(() -> {
            var a = Channel.<Long>rendezvous("squares.a");
            var b = Channel.<Long>rendezvous("squares.b");
            new Par("squares", numbers(a), integrate(a, b), pairs(b, out)).run();
        });
    }

    /// Gives 0, 1, 1, 2, 3, 5, …: `prefix(1) -> prefix(0) -> delta -> out`, and back through `pairs`.
    public static Proc fibonacci(Sender<? super Long> out) {
        return Proc.named("fibonacci").owningOut(out).does(() -> {
            var a = Channel.<Long>rendezvous("fibonacci.a");
            var b = Channel.<Long>rendezvous("fibonacci.b");
            var c = Channel.<Long>rendezvous("fibonacci.c");
            var d = Channel.<Long>rendezvous("fibonacci.d");
            new Par("fibonacci", Plumbing.prefix(1L, d, a), Plumbing.prefix(0L, a, b), Plumbing.delta(b, c, out),
                    pairs(c, d)).run();
        });
    }
}
