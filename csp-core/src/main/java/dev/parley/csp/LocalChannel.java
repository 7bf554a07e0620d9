package dev.parley.csp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The one algorithm behind every kind of channel.
///
/// **Idea.** A small lock per channel, two queues of waiters, and maybe a buffer. Every operation has the same shape: ended? a partner
/// waiting? room (or an element)? else wait. It decides inside the lock and acts, that is wakes, outside. The shape is that of Go's channels
/// (runtime/chan.go); the claim of a waiter that may also wait elsewhere is Go's `selectDone`.
///
/// **Invariants**, whenever the lock is free; a waiter is decided also while its Alt is reserved elsewhere:
///
/// - I1 a sender and a receiver wait at once only if they are guards of one [Alt], or guards of an Alt that is already decided elsewhere
/// - I2 if an undecided receiver waits, the buffer is empty
/// - I3 if an undecided sender waits, the buffer has no room
/// - I4 once closed no receiver waits; once poisoned nobody waits and the buffer is empty
/// - I5 an undecided plain operation is in a queue exactly if it waits; whoever takes it out of the queue decides it
/// - I6 `ending` changes from null to closed to poisoned (a step may be skipped) and never back
///
/// **Protocol of a wait.** The operation puts its [Waiter] in a queue in the same critical section in which it found nothing to
/// do, so nobody slips between. It is decided by whoever takes the waiter out: a partner, `tryClose`, `poison`, or the operation itself when
/// it is interrupted or out of time. The decision is one critical section; therefore an interruption either took the waiter out and nothing
/// happened, or came too late and the operation returns as if it had not come.
///
/// **Extended rendezvous.** A sender whose element an extended receiver took is decided but not finished; its waiter is with the receiver
/// ([LocalHeld], [Waiter#held]), who finishes it. One that finds such a receiver waiting makes itself a waiter that is in no queue.
///
/// **Memory.** The lock orders everything written before a critical section against everything read in a later one; an element
/// that is handed to a waiter passes through the release of its outcome (see [ThreadWaiter#finish]).
///
/// **No blocking inside.** Nothing in a critical section parks, allocates more than a waiter or a larger ring, or calls code of a user (but a
/// [BufferPolicy] and the supplier of an output guard, which know the rules); see [SpinLock].
///
/// Proven by ChannelContractTest (what it does) and ChannelSimulationTest (every schedule).
sealed class LocalChannel<T> extends WaitQueues implements Channel<T> permits PromiseChannel {
    /// What [#give] answers when there is neither a partner nor room.
    static final Object NO_ROOM = new Object();

    private static final VarHandle SPARE, ENDING;
    private static final long FOREVER = Nanos.FOREVER;

    static {
        try {
            var lookup = MethodHandles.lookup();
            SPARE = lookup.findVarHandle(LocalChannel.class, "spare", ThreadWaiter.class);
            ENDING = lookup.findVarHandle(LocalChannel.class, "ending", Ending.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final @Nullable String name;
    private final @Nullable BufferPolicy<T> buffer; // none for a rendezvous
    @SuppressWarnings("UnusedVariable") // also read through ENDING
    @Nullable Ending ending;
    private volatile @Nullable Terms terms;

    /// Senders that the present holder of the lock has claimed and will release outside it, linked by `next`; null whenever the lock is free.
    private @Nullable Waiter released;

    /// A waiter that no one uses, so that waiting allocates nothing in steady state. Taken under the lock, given back without it: two that
    /// give back at once may lose one, but since only the lock's holder takes, none is ever taken twice.
    @SuppressWarnings("UnusedVariable") // read through SPARE
    private @Nullable ThreadWaiter spare;

    LocalChannel(@Nullable String name, @Nullable BufferPolicy<T> buffer) {
        this.name = name;
        this.buffer = buffer;
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
                self = waiter(value);
                addSender(self);
            } else if (given instanceof Waiter partner && partner.extended) {
                self = waiter(null);
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
                self = waiter(null);
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
                self = waiter(null);
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

    @SuppressWarnings("unchecked") // only elements of this channel get into its senders' waiters
    T element(@Nullable Object element) {
        return (T) Objects.requireNonNull(element);
    }

    // What a step does under the lock, and what is left to do outside

    boolean hasRoom() {
        return buffer != null && buffer.hasRoom();
    }

    /// Gives `value` to a receiver or puts it into the buffer.
    ///
    /// @return what [#handOver] is to do outside the lock, or NO_ROOM
    @Nullable Object give(T value) {
        var partner = claimReceiver();
        if (partner != null) return partner;
        if (buffer == null || !buffer.hasRoom()) return NO_ROOM;
        return buffer.add(value);
    }

    /// As [#give], for a value that is made, into `branch.item`, only if there is a receiver or room. When making it fails, nothing has happened.
    @Nullable Object giveMade(Supplier<? extends T> value, Waiter branch) {
        var partner = holdReceiver();
        if (partner == null) {
            if (!hasRoom()) return NO_ROOM;
            return Objects.requireNonNull(buffer).add(made(value, branch));
        }
        boolean made = false;
        try {
            made(value, branch);
            made = true;
        } finally {
            if (made) {
                partner.commit();
            } else {
                partner.letGo();
                returnReceiver(partner);
            }
        }
        return partner;
    }

    T made(Supplier<? extends T> value, Waiter branch) {
        T made = value.get();
        if (made == null) throw nullElement();
        branch.item = made;
        return made;
    }

    /// Ends a send that did not wait, outside the lock.
    ///
    /// @param given a claimed receiver, linked to others by `next` if they receive the same; or else an element that fell out of the buffer; null if none did
    void handOver(T value, @Nullable Object given) {
        if (given instanceof Waiter first) {
            for (var partner = first; partner != null;) {
                var next = partner.next;
                partner.next = null;
                partner.item = value;
                partner.finish(Waiter.Outcome.DONE);
                partner = next;
            }
        } else if (given != null) {
            discarded(List.of(element(given)));
        }
    }

    @Nullable T takeBuffered() {
        return buffer == null ? null : buffer.take();
    }

    private int buffered() {
        return buffer == null ? 0 : buffer.size();
    }

    /// Takes the next element, from the buffer or else from the first waiting sender, and lets waiting senders move into the room this
    /// leaves (I3). Those are in `released` afterwards.
    private @Nullable T takeElement() {
        var element = takeBuffered();
        if (element == null) {
            var sender = claimSender();
            if (sender == null) return null;
            element = element(sender.item);
            sender.item = null;
            released = sender;
        } else if (anySender()) {
            moveIn();
        }
        return element;
    }

    private void moveIn() {
        Waiter last = null;
        while (hasRoom()) {
            var sender = claimSender();
            if (sender == null) return;
            boolean failed = false;
            try {
                sender.item = Objects.requireNonNull(buffer).add(element(sender.item)); // what falls out is discarded by release
            } catch (RuntimeException | Error failure) {
                sender.item = new Ending(1, failure); // for release to say: the sender is claimed, so it must hear
                failed = true;
            }
            if (last == null) released = sender;
            else last.next = sender; // a claimed waiter is out of its queue, so its link is ours
            last = sender;
            if (failed) return;
        }
    }

    private @Nullable Waiter takeReleased() {
        var senders = released;
        if (senders != null) released = null;
        return senders;
    }

    /// Lets senders go on, outside the lock: those linked from `first`, if any.
    void release(@Nullable Waiter first) {
        List<T> dropped = null;
        for (var sender = first; sender != null;) {
            var next = sender.next;
            sender.next = null;
            if (sender.item instanceof Ending end) {
                sender.finish(end);
            } else {
                if (sender.item != null) {
                    if (dropped == null) dropped = new ArrayList<>();
                    dropped.add(element(sender.item));
                }
                sender.finish(Waiter.Outcome.DONE);
            }
            sender = next;
        }
        if (dropped != null) discarded(dropped);
    }

    private void discarded(List<T> elements) {
        var terms = this.terms;
        var hook = terms == null ? null : terms.discard;
        if (hook != null) Discarding.all(elements, hook);
    }

    // Waiting

    @Override boolean withdraw(Waiter self) {
        lock();
        boolean undecided = remove(self);
        unlock();
        return undecided;
    }

    private ThreadWaiter waiter(@Nullable Object item) {
        var self = (ThreadWaiter) SPARE.getAcquire(this); // pairs with giveBack: the waiter is as clear() left it
        if (self == null) self = new ThreadWaiter();
        else spare = null;
        self.prepare(item);
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

    // Choice: called by the guards of an Alt with the lock held

    /// Without the lock: whether the channel has been closed or poisoned.
    boolean hasEnded() {
        return ENDING.getAcquire(this) != null; // pairs with the fences of closeFor and poisonLocked
    }

    /// Whether a receive finds something that depends on this channel alone, not on an Alt that waits here too. Without the lock, a hint.
    boolean givesAlone() {
        return firstSenderIsSole() ? buffer == null || buffer instanceof Ring : !anySender() && holdsElement();
    }

    private boolean holdsElement() {
        return buffer instanceof Ring<T> ring && ring.size() > 0; // a policy of a user must not be asked without the lock
    }

    /// As [#givesAlone], for a send.
    boolean takesAlone() {
        return firstReceiverIsSole() || (!anyReceiver() && buffer instanceof Ring<T> ring && ring.hasRoom());
    }

    /// Takes an element into `branch.item`; the senders to be released then are in `branch.held`.
    ///
    /// @return whether there was one
    boolean takeFor(Waiter branch) {
        branch.item = takeElement();
        branch.held = takeReleased();
        return branch.item != null;
    }

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

    /// Closes the channel; if for `end`, that end retires, and only the last one closes.
    boolean closeFor(@Nullable CountedSender<T> end) {
        List<Waiter> ended;
        lock();
        try {
            if (end != null && !(end.retire() && --terms().senderEnds == 0)) return false;
            if (ending != null) return false;
            ending = Ending.CLOSED;
            ended = drainReceivers();
        } finally {
            unlock();
        }
        VarHandle.fullFence(); // who hears of this and then reads hasEnded sees it
        ended.forEach(Waiter::sourceClosed);
        return true;
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

    /// Poisons the channel unless it is over; if for `end`, that end retires, and only the last one poisons.
    void retireFor(@Nullable CountedReceiver<T> end) {
        var gone = new Ending(1, new ReceiverGone(name()));
        lock();
        if ((end != null && !(end.leave() && --terms().receiverEnds == 0)) || over()) unlock();
        else poisonLocked(gone);
    }

    /// Whether no receiver is needed any more. Under the lock.
    boolean over() {
        return ending != null && buffered() == 0 && !anyUndecidedSender();
    }

    /// Entered with the lock held, and left without it.
    private boolean poisonLocked(Ending end) {
        List<Waiter> ended;
        List<T> discarded;
        try {
            if ((ending != null && ending.poisoned()) || end.strength() <= immunity()) return false;
            ending = end;
            ended = drainReceivers();
            for (var sender = pollSender(); sender != null; sender = pollSender()) ended.add(sender);
            ended.removeIf(waiter -> waiter.claim() != Waiter.Claim.MINE);
            discarded = drainBuffer();
        } finally {
            unlock();
        }
        VarHandle.fullFence(); // as in closeFor
        for (var waiter : ended) waiter.finish(end);
        discarded(discarded);
        return true;
    }

    private List<Waiter> drainReceivers() {
        var all = new ArrayList<Waiter>();
        for (var waiter = pollReceiver(); waiter != null; waiter = pollReceiver()) all.add(waiter);
        return all;
    }

    /// Empties the buffer.
    ///
    /// @return what nobody will ever receive
    List<T> drainBuffer() {
        var all = new ArrayList<T>();
        for (T element = takeBuffered(); element != null; element = takeBuffered()) all.add(element);
        return all;
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

    private int immunity() {
        var terms = this.terms;
        return terms == null ? 0 : terms.immunity;
    }

    /// Under the lock.
    private Terms terms() {
        var known = terms;
        if (known == null) terms = known = new Terms();
        return known;
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

    @Override public String name() {
        return name != null ? name : kind() + "-" + id;
    }

    private String kind() {
        return buffer == null ? "rendezvous" : buffer.toString();
    }

    @Override public Statistics statistics() {
        lock();
        try {
            return new Statistics(buffered(), buffer == null ? 0 : buffer.capacity(), countSenders(), countReceivers());
        } finally {
            unlock();
        }
    }

    @Override public String toString() {
        var now = statistics();
        var end = ending;
        return "Channel \"" + name() + "\" ["
                + (buffer == null ? kind() : kind() + " " + now.buffered() + "/" + now.capacity())
                + ", " + count(now.waitingSenders(), "sender") + " and " + count(now.waitingReceivers(), "receiver")
                + " waiting"
                + (end == null ? "" : ", " + end.describe()) + "]";
    }

    private static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    /// What `operation` throws for `why`: an [Ending] or a [Waiter.Thrown].
    RuntimeException failure(String operation, Object why) {
        return switch (why) {
            case Ending end -> end.failure(operation, name(), kind());
            case Waiter.Thrown(RuntimeException failure) -> failure;
            default -> throw new AssertionError(why);
        };
    }

    // Rules

    private void requireElement(T value) {
        if (value == null) throw nullElement();
    }

    NullPointerException nullElement() {
        return new NullPointerException("an element must not be null: send to Channel \"" + name() + "\"");
    }

    private void requireNotInterrupted() throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException("interrupted before waiting on " + this);
    }

    void requireOpen(String operation) {
        if (ending != null) throw failure(operation, ending);
    }

    void requireNotPoisoned(String operation) {
        if (ending != null && ending.poisoned()) throw failure(operation, ending);
    }
}
