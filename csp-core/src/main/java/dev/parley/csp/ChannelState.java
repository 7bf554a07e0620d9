package dev.parley.csp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a channel holds, and the steps from which every operation is made: each is done under the channel's lock, and what is left to do, which is waking
/// and discarding, outside it.
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
/// **Memory.** The lock orders everything written before a critical section against everything read in a later one; an element
/// that is handed to a waiter passes through the release of its outcome (see [ThreadWaiter#finish]).
///
/// **No blocking inside.** Nothing in a critical section parks, allocates more than a waiter or a larger ring, or calls code of a user (but a
/// [BufferPolicy] and the supplier of an output guard, which know the rules); see [SpinLock].
abstract sealed class ChannelState<T> extends WaitQueues permits LocalChannel {
    /// What [#give] answers when there is neither a partner nor room.
    static final Object NO_ROOM = new Object();

    private static final VarHandle ENDING;

    static {
        try {
            ENDING = MethodHandles.lookup().findVarHandle(ChannelState.class, "ending", Ending.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    final @Nullable String name;
    final @Nullable BufferPolicy<T> buffer; // none for a rendezvous
    @SuppressWarnings("UnusedVariable") // also read through ENDING
    @Nullable Ending ending;
    volatile @Nullable Terms terms;

    /// Senders that the present holder of the lock has claimed and will release outside it, linked by `next`; null whenever the lock is free.
    private @Nullable Waiter released;

    /// The last two threads that have begun to send, and to receive, by their ids; 0 if there were none. For reports of deadlocks. Guarded by the lock.
    long lastSender, senderBefore, lastReceiver, receiverBefore;

    ChannelState(@Nullable String name, @Nullable BufferPolicy<T> buffer) {
        this.name = name;
        this.buffer = buffer;
    }

    // Who uses it

    final void noteSender() {
        long self = Thread.currentThread().threadId();
        if (self == lastSender) return;
        senderBefore = lastSender;
        lastSender = self;
    }

    final void noteReceiver() {
        long self = Thread.currentThread().threadId();
        if (self == lastReceiver) return;
        receiverBefore = lastReceiver;
        lastReceiver = self;
    }

    // Giving: under the lock, and what is left to do outside

    boolean hasRoom() {
        return buffer != null && buffer.hasRoom();
    }

    /// Gives `value` to a receiver or puts it into the buffer.
    ///
    /// @return what [#handOver] is to do outside the lock, or NO_ROOM
    @Nullable Object give(T value) {
        noteSender();
        var partner = claimReceiver();
        if (partner == null && !hasRoom()) return NO_ROOM;
        if (Account.kept) account(Thread.currentThread(), partner);
        return partner != null ? partner : Objects.requireNonNull(buffer).add(value);
    }

    /// As [#give], for a value that is made, into `branch.item`, only if there is a receiver or room. When making it fails, nothing has happened.
    @Nullable Object giveMade(Supplier<? extends T> value, Waiter branch) {
        noteSender();
        var partner = holdReceiver();
        if (partner == null) {
            if (!hasRoom()) return NO_ROOM;
            T element = made(value, branch);
            if (Account.kept) account(Thread.currentThread(), null);
            return Objects.requireNonNull(buffer).add(element);
        }
        boolean made = false;
        try {
            made(value, branch);
            made = true;
        } finally {
            if (made) {
                partner.commit();
                if (Account.kept) account(Thread.currentThread(), partner);
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

    // Taking: under the lock, and what is left to do outside

    @Nullable T takeBuffered() {
        return buffer == null ? null : buffer.take();
    }

    /// Takes the next element, from the buffer or else from the first waiting sender, and lets waiting senders move into the room this
    /// leaves (I3). Those are in `released` afterwards.
    @Nullable T takeElement() {
        noteReceiver();
        var element = takeBuffered();
        if (element == null) {
            var sender = claimSender();
            if (sender == null) return null;
            element = element(sender.item);
            sender.item = null;
            released = sender;
            if (Account.kept) account().sent(this, sender.owner());
        } else if (anySender()) {
            moveIn();
        }
        if (Account.kept) account().received(this, Thread.currentThread());
        return element;
    }

    void moveIn() {
        Waiter last = null;
        while (hasRoom()) {
            var sender = claimSender();
            if (sender == null) return;
            boolean failed = false;
            try {
                sender.item = Objects.requireNonNull(buffer).add(element(sender.item)); // what falls out is discarded by release
                if (Account.kept) account().sent(this, sender.owner());
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

    @Nullable Waiter takeReleased() {
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

    /// Takes an element into `branch.item`; the senders to be released then are in `branch.held`.
    ///
    /// @return whether there was one
    boolean takeFor(Waiter branch) {
        branch.item = takeElement();
        branch.held = takeReleased();
        return branch.item != null;
    }

    void discarded(List<T> elements) {
        var terms = this.terms;
        var hook = terms == null ? null : terms.discard;
        if (hook != null) Discarding.all(elements, hook);
    }

    int buffered() {
        return buffer == null ? 0 : buffer.size();
    }

    // Looking, for an Alt that has not got the lock

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

    // The end

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
    boolean poisonLocked(Ending end) {
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

    List<Waiter> drainReceivers() {
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

    int immunity() {
        var terms = this.terms;
        return terms == null ? 0 : terms.immunity;
    }

    /// Notes that `sender` has sent an element, to `receiver` if it has a partner.
    final void account(Thread sender, @Nullable Waiter receiver) {
        account().sent(this, sender);
        if (receiver != null) account().received(this, receiver.owner());
    }

    final Account account() {
        var terms = terms();
        var known = terms.account;
        if (known == null) terms.account = known = new Account();
        return known;
    }

    /// Under the lock.
    Terms terms() {
        var known = terms;
        if (known == null) terms = known = new Terms();
        return known;
    }

    // Messages

    public String name() {
        return name != null ? name : kind() + "-" + id;
    }

    @Override final String inShort() {
        return "Channel \"" + name() + "\" [" + kindAndEnd() + "]";
    }

    /// Its kind, how full it is, and whether it has ended, in words.
    final String kindAndEnd() {
        lock();
        int size = buffered();
        var end = ending;
        unlock();
        return (buffer == null ? kind() : kind() + " " + size + "/" + buffer.capacity())
                + (end == null ? "" : end.poisoned() ? ", poisoned" : ", closed");
    }

    String kind() {
        return buffer == null ? "rendezvous" : buffer.toString();
    }

    /// What `operation` throws for `why`: an [Ending] or a [Waiter.Thrown].
    RuntimeException failure(String operation, Object why) {
        return switch (why) {
            case Ending end -> end.failure(operation, name(), kind());
            case Waiter.Thrown(RuntimeException failure) -> failure;
            default -> throw new AssertionError(why);
        };
    }

    NullPointerException nullElement() {
        return new NullPointerException("an element must not be null: send to Channel \"" + name() + "\"");
    }

    void requireOpen(String operation) {
        if (ending != null) throw failure(operation, ending);
    }

    void requireNotPoisoned(String operation) {
        if (ending != null && ending.poisoned()) throw failure(operation, ending);
    }

    @SuppressWarnings("unchecked") // only elements of this channel get into its senders' waiters
    T element(@Nullable Object element) {
        return (T) Objects.requireNonNull(element);
    }
}
