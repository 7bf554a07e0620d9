package dev.parley.csp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The one algorithm behind every kind of channel.
///
/// **Idea.** A small lock per channel, two queues of waiters, and maybe a buffer. Every operation has the same shape: ended? a partner
/// waiting? room (or an element)? else wait. It decides inside the lock and acts, that is wakes, outside. The shape is that of Go's channels
/// (runtime/chan.go); the claim of a waiter that may also wait elsewhere is Go's `selectDone`.
///
/// **Invariants**, whenever the lock is free:
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
/// **Memory.** The lock orders everything written before a critical section against everything read in a later one; an element
/// that is handed to a waiter passes through the release of its outcome (see [ThreadWaiter#finish]).
///
/// **No blocking inside.** Nothing in a critical section parks, allocates more than a waiter or a larger ring, or calls code of a user (but a
/// [BufferPolicy], which knows the rules); see [SpinLock].
///
/// Proven by ChannelContractTest (what it does) and ChannelSimulationTest (every schedule).
final class LocalChannel<T> extends SpinLock implements Channel<T> {
    private static final VarHandle SPARE;
    private static final AtomicLong LAST_ID = new AtomicLong();
    private static final long FOREVER = Nanos.FOREVER;

    static {
        try {
            SPARE = MethodHandles.lookup().findVarHandle(LocalChannel.class, "spare", ThreadWaiter.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /// Orders channels for an Alt that locks several.
    final long id = LAST_ID.incrementAndGet();
    private final @Nullable String name;
    private final @Nullable BufferPolicy<T> buffer; // none for a rendezvous

    private @Nullable Ending ending;
    private final WaitQueue senders = new WaitQueue();
    private final WaitQueue receivers = new WaitQueue();
    private int senderEnds, receiverEnds; // counted and not yet retired
    private volatile @Nullable Consumer<? super T> discard; // volatile: called outside the lock

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
        Waiter partner;
        T dropped = null;
        ThreadWaiter self = null;
        lock();
        try {
            requireOpen("send to");
            partner = receivers.claimFirst();
            if (partner == null) {
                if (hasRoom()) {
                    dropped = add(value);
                } else if (nanos <= 0) {
                    return false;
                } else {
                    self = waiter(value);
                    senders.add(self);
                }
            }
        } finally {
            unlock();
        }
        if (self == null) {
            sent(value, partner, dropped);
            return true;
        }
        Object outcome = self.await(this, senders, nanos);
        giveBack(self);
        if (outcome == null) return false;
        if (outcome instanceof Ending end) throw failure("send to", end);
        return true;
    }

    @Override public boolean trySend(T value) {
        requireElement(value);
        Waiter partner;
        T dropped = null;
        lock();
        try {
            requireOpen("send to");
            partner = receivers.claimFirst();
            if (partner == null) {
                if (!hasRoom()) return false;
                dropped = add(value);
            }
        } finally {
            unlock();
        }
        sent(value, partner, dropped);
        return true;
    }

    @Override public CompletableFuture<Void> sendAsync(T value) {
        requireElement(value);
        Waiter partner;
        T dropped = null;
        lock();
        try {
            if (ending != null) return CompletableFuture.failedFuture(failure("send to", ending));
            partner = receivers.claimFirst();
            if (partner == null) {
                if (!hasRoom()) {
                    var self = FutureWaiter.sending(this, value);
                    senders.add(self);
                    return self.result();
                }
                dropped = add(value);
            }
        } finally {
            unlock();
        }
        sent(value, partner, dropped);
        return CompletableFuture.completedFuture(null);
    }

    /// Ends a send that did not wait, outside the lock: `value` went to `partner`, a claimed receiver, or else into the buffer, from which `dropped` fell
    /// out.
    void sent(T value, @Nullable Waiter partner, @Nullable T dropped) {
        if (partner != null) {
            partner.item = value;
            partner.finish(Waiter.Outcome.DONE);
        } else if (dropped != null) {
            discarded(List.of(dropped));
        }
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
                receivers.add(self);
            }
        } finally {
            unlock();
        }
        if (self == null) {
            release(released);
            return element;
        }
        Object outcome = self.await(this, receivers, nanos);
        Object received = self.item;
        giveBack(self);
        if (outcome instanceof Ending end) throw failure("receive on", end);
        return outcome == Waiter.Outcome.DONE ? received : outcome;
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
                receivers.add(self);
                return self.result();
            }
        } finally {
            unlock();
        }
        release(released);
        return CompletableFuture.completedFuture(new Received<>(element));
    }

    Reception<T> reception(@Nullable Object element) {
        return element == Waiter.Outcome.CLOSED ? new Closed<>() : new Received<>(element(element));
    }

    @SuppressWarnings("unchecked") // only elements of this channel get into its senders' waiters
    T element(@Nullable Object element) {
        return (T) Objects.requireNonNull(element);
    }

    // What a step does under the lock, and what is left to do outside

    private boolean hasRoom() {
        return buffer != null && buffer.hasRoom();
    }

    /// Puts `value` into the buffer, which has room.
    ///
    /// @return an element that fell out, or null
    private @Nullable T add(T value) {
        return Objects.requireNonNull(buffer).add(value);
    }

    private @Nullable T takeBuffered() {
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
            var sender = senders.claimFirst();
            if (sender == null) return null;
            element = element(sender.item);
            sender.item = null;
            released = sender;
        } else if (!senders.isEmpty()) {
            moveIn();
        }
        return element;
    }

    private void moveIn() {
        Waiter last = null;
        while (hasRoom()) {
            var sender = senders.claimFirst();
            if (sender == null) return;
            boolean failed = false;
            try {
                sender.item = add(element(sender.item)); // what falls out, if anything, is discarded by release
            } catch (RuntimeException | Error failure) {
                sender.item = Ending.poisonedBy(failure); // for release to say: the sender is claimed, so it must hear
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
        var hook = discard;
        if (hook != null) Discarding.all(elements, hook);
    }

    // Waiting

    /// Takes an undecided operation back.
    ///
    /// @return false if it is decided
    boolean withdraw(Waiter self, WaitQueue queue) {
        lock();
        boolean undecided = queue.remove(self);
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

    void giveBack(ThreadWaiter self) {
        self.clear();
        SPARE.setRelease(this, self);
    }

    // Choice: called by Alt with the lock held

    WaitQueue senders() {
        return senders;
    }

    WaitQueue receivers() {
        return receivers;
    }

    /// Whether no element is here nor will come. Under the lock.
    boolean ended() {
        return ending != null && buffered() == 0 && senders.isEmpty();
    }

    /// Takes an element into `branch.item`; the senders to be released then are in `branch.partner`.
    ///
    /// @return whether there was one
    boolean takeFor(Alt.Branch branch) {
        branch.item = takeElement();
        branch.partner = takeReleased();
        return branch.item != null;
    }

    /// Gives `value` to a receiver, then in `branch.partner` and still to be given it, or to the buffer, from which `branch.item` fell out.
    ///
    /// @return whether there was a receiver or room
    boolean giveFor(Alt.Branch branch, T value) {
        branch.partner = receivers.claimFirst();
        if (branch.partner == null) {
            if (!hasRoom()) return false;
            branch.item = add(value);
        }
        return true;
    }

    /// Ends a choice that did not wait, outside the locks.
    void taken(Alt.Branch branch) {
        release(branch.partner);
        branch.partner = null;
    }

    /// Ends a choice that did not wait, outside the locks.
    void given(Alt.Branch branch, T value) {
        var dropped = branch.item;
        var partner = branch.partner;
        branch.item = null;
        branch.partner = null;
        sent(value, partner, dropped == null ? null : element(dropped));
    }

    @Override public Guard on(Handler<? super T> handler) {
        Objects.requireNonNull(handler, "handler");
        return new InputGuard<T>(this, handler, null);
    }

    @Override public Guard offering(T value) {
        return offering(value, () -> {});
    }

    @Override public Guard offering(T value, Proc sent) {
        requireElement(value);
        Objects.requireNonNull(sent, "sent");
        return new OutputGuard<T>(this, value, sent, null);
    }

    // The end

    @Override public boolean tryClose() {
        List<Waiter> ended;
        lock();
        try {
            if (ending != null) return false;
            ending = Ending.CLOSED;
            ended = drain(receivers);
        } finally {
            unlock();
        }
        ended.forEach(Waiter::sourceClosed);
        return true;
    }

    @Override public boolean poison(Throwable cause) {
        Objects.requireNonNull(cause, () -> "poison of " + this + " needs a cause");
        var end = Ending.poisonedBy(cause);
        List<Waiter> ended;
        var discarded = new ArrayList<T>();
        lock();
        try {
            if (ending != null && ending.poisoned()) return false;
            ending = end;
            ended = drain(senders);
            ended.addAll(drain(receivers));
            ended.removeIf(waiter -> !waiter.claim());
            for (T element = takeBuffered(); element != null; element = takeBuffered()) discarded.add(element);
        } finally {
            unlock();
        }
        for (var waiter : ended) waiter.finish(end);
        discarded(discarded);
        return true;
    }

    private static List<Waiter> drain(WaitQueue queue) {
        var all = new ArrayList<Waiter>(queue.size());
        for (var waiter = queue.poll(); waiter != null; waiter = queue.poll()) all.add(waiter);
        return all;
    }

    @Override public void retire() {
        lock();
        boolean over = ended();
        unlock();
        if (!over) poison(new ReceiverGone(name()));
    }

    @Override public Channel<T> onDiscard(Consumer<? super T> hook) {
        Objects.requireNonNull(hook, "hook");
        discard = hook;
        return this;
    }

    // Counted ends

    @Override public Sender<T> sender() {
        lock();
        senderEnds++;
        unlock();
        return new CountedSender<>(this);
    }

    @Override public ReceiverEnd<T> receiver() {
        lock();
        receiverEnds++;
        unlock();
        return new CountedReceiver<>(this);
    }

    void retireSender() {
        lock();
        boolean last = --senderEnds == 0;
        unlock();
        if (last) close();
    }

    void retireReceiver() {
        lock();
        boolean last = --receiverEnds == 0;
        unlock();
        if (last) retire();
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
            return new Statistics(buffered(), buffer == null ? 0 : buffer.capacity(), senders.size(), receivers.size());
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

    ChannelException failure(String operation, Ending end) {
        return end.failure(operation, name(), kind());
    }

    // Rules

    private void requireElement(T value) {
        if (value == null)
            throw new NullPointerException("an element must not be null: send to Channel \"" + name() + "\"");
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
