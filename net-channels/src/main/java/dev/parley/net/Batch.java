package dev.parley.net;

import dev.parley.loop.waiting.Waiting;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Elements that one process sends one after the other and that are all there at once, so that many of them travel in one frame and one wake-up is enough for them.
///
/// **Idea.** A [Sending] is one call. It hands over [Batch]es, a few ahead, and waits for the first of them. A batch stands in the queue of its end as one offer; as credit allows it leaves in
/// [Part]s, each a frame, whose elements have numbers and answers of their own. So the home treats each as if it had come alone. A large element ([Outflow]) is a part of its own.
///
/// - B1 an element is resolved once: by its answer, by the end of the link, or because it never left
/// - B2 when the call ends, all its elements are resolved, and those that were taken are the first ones
///
/// B2 holds because an end sends in order, a channel takes in order, what is taken back is taken back from the last on, and after a failure nothing more of the call leaves: on a channel without
/// a buffer, whose receiver may fail with one element and take the next, only one is under way.
///
/// Confined to the loop but for [Sending], and for `verdict`, which is volatile, set before the unpark and looked at again whenever the thread wakes.
final class Batch extends Offer {
    private static final int MOST = 128, MOST_BYTES = 64 << 10, AHEAD = 4;
    /// Bytes of a frame for each element, beside its own: its length.
    private static final int LENGTH = 4;

    private final Sending call;
    private final ArrayList<byte[]> elements = new ArrayList<>(MOST);
    private int bytes;
    private int left, resolved;
    private int failedAt = Integer.MAX_VALUE;
    private Verdict result = Verdict.Plain.TAKEN;
    private volatile @Nullable Verdict verdict;

    private Batch(SendingEnd end, Sending call) {
        super(end, false, false);
        this.call = call;
    }

    private boolean hasRoom() {
        return elements.size() < MOST && bytes < MOST_BYTES;
    }

    private void add(byte[] element) {
        elements.add(element);
        bytes += element.length + LENGTH;
    }

    /// Whether there is more that may leave.
    boolean hasMore() {
        return isQueued() && call.failure == null && left < elements.size();
    }

    /// How many have yet to leave.
    int waiting() {
        return elements.size() - left;
    }

    /// Nothing more is to leave: all has, or what has not must not, and fails as the call did.
    void finish() {
        var failure = call.failure;
        if (failure != null && left < elements.size()) decideQueued(failure);
        else leave();
    }

    /// Bytes of the element that is `ahead` elements from the next one to leave.
    int length(int ahead) {
        return elements.get(left + ahead).length;
    }

    /// How many of the next elements a frame takes, at least one.
    int mostInFrame(Link link) {
        int count = 1;
        if (link.isLarge(length(0))) return count;
        for (int size = length(0) + LENGTH; left + count < elements.size(); count++) {
            size += length(count) + LENGTH;
            if (size > link.longestFrame() || link.isLarge(length(count))) break;
        }
        return count;
    }

    /// The next `count` elements leave.
    Part next(int count) {
        var part = new Part(left, count);
        left += count;
        part.leave();
        return part;
    }

    /// The elements that have not left never will.
    @Override void told(Verdict verdict) {
        resolve(left, elements.size() - left, verdict);
    }

    private void resolve(int at, int count, Verdict verdict) {
        if (verdict != Verdict.Plain.TAKEN) {
            if (call.failure == null) call.failure = verdict;
            if (at < failedAt) {
                failedAt = at;
                result = verdict;
            }
        }
        resolved += count;
        if (resolved < elements.size()) return;
        this.verdict = result;
        call.waiting.unpark(call.thread);
    }

    /// Elements that left in one frame.
    final class Part extends Offer {
        private final int from, count;
        private final BitSet answered;
        private int unanswered;

        private Part(int from, int count) {
            super(Batch.this.end, false, false);
            this.from = from;
            this.count = unanswered = count;
            this.answered = new BitSet(count);
        }

        Batch whole() {
            return Batch.this;
        }

        List<byte[]> elements() {
            return elements.subList(from, from + count);
        }

        @Override int count() {
            return count;
        }

        @Override boolean awaits(long number) {
            return isSent() && number >= id && number < id + count && !answered.get((int) (number - id));
        }

        @Override boolean answered(long number, Verdict verdict) {
            int at = (int) (number - id);
            answered.set(at);
            unanswered--;
            resolve(from + at, 1, meant(verdict));
            if (unanswered > 0) return false;
            decideSent(verdict);
            return true;
        }

        /// The link has ended, or there was nothing left.
        @Override void told(Verdict verdict) {
            if (unanswered > 0) resolve(from + answered.nextClearBit(0), unanswered, verdict);
        }
    }

    /// A call, on the thread that makes it.
    static final class Sending {
        private final SendingEnd end;
        private final Thread thread = Thread.currentThread();
        private final Waiting waiting = Waiting.current();
        private final ArrayDeque<Batch> unsettled = new ArrayDeque<>();
        private @Nullable Verdict failure; // of the first element that failed, whichever it is; confined to the loop
        private boolean interrupted;
        private Verdict result = Verdict.Plain.TAKEN;

        Sending(SendingEnd end) {
            this.end = end;
        }

        /// Sends `elements`. If making one of them fails, this does when those before are settled.
        ///
        /// @return TAKEN, or what became of the first that was not
        Verdict send(Iterator<byte[]> elements) throws InterruptedException {
            try {
                while (elements.hasNext() && isGoingOn()) handOver(elements);
                settleAll();
            } catch (RuntimeException | Error cannotBeMade) {
                settleAll();
                if (interrupted) thread.interrupt();
                throw cannotBeMade;
            }
            if (interrupted) {
                if (result == Verdict.Plain.NOT_TAKEN || (result == Verdict.Plain.TAKEN && elements.hasNext()))
                    throw interrupted();
                thread.interrupt();
            }
            return result;
        }

        private boolean isGoingOn() {
            hearInterruption();
            return !interrupted && result == Verdict.Plain.TAKEN;
        }

        /// Takes back what is undecided, the last first, if an interruption came.
        private void hearInterruption() {
            if (!Thread.interrupted() || interrupted) return;
            interrupted = true;
            unsettled.descendingIterator().forEachRemaining(batch -> end.submit(batch.takingBack()));
        }

        private void handOver(Iterator<byte[]> elements) {
            var batch = new Batch(end, this);
            try {
                while (batch.hasRoom() && elements.hasNext()) batch.add(elements.next());
            } finally {
                if (!batch.elements.isEmpty()) {
                    unsettled.add(batch);
                    end.submit(batch);
                }
            }
            if (unsettled.size() == AHEAD) settle();
        }

        private void settleAll() {
            while (!unsettled.isEmpty()) settle();
        }

        /// Waits for the first.
        private void settle() {
            var first = unsettled.getFirst();
            Verdict word;
            while ((word = first.verdict) == null) {
                waiting.park(first);
                hearInterruption();
            }
            unsettled.removeFirst();
            if (result == Verdict.Plain.TAKEN) result = word;
        }

        private InterruptedException interrupted() {
            return new InterruptedException("interrupted while waiting to send to Channel \"" + end.name() + "\" at "
                    + end.peer() + "; a first part of what was to be sent may have been");
        }
    }

    private Loop.Command takingBack() {
        return new Loop.Command() {
            @Override public void run() {
                ((SendingEnd) end).takeBack(Batch.this);
            }

            @Override public void refused() {} // the end of the node decided the batch
        };
    }
}
