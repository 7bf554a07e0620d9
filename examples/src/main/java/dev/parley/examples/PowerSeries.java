package dev.parley.examples;

import dev.parley.csp.Channel;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import static dev.parley.csp.component.Plumbing.consume;
import static dev.parley.csp.component.Plumbing.delta;
import static dev.parley.csp.component.Plumbing.map;
import static dev.parley.csp.component.Plumbing.paraplex;
import static dev.parley.csp.component.Plumbing.prefix;
import static dev.parley.csp.component.Plumbing.take;

/// Power series as streams of their coefficients, after Doug McIlroy's "Squinting at Power Series" (1990): a function is a network that gives as many
/// coefficients as somebody asks for, and an equation such as `tan = integral of 1 + tan * tan` is a picture of it.
public final class PowerSeries {
    private PowerSeries() {}

    /// Prints the first coefficients of two functions.
    ///
    /// @throws Exception what a process throws
    public static void main(String[] args) throws Exception {
        IO.println("exp " + first(8, PowerSeries::exp));
        IO.println("tan " + first(10, PowerSeries::tan));
    }

    /// `exp = integral of exp, and 1 at 0`.
    static Proc exp(Channel<Fraction> out) {
        var exp = Channel.<Fraction>rendezvous("exp");
        var back = Channel.<Fraction>rendezvous("exp'");
        return new Par("exp", integral(Fraction.ONE, back, exp), delta(exp, out, back));
    }

    /// `tan = integral of 1 + tan * tan, and 0 at 0`.
    static Proc tan(Channel<Fraction> out) {
        var tan = Channel.<Fraction>rendezvous("tan");
        var a = Channel.<Fraction>rendezvous("tan.a");
        var b = Channel.<Fraction>rendezvous("tan.b");
        var square = Channel.<Fraction>rendezvous("square");
        var derivative = Channel.<Fraction>rendezvous("tan'");
        return new Par("tan", integral(Fraction.ZERO, derivative, tan), delta(tan, out, a, b),
                product(a, b, square), map(plus(Fraction.ONE), square, derivative));
    }

    /// The coefficients of an integral: `atZero`, then each of `in` divided by its place.
    private static Proc integral(Fraction atZero, Channel<Fraction> in, Channel<Fraction> out) {
        var divided = Channel.<Fraction>rendezvous("divided");
        return new Par("integral", map(new Function<Fraction, Fraction>() {
            private long place;

            @Override public Fraction apply(Fraction x) {
                return x.times(Fraction.of(1, ++place));
            }
        }, in, divided), prefix(atZero, divided, out));
    }

    /// The coefficients of a product: the n-th is the sum of all `a(i) * b(n - i)`.
    private static Proc product(Channel<Fraction> a, Channel<Fraction> b, Channel<Fraction> out) {
        var both = Channel.<List<Fraction>>rendezvous("both");
        var as = new ArrayList<Fraction>();
        var bs = new ArrayList<Fraction>();
        return new Par("product", paraplex(List.of(a, b), both), map(row -> {
            as.add(row.get(0));
            bs.addFirst(row.get(1));
            var sum = Fraction.ZERO;
            for (int i = 0; i < as.size(); i++) sum = sum.plus(as.get(i).times(bs.get(i)));
            return sum;
        }, both, out));
    }

    /// Adds a constant, which concerns the first coefficient only.
    private static Function<Fraction, Fraction> plus(Fraction constant) {
        return new Function<>() {
            private Fraction added = constant;

            @Override public Fraction apply(Fraction x) {
                var sum = x.plus(added);
                added = Fraction.ZERO;
                return sum;
            }
        };
    }

    private static List<Fraction> first(int count, Function<Channel<Fraction>, Proc> series) throws Exception {
        var all = Channel.<Fraction>rendezvous("all");
        var some = Channel.<Fraction>rendezvous("some");
        var seen = new ArrayList<Fraction>();
        new Par(series.apply(all), take(count, all, some), consume(seen::add, some)).run();
        return seen;
    }

    /// An exact number, in lowest terms.
    record Fraction(BigInteger over, BigInteger under) {
        static final Fraction ZERO = of(0, 1), ONE = of(1, 1);

        static Fraction of(long over, long under) {
            return lowest(BigInteger.valueOf(over), BigInteger.valueOf(under));
        }

        private static Fraction lowest(BigInteger over, BigInteger under) {
            var common = over.gcd(under);
            return new Fraction(over.divide(common), under.divide(common));
        }

        Fraction plus(Fraction other) {
            return lowest(over.multiply(other.under).add(other.over.multiply(under)), under.multiply(other.under));
        }

        Fraction times(Fraction other) {
            return lowest(over.multiply(other.over), under.multiply(other.under));
        }

        @Override public String toString() {
            return under.equals(BigInteger.ONE) ? over.toString() : over + "/" + under;
        }
    }
}
