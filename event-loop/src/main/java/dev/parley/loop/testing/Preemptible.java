package dev.parley.loop.testing;

import java.lang.reflect.InvocationTargetException;
import java.util.List;

/// Classes that were not written for a [Simulation], made fit for one: copies of them in which threads change where another may come
/// between, and whose waits follow virtual time. Nothing is written to disk, and the classes themselves stay as they are.
///
/// ```java
/// public class Deques implements Simulation.Body {
///     public void run(Simulation sim) {
///         var deque = new ConcurrentLinkedDeque<String>();
///         ...
///     }
/// }
///
/// var body = Preemptible.of("java.util.concurrent.ConcurrentLinkedDeque").make(Simulation.Body.class, Deques.class);
/// Simulation.explore(10_000, body);
/// ```
///
/// **Where threads change.** Before each volatile access, each access through a VarHandle, each call of a class of
/// `java.util.concurrent`, each monitor, park and unpark; not in static initializers. The system property `dev.parley.preemption` must be true.
/// A race on fields that are neither volatile nor guarded shows only as far as such a place lies between; that is what jcstress looks for.
///
/// **Time.** `LockSupport`, `Thread.sleep`, `System.nanoTime` and `currentTimeMillis` follow virtual time, `Thread.onSpinWait` gives way, and
/// there is one processor, so that a number of spins does not depend on the machine. This holds in the copies, not in what they call.
///
/// **Classes of the JDK** keep their package private members to themselves, and a copy, which stands in a package of its own, does not reach
/// those of other classes. If it needs one, name that class too and put a stand-in of your own on the class path, called as it is with `preemptible.`
/// before: then it is taken instead of a copy.
public final class Preemptible {
    private final List<String> names;

    private Preemptible(List<String> names) {
        this.names = names;
    }

    /// Makes some classes preemptible.
    ///
    /// @param names full names of classes, each standing for its nested classes as well; or, with a dot at their end, of packages and all below
    public static Preemptible of(String... names) {
        for (var name : names) {
            if (!name.matches("[\\w$]+(\\.[\\w$]+)*\\.?") || name.equals("java.")
                    || name.matches("(java\\.lang|dev\\.parley)\\..*"))
                throw new IllegalArgumentException("\"" + name
                        + "\" cannot be made preemptible; name a class, or a package with a dot at its end, outside java.lang and Parley");
        }
        return new Preemptible(List.of(names));
    }

    /// A new object of a copy of `type`, which uses the preemptible copies where `type` uses the classes themselves. The top-level class of `type`
    /// and all nested in it are copied and preemptible too. All other classes are shared with the program, and use no copies.
    ///
    /// @param as the type as which the program uses it, of which there is no copy
    /// @param type a public class with a public constructor without parameters
    /// @throws IllegalArgumentException if it has none, or is not an `as`
    public <T> T make(Class<T> as, Class<? extends T> type) {
        var loader = new PreemptibleLoader(names, type);
        try {
            return as.cast(loader.loadClass(type.getName()).getConstructor().newInstance());
        } catch (InvocationTargetException failed) {
            throw new IllegalArgumentException("the constructor of " + type.getName() + " failed", failed.getCause());
        } catch (ReflectiveOperationException | ClassCastException unfit) {
            throw new IllegalArgumentException(
                    type.getName() + " must be public, with a public constructor without parameters, and not among "
                            + names + ", to be made as " + as.getName(),
                    unfit);
        }
    }
}
