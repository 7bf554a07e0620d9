package dev.parley.csp;

import java.lang.invoke.VarHandle;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/// A channel that is written once and read for ever: the first send gives it its value, to all who wait and all who will come, and closes it.
///
/// It differs from the other kinds in three places: what a send does to those who wait, that taking leaves the value where it is, and so that
/// whatever goes on until nothing is left would not end and takes the value once instead.
final class PromiseChannel<T> extends LocalChannel<T> {
    private final Value<T> value;

    PromiseChannel(@Nullable String name) {
        this(name, new Value<>());
    }

    private PromiseChannel(@Nullable String name, Value<T> value) {
        super(name, value);
        this.value = value;
    }

    /// What remains in the buffer however often it is taken.
    private static final class Value<T> implements BufferPolicy<T> {
        private @Nullable T value;
        private boolean received;

        @Override public boolean hasRoom() {
            return value == null;
        }

        @Override public @Nullable T add(T element) {
            value = element;
            return null;
        }

        @Override public @Nullable T take() {
            if (value != null) received = true;
            return value;
        }

        @Override public int size() {
            return value == null ? 0 : 1;
        }

        @Override public int capacity() {
            return 1;
        }

        @Override public String toString() {
            return "promise";
        }
    }

    @Override
    @Nullable Object give(T element) {
        noteSender();
        if (Account.kept) account(Thread.currentThread(), null);
        value.add(element);
        ending = Ending.CLOSED;
        VarHandle.fullFence(); // as in closeFor; without it EndedEdges.ByPromise sees a choice overlook the end
        Waiter first = null;
        Waiter last = null;
        for (var receiver = claimReceiver(); receiver != null; receiver = claimReceiver()) {
            if (last == null) first = receiver;
            else last.next = receiver;
            last = receiver;
            value.received = true;
            if (Account.kept) account().received(this, receiver.owner());
        }
        return first;
    }

    /// There is always room for the one value that is accepted.
    @Override
    @Nullable Object giveMade(Supplier<? extends T> value, Waiter branch) {
        return give(made(value, branch));
    }

    @Override List<T> drainBuffer() {
        var left = value.value;
        value.value = null;
        return left == null || value.received ? List.of() : List.of(left);
    }

    /// Once it is written; others may still want the value.
    @Override boolean over() {
        return super.over() || value.value != null;
    }

    @Override public Iterator<T> iterator() {
        var once = super.iterator();
        return new Iterator<>() {
            private boolean over;

            @Override public boolean hasNext() {
                return !over && once.hasNext();
            }

            @Override public T next() {
                T only = once.next();
                over = true;
                return only;
            }
        };
    }

    @Override public int drainTo(Collection<? super T> target) {
        if (!(tryReceive() instanceof Received(var only))) return 0;
        target.add(only);
        return 1;
    }

    @Override public List<T> receiveBatch(int max) throws InterruptedException {
        return super.receiveBatch(Math.min(max, 1));
    }
}
