package dev.parley.csp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The one algorithm behind every kind of channel.
///
/// **Idea.** A small lock per channel, two queues of waiters, and maybe a buffer ([ChannelState]). Every operation has the same shape: ended? a partner
/// waiting? room (or an element)? else wait. It decides inside the lock and acts, that is wakes, outside. The shape is that of Go's channels
/// (runtime/chan.go); the claim of a waiter that may also wait elsewhere is Go's `selectDone`.
///
/// **Protocol of a wait.** The operation puts its [Waiter] in a queue in the same critical section in which it found nothing to
/// do, so nobody slips between. It is decided by whoever takes the waiter out: a partner, `tryClose`, `poison`, or the operation itself when
/// it is interrupted or out of time. The decision is one critical section; therefore an interruption either took the waiter out and nothing
/// happened, or came too late and the operation returns as if it had not come.
///
/// **Extended rendezvous.** A sender whose element an extended receiver took is decided but not finished; its waiter is with the receiver
/// ([LocalHeld], [Waiter#held]), who finishes it. One that finds such a receiver waiting makes itself a waiter that is in no queue.
///
/// Proven by ChannelContractTest (what it does) and ChannelSuiteTest (every schedule).
sealed class LocalChannel<T> extends ChannelState<T> implements Channel<T> permits PromiseChannel {
    private static final VarHandle SPARE;
    private static final long FOREVER = Nanos.FOREVER;

    static {
        try {
            SPARE = MethodHandles.lookup().findVarHandle(LocalChannel.class, "spare", ThreadWaiter.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /// A waiter that no one uses, so that waiting allocates nothing in steady state. Taken under the lock, given back without it: two that
    /// give back at once may lose one, but since only the lock's holder takes, none is ever taken twice.
    @SuppressWarnings("UnusedVariable") // read through SPARE
    private @Nullable ThreadWaiter spare;

    LocalChannel(@Nullable String name, @Nullable BufferPolicy<T> buffer) {
        super(name, buffer);
    }

    // Sending

    @Override public void send(T value) throws InterruptedException {
        offer(value, FOREVER);
    }

    @Override public boolean send(T value, Duration timeout) throws InterruptedException {
        return offer(value, Nanos.of(timeout));
    }

    /// Sends, waiting for at most `nanos`; [#FOREVER] needs no clock.
    private boolean offer(T value, long nanos) throws InterruptedException {
        requireElement(value);
        requireNotInterrupted();
        ThreadWaiter self;
        Object given;
        lock();
        try {
            requireOpen("send to");
            given = give(value);
            if (given == NO_ROOM) {
                if (nanos <= 0) return false;
                self = waiter(value, nanos);
                addSender(self);
            } else if (given instanceof Waiter partner && partner.extended) {
                self = waiter(null, nanos);
                partner.held = self;
            } else {
                self = null;
            }
        } finally {
            unlock();
        }
        if (given != NO_ROOM) handOver(value, given);
        return self == null || sent(awaitAndGiveBack(self, nanos));
    }

    /// @param outcome of a send that waited; null if the time was up
    private boolean sent(@Nullable Object outcome) {
        if (outcome == Waiter.Outcome.DONE) return true;
        if (outcome == null) return false;
        throw failure("send to", outcome);
    }

    @Override public boolean trySend(T value) {
        requireElement(value);
        Object given;
        lock();
        try {
            requireOpen("send to");
            given = give(value);
        } finally {
            unlock();
        }
        if (given == NO_ROOM) return false;
        handOver(value, given);
        return true;
    }

    @Override public CompletableFuture<Void> sendAsync(T value) {
        requireElement(value);
        FutureWaiter<Void> self = null;
        Object given;
        lock();
        try {
            if (ending != null) return CompletableFuture.failedFuture(failure("send to", ending));
            given = give(value);
            if (given == NO_ROOM) {
                self = FutureWaiter.sending(this, value);
                addSender(self);
                return self.result();
            }
            if (given instanceof Waiter partner && partner.extended) {
                self = FutureWaiter.sending(this, value);
                self.item = null; // the partner has it
                partner.held = self;
            }
        } finally {
            unlock();
        }
        handOver(value, given);
        return self == null ? CompletableFuture.completedFuture(null) : self.result();
    }

    // Receiving

    @Override public T receive() throws InterruptedException {
        var element = take(FOREVER);
        if (element == Waiter.Outcome.CLOSED) throw failure("receive on", Ending.CLOSED);
        return element(element);
    }

    @Override public Reception<T> receiveOrClosed() throws InterruptedException {
        return reception(take(FOREVER));
    }

    @Override public Attempt<T> receive(Duration timeout) throws InterruptedException {
        var element = take(Nanos.of(timeout));
        return element == null ? new Empty<>() : reception(element);
    }

    /// Receives, waiting for at most `nanos`.
    ///
    /// @return the element, [Waiter.Outcome#CLOSED], or null if the time was up
    private @Nullable Object take(long nanos) throws InterruptedException {
        requireNotInterrupted();
        T element;
        Waiter released;
        ThreadWaiter self = null;
        lock();
        try {
            requireNotPoisoned("receive on");
            element = takeElement();
            released = takeReleased();
            if (element == null) {
                if (ending != null) return Waiter.Outcome.CLOSED;
                if (nanos <= 0) return null;
                self = waiter(null, nanos);
                addReceiver(self);
            }
        } finally {
            unlock();
        }
        if (self == null) {
            release(released);
            return element;
        }
        Object outcome;
        Object received;
        try {
            outcome = self.await(this, nanos);
            received = self.item;
        } finally {
            giveBack(self);
        }
        if (outcome == Waiter.Outcome.DONE) return received;
        if (outcome == null || outcome == Waiter.Outcome.CLOSED) return outcome;
        throw failure("receive on", outcome);
    }

    @Override public Held<T> receiveExtended() throws InterruptedException {
        requireNotInterrupted();
        T element;
        Waiter released;
        ThreadWaiter self = null;
        lock();
        try {
            requireNotPoisoned("receive on");
            element = takeElement();
            released = takeReleased();
            if (element == null) {
                if (ending != null) throw failure("receive on", ending);
                self = waiter(null, FOREVER);
                self.extended = holdsSenders();
                addReceiver(self);
            }
        } finally {
            unlock();
        }
        if (self == null) {
            if (holdsSenders()) return new LocalHeld<>(this, element(element), released);
            release(released);
            return new LocalHeld<>(this, element(element), null);
        }
        Object outcome;
        Object received;
        Waiter sender;
        try {
            outcome = self.await(this, FOREVER);
            received = self.item;
            sender = self.held;
        } finally {
            giveBack(self);
        }
        if (outcome == Waiter.Outcome.DONE) return new LocalHeld<>(this, element(received), sender);
        throw failure("receive on", outcome == Waiter.Outcome.CLOSED ? Ending.CLOSED : Objects.requireNonNull(outcome));
    }

    /// Whether an extended receiver has a sender to hold: with a buffer between them, the sender has left when the element is taken.
    boolean holdsSenders() {
        return buffer == null;
    }

    @Override public Attempt<T> tryReceive() {
        T element;
        Waiter released;
        lock();
        try {
            requireNotPoisoned("receive on");
            element = takeElement();
            released = takeReleased();
            if (element == null) return ending == null ? new Empty<>() : new Closed<>();
        } finally {
            unlock();
        }
        release(released);
        return new Received<>(element);
    }

    @Override public CompletableFuture<Reception<T>> receiveAsync() {
        T element;
        Waiter released;
        lock();
        try {
            if (ending != null && ending.poisoned())
                return CompletableFuture.failedFuture(failure("receive on", ending));
            element = takeElement();
            released = takeReleased();
            if (element == null) {
                if (ending != null) return CompletableFuture.completedFuture(new Closed<>());
                var self = FutureWaiter.receiving(this);
                addReceiver(self);
                return self.result();
            }
        } finally {
            unlock();
        }
        release(released);
        return CompletableFuture.completedFuture(new Received<>(element));
    }

    @Override public CompletableFuture<Held<T>> receiveExtendedAsync() {
        T element;
        Waiter released;
        lock();
        try {
            if (ending != null && ending.poisoned())
                return CompletableFuture.failedFuture(failure("receive on", ending));
            element = takeElement();
            released = takeReleased();
            if (element == null) {
                if (ending != null) return CompletableFuture.failedFuture(failure("receive on", ending));
                var self = FutureWaiter.holding(this, holdsSenders());
                addReceiver(self);
                return self.result();
            }
        } finally {
            unlock();
        }
        if (holdsSenders()) return CompletableFuture.completedFuture(new LocalHeld<>(this, element, released));
        release(released);
        return CompletableFuture.completedFuture(new LocalHeld<>(this, element, null));
    }

    Reception<T> reception(@Nullable Object element) {
        return element == Waiter.Outcome.CLOSED ? new Closed<>() : new Received<>(element(element));
    }

    // Waiting

    @Override boolean withdraw(Waiter self) {
        lock();
        boolean undecided = remove(self);
        unlock();
        return undecided;
    }

    private ThreadWaiter waiter(@Nullable Object item, long nanos) {
        var self = (ThreadWaiter) SPARE.getAcquire(this); // pairs with giveBack: the waiter is as clear() left it
        if (self == null) self = new ThreadWaiter();
        else spare = null;
        self.prepare(item, nanos != FOREVER);
        return self;
    }

    private @Nullable Object awaitAndGiveBack(ThreadWaiter self, long nanos) throws InterruptedException {
        try {
            return self.await(this, nanos);
        } finally {
            giveBack(self);
        }
    }

    private void giveBack(ThreadWaiter self) {
        self.clear();
        SPARE.setRelease(this, self);
    }

    // Watching

    @Override public Runnable onceReceivable(Runnable ready) {
        var watcher = new Watcher(ready);
        lock();
        try {
            if (ending == null && buffered() == 0 && !anySenderToClaim()) {
                addReceiver(watcher);
                return () -> withdraw(watcher);
            }
        } finally {
            unlock();
        }
        ready.run();
        return () -> {};
    }

    @Override public Runnable onceSendable(Runnable ready) {
        var watcher = new Watcher(ready);
        lock();
        try {
            if (ending == null && !hasRoom() && !anyReceiverToClaim()) {
                addSender(watcher);
                return () -> withdraw(watcher);
            }
        } finally {
            unlock();
        }
        ready.run();
        return () -> {};
    }

    // Choice

    @Override public Guard on(Handler<? super T> handler) {
        return new Guard(new InputGuard<T>(this, handler, false, null));
    }

    @Override public Guard onExtended(Handler<? super T> handler) {
        return new Guard(new InputGuard<T>(this, handler, holdsSenders(), null));
    }

    @Override public Guard offering(T value, Proc sent) {
        requireElement(value);
        return new Guard(new OutputGuard<T>(this, value, null, sent, null));
    }

    @Override public Guard offering(Supplier<? extends T> value, Proc sent) {
        return new Guard(new OutputGuard<T>(this, null, Objects.requireNonNull(value, "value"), sent, null));
    }

    // The end

    @Override public boolean tryClose() {
        return closeFor(null);
    }

    @Override public boolean poison(int strength, Throwable cause) {
        Objects.requireNonNull(cause, () -> "poison of " + this + " needs a cause");
        if (strength < 1)
            throw new IllegalArgumentException(
                    "the strength of a poison must be at least 1, but was " + strength + " for " + this);
        lock();
        return poisonLocked(new Ending(strength, cause));
    }

    @Override public void retire() {
        retireFor(null);
    }

    // Terms

    @Override public Channel<T> onDiscard(Consumer<? super T> hook) {
        Objects.requireNonNull(hook, "hook");
        lock();
        terms().discard = element -> hook.accept(element(element));
        unlock();
        return this;
    }

    @Override public Channel<T> immuneTo(int strength) {
        if (strength < 0)
            throw new IllegalArgumentException("immunity must not be negative, but was " + strength + " for " + this);
        lock();
        terms().immunity = strength;
        unlock();
        return this;
    }

    @Override public boolean hasEnd(Object end) {
        return switch (end) {
            case CountedSender<?> sender -> sender.isOf(this) && sender.inService();
            case CountedReceiver<?> receiver -> receiver.isOf(this) && receiver.inService();
            default -> false;
        };
    }

    @Override public Sender<T> sender() {
        lock();
        terms().senderEnds++;
        unlock();
        return new CountedSender<>(this);
    }

    @Override public ReceiverEnd<T> receiver() {
        lock();
        terms().receiverEnds++;
        unlock();
        return new CountedReceiver<>(this);
    }

    // Looking at it

    @Override public Statistics statistics() {
        lock();
        try {
            return new Statistics(buffered(), buffer == null ? 0 : buffer.capacity(), countSenders(), countReceivers());
        } finally {
            unlock();
        }
    }

    @Override public String toString() {
        return "Channel \"" + name() + "\" [" + state() + "]";
    }

    private String state() {
        var now = statistics();
        var end = ending;
        return (buffer == null ? kind() : kind() + " " + now.buffered() + "/" + now.capacity())
                + ", " + count(now.waitingSenders(), "sender") + " and " + count(now.waitingReceivers(), "receiver")
                + " waiting"
                + (end == null ? "" : ", " + end.describe());
    }

    private static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    // Rules

    private void requireElement(T value) {
        if (value == null) throw nullElement();
    }

    private void requireNotInterrupted() throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException("interrupted before waiting on " + inShort());
    }
}
