package dev.parley.csp.multiway;

import dev.parley.csp.Channel;
import dev.parley.loop.waiting.Preemption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/// Concurrent read, exclusive write: any number of readers at once, or one writer alone. First come, first served, so that neither kind starves: a
/// reader that comes after a waiting writer waits until that one is done.
///
/// ```java
/// try (var _ = lock.read()) { … }
/// try (var _ = lock.write()) { … }
/// ```
///
/// What is done under a permit happens-before what is done under permits that had to wait for it. A permit belongs to no thread, and asking for a second while
/// holding one may wait for ever.
public final class CrewLock {
    //  C1  writing implies readers == 0
    //  C2  the first in `queue` could not enter now; those after it wait behind it
    //  C3  whoever takes an applicant out of the queue decides about it: the one who lets it in, or itself when it is interrupted
    //  All of it under `guard`, which is held for a few steps and never across a wait. Applicants wait on a channel of their own, which is closed
    //  to let them in, outside `guard`.

    /// What lets one read or write; close it to give it back. Closing twice is harmless.
    public interface Permit extends AutoCloseable {
        /// Gives the permit back, and never waits.
        @Override void close();
    }

    private record Applicant(boolean writes, Channel<Boolean> gate) {
        @Override public boolean equals(Object other) { return this == other; }

        @Override public int hashCode() { return System.identityHashCode(this); }
    }

    private final String name;
    private final ReentrantLock guard = new ReentrantLock();
    private final LinkedHashSet<Applicant> queue = new LinkedHashSet<>();
    private int readers;
    private boolean writing;

    /// A lock that nobody holds; reports call it `name`.
    public CrewLock(String name) {
        this.name = name;
    }

    /// Waits until no writer is before this reader.
    ///
    /// **Interruption.** If this throws, nothing is held. If the interruption comes too late, the permit is returned and the interrupt flag stays
    /// set.
    public Permit read() throws InterruptedException {
        return enter(false);
    }

    /// Waits until nobody is before this writer.
    ///
    /// **Interruption.** As [#read].
    public Permit write() throws InterruptedException {
        return enter(true);
    }

    private Permit enter(boolean writes) throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException("interrupted before waiting for " + this);
        Applicant applicant = null;
        guard.lock();
        try {
            if (queue.isEmpty() && fits(writes)) {
                count(writes, 1);
            } else {
                applicant = new Applicant(writes, Channel.rendezvous(name + (writes ? ".write" : ".read")));
                queue.add(applicant);
            }
        } finally {
            guard.unlock();
        }
        Preemption.point();
        if (applicant != null) await(applicant);
        var held = new AtomicBoolean(true);
        return () -> {
            if (held.compareAndSet(true, false)) leave(writes);
        };
    }

    private void await(Applicant applicant) throws InterruptedException {
        try {
            applicant.gate.receiveOrClosed();
        } catch (InterruptedException interrupted) {
            Preemption.point();
            List<Applicant> next;
            guard.lock();
            try {
                if (!queue.remove(applicant)) { // let in meanwhile
                    Thread.currentThread().interrupt();
                    return;
                }
                next = admit(); // a writer that gives up may have stood before readers
            } finally {
                guard.unlock();
            }
            for (var each : next) each.gate.close();
            throw interrupted;
        }
    }

    private void leave(boolean writes) {
        List<Applicant> next;
        guard.lock();
        try {
            count(writes, -1);
            next = admit();
        } finally {
            guard.unlock();
        }
        Preemption.point();
        for (var each : next) each.gate.close();
    }

    private boolean fits(boolean writes) {
        return !writing && (!writes || readers == 0);
    }

    private void count(boolean writes, int change) {
        if (writes) writing = change > 0;
        else readers += change;
    }

    /// Takes out of the queue whom there is room for now, in order.
    private List<Applicant> admit() {
        var admitted = new ArrayList<Applicant>();
        for (var each = queue.iterator(); each.hasNext();) {
            var applicant = each.next();
            if (!fits(applicant.writes)) break;
            count(applicant.writes, 1);
            each.remove();
            admitted.add(applicant);
        }
        return admitted;
    }

    /// The name, who holds it, and how many wait.
    @Override public String toString() {
        guard.lock();
        try {
            return "CrewLock \"" + name + "\" [" + (writing ? "1 writer" : readers + " readers") + " inside, "
                    + queue.size() + " waiting]";
        } finally {
            guard.unlock();
        }
    }
}
