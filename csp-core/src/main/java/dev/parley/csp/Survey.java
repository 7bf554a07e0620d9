package dev.parley.csp;

import dev.parley.loop.waiting.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// One look at all processes of a run, at one instant.
///
/// **How.** A thread that waits tells tools what for ([LockSupport#getBlocker]). From that the survey learns which channels, barriers and choices
/// matter, takes all their locks in order of their ids, and reads who stands in their queues. While it has the locks nobody in a queue can be decided; so if
/// every process of the run stands in one, undecided, with no limit of time, asleep and not interrupted, then all of them wait at this instant, and
/// only a thread that is none of them can change that. Nothing needs to be kept for this while the processes communicate.
final class Survey {
    private final ParRun run;
    private final Map<Thread, String> names = new LinkedHashMap<>(); // of all processes, those included that have ended
    private final Map<Thread, Object> blockers = new LinkedHashMap<>(); // of those that live and run no Par themselves
    private final Map<Thread, List<Stand>> places = new HashMap<>(); // of those that wait in a queue
    private final Set<Thread> still = new HashSet<>();
    private final Set<Thread> callers = new HashSet<>(); // of Pars inside, as far as watched
    private final Map<Long, Thread> byId = new HashMap<>();
    private final boolean over; // whether all processes have ended, though the last thread may still be on its way out
    private boolean complete = true; // whether all processes that run were seen

    /// A place in a queue.
    ///
    /// @param forGood whether only a partner can end the wait
    private record Stand(WaitQueues queue, Network.Way way, boolean forGood) {}

    private Survey(ParRun run) {
        this.run = run;
        over = run.running() == 0;
    }

    static Survey of(ParRun run) {
        var survey = new Survey(run);
        survey.collect(run);
        survey.nameAll();
        survey.look();
        return survey;
    }

    /// Whether it is not worth a survey: some process evidently goes on. Without locks.
    static boolean goesOn(ParRun run) {
        var threads = run.threads();
        if (threads.isEmpty()) return true;
        for (var thread : threads) {
            if (!thread.isAlive()) continue;
            var blocker = LockSupport.getBlocker(thread);
            boolean waits = blocker instanceof ParRun inner
                    ? !goesOn(inner)
                    : thread.getState() == Thread.State.WAITING
                            && (blocker instanceof WaitQueues || blocker instanceof Alt
                                    || blocker instanceof FutureWaiter<?>.Result);
            if (!waits) return true;
        }
        return false;
    }

    private void collect(ParRun of) {
        int seen = 0;
        for (var thread : of.threads()) {
            names.put(thread, "");
            byId.put(thread.threadId(), thread);
            if (over || !thread.isAlive()) continue;
            seen++;
            var blocker = LockSupport.getBlocker(thread);
            if (blocker instanceof ParRun inner && inner.caller() == thread) {
                inner.isPartOfAnother();
                collect(inner);
            } else {
                blockers.put(thread, blocker == null ? thread : blocker);
            }
        }
        complete &= seen == of.running();
        var watch = of.watch();
        if (watch == null) return;
        for (var member : watch.members) {
            if (member.thread == null) continue;
            names.putIfAbsent(member.thread, "");
            byId.put(member.thread.threadId(), member.thread);
            if (member.onlyRunsPars()) callers.add(member.thread);
        }
    }

    private void nameAll() {
        var prefix = run.par().name() + "/";
        var numbers = new HashMap<String, Integer>();
        names.replaceAll((thread, _) -> {
            var name = thread.getName();
            if (name.startsWith(prefix)) name = name.substring(prefix.length());
            int number = numbers.merge(name, 1, Integer::sum);
            return number == 1 ? name : name + "#" + number;
        });
    }

    private void look() {
        var locks = new ArrayList<SpinLock>();
        for (var blocker : new HashSet<>(blockers.values())) {
            if (blocker instanceof SpinLock lock) locks.add(lock);
            else if (blocker instanceof Alt alt) locks.addAll(List.of(alt.locks()));
            else if (blocker instanceof FutureWaiter<?>.Result result) locks.add(result.waiter().source());
        }
        locks.sort(Comparator.comparingLong(lock -> lock.id));
        int locked = 0;
        try {
            SpinLock before = null;
            for (var lock : locks) {
                if (lock != before) lock.lock();
                before = lock;
                locked++;
            }
            before = null;
            for (var lock : locks) {
                if (lock != before && lock instanceof WaitQueues queue) read(queue);
                before = lock;
            }
            blockers.forEach(this::readOperation);
            for (var thread : blockers.keySet()) if (isStill(thread)) still.add(thread);
            complete &= isUnchanged(run);
        } finally {
            SpinLock before = null;
            for (var lock : locks.subList(0, locked)) {
                if (lock != before) lock.unlock();
                before = lock;
            }
        }
    }

    private void read(WaitQueues queue) {
        queue.forEachSender(waiter -> note(queue, waiter, way(queue, waiter)));
        queue.forEachReceiver(waiter -> note(queue, waiter, way(queue, waiter)));
    }

    private static Network.Way way(WaitQueues queue, Waiter waiter) {
        if (queue instanceof LocalBarrier) return Network.Way.MEETS;
        return waiter.place == Waiter.SENDING ? Network.Way.SENDS : Network.Way.RECEIVES;
    }

    private void note(WaitQueues queue, Waiter waiter, Network.Way way) {
        var thread = waiter.owner();
        if (thread == null) return;
        boolean forGood = waiter instanceof ThreadWaiter alone
                ? !alone.timed
                : waiter instanceof Branch branch && branch.alt.isAtTheirMercy();
        if (waiter instanceof FutureWaiter) return; // its thread may do other things
        places.computeIfAbsent(thread, _ -> new ArrayList<>()).add(new Stand(queue, way, forGood));
    }

    /// Of a thread that waits for an asynchronous operation.
    private void readOperation(Thread thread, Object blocker) {
        if (!(blocker instanceof FutureWaiter<?>.Result result) || result.waiter().place == Waiter.NOWHERE) return;
        var queue = result.waiter().source();
        places.put(thread, List.of(new Stand(queue, way(queue, result.waiter()), true)));
    }

    private boolean isStill(Thread thread) {
        var where = places.get(thread);
        return where != null && where.stream().allMatch(Stand::forGood)
                && thread.getState() == Thread.State.WAITING && !thread.isInterrupted();
    }

    /// With the locks held: whether no process has come or gone since [#collect].
    private boolean isUnchanged(ParRun of) {
        int seen = 0;
        for (var thread : of.threads()) {
            if (!thread.isAlive()) continue;
            seen++;
            if (blockers.containsKey(thread)) continue;
            if (!(LockSupport.getBlocker(thread) instanceof ParRun inner) || thread.getState() != Thread.State.WAITING
                    || thread.isInterrupted() || !isUnchanged(inner))
                return false;
        }
        return seen == of.running() && seen > 0;
    }

    /// Whether all processes wait, so that none of them can wake another.
    boolean standsStill() {
        return complete && !blockers.isEmpty() && still.size() == blockers.size();
    }

    /// Whether a thread that is no process of the run has been the last to use one of the channels at which they wait.
    boolean concernsOthers() {
        return places.values().stream().flatMap(List::stream).anyMatch(
                place -> place.queue instanceof ChannelState<?> channel
                        && LongStream
                                .of(channel.lastSender, channel.senderBefore, channel.lastReceiver,
                                        channel.receiverBefore)
                                .anyMatch(this::isOutside));
    }

    private boolean isOutside(long threadId) {
        return threadId != 0 && !byId.containsKey(threadId);
    }

    DeadlockException deadlock() {
        return new DeadlockException(network(), cycle());
    }

    // What is known of partners

    /// The ids of the last who used the other end of a channel.
    private static long[] partnerIds(Stand place) {
        if (!(place.queue instanceof ChannelState<?> channel)) return new long[0];
        var both = place.way == Network.Way.SENDS
                ? LongStream.of(channel.lastReceiver, channel.receiverBefore)
                : LongStream.of(channel.lastSender, channel.senderBefore);
        return both.filter(id -> id != 0).toArray();
    }

    /// Those of them that wait, too.
    private List<Thread> partners(Thread thread) {
        var all = new ArrayList<Thread>();
        for (var place : places.getOrDefault(thread, List.of())) {
            for (long id : partnerIds(place)) {
                var partner = byId.get(id);
                if (partner != null && partner != thread && still.contains(partner)) all.add(partner);
            }
        }
        return all;
    }

    private String remark(Stand place) {
        if (!(place.queue instanceof ChannelState<?>)) return "";
        var ids = partnerIds(place);
        var does = place.way == Network.Way.SENDS ? "received from" : "sent to";
        if (ids.length == 0) return "nobody has " + does + " it yet";
        var last = byId.get(ids[0]);
        if (last == null) return "who has " + does + " it last is none of these";
        return last.isAlive() ? "" : names.get(last) + ", who has " + does + " it last, has ended";
    }

    /// Processes that wait for each other in a circle, the first again at the end; empty if none is known.
    private List<String> cycle() {
        var over = new HashSet<Thread>();
        for (var start : names.keySet()) {
            if (!still.contains(start)) continue;
            var path = new ArrayList<Thread>();
            if (follow(start, path, over)) {
                var circle = path.subList(path.indexOf(path.getLast()), path.size());
                return circle.stream().map(thread -> Objects.requireNonNull(names.get(thread))).toList();
            }
        }
        return List.of();
    }

    private boolean follow(Thread thread, List<Thread> path, Set<Thread> over) {
        boolean closed = path.contains(thread);
        path.add(thread);
        if (closed) return true;
        if (over.add(thread)) {
            var partners = partners(thread);
            // first those who do not wait for this very process: of all who use a fork, it is waiting for the one who has it
            partners.sort(Comparator.comparing(partner -> partners(partner).contains(thread)));
            for (var partner : partners) if (follow(partner, path, over)) return true;
        }
        path.removeLast();
        return false;
    }

    /// The processes that seem to wait for ever while others go on: everybody who is known to have used the other end of a channel at which one waits has ended,
    /// or is one of them. Known are all if there is an account.
    Network stuck() {
        var stuck = new HashSet<>(still);
        while (stuck.removeIf(thread -> places.getOrDefault(thread, List.of()).stream()
                .anyMatch(place -> someoneMayCome(place, thread, stuck)))) {}
        return network(thread -> stuck.contains(thread));
    }

    private boolean someoneMayCome(Stand place, Thread waiting, Set<Thread> stuck) {
        if (!(place.queue instanceof ChannelState<?> channel)) return true;
        var known = new HashSet<@Nullable Thread>();
        for (long id : partnerIds(place)) known.add(byId.get(id));
        channel.lock();
        channel.account().forEach((member, use) -> {
            if ((place.way == Network.Way.SENDS ? use.received : use.sent) > 0) known.add(member.thread);
        });
        channel.unlock();
        known.remove(waiting);
        return known.isEmpty() || known.stream()
                .anyMatch(thread -> thread == null || (thread.isAlive() && !stuck.contains(thread)));
    }

    // As a network

    Network network() {
        return network(thread -> !runsAPar(thread));
    }

    private Network network(Predicate<Thread> included) {
        var processes = new ArrayList<Network.Member>();
        names.forEach((thread, name) -> {
            if (!included.test(thread)) return;
            var where = places.getOrDefault(thread, List.of());
            if (over || !thread.isAlive()) processes.add(new Network.Member(name, Network.State.ENDED, List.of(), ""));
            else if (where.isEmpty()) processes.add(new Network.Member(name, Network.State.RUNNING, List.of(), ""));
            else
                processes.add(new Network.Member(name, Network.State.WAITING,
                        where.stream().map(
                                place -> new Network.Wait(place.way, name(place.queue), remark(place))).toList(),
                        line(thread)));
        });
        return new Network(run.par().name(), List.copyOf(processes), links());
    }

    private boolean runsAPar(Thread thread) {
        return callers.contains(thread) || (!over && thread.isAlive() && !blockers.containsKey(thread));
    }

    private static String name(WaitQueues queue) {
        return queue instanceof ChannelState<?> channel ? channel.name() : ((LocalBarrier) queue).name();
    }

    private List<Network.Link> links() {
        var watch = run.watch();
        if (watch == null) return List.of();
        var links = new ArrayList<Network.Link>();
        var channels = new ArrayList<>(watch.channels);
        channels.sort(Comparator.comparingLong(channel -> channel.id));
        for (var channel : channels) {
            var senders = new ArrayList<Network.Use>();
            var receivers = new ArrayList<Network.Use>();
            channel.lock();
            try {
                channel.account().forEach((member, use) -> {
                    var known = member.thread == null ? null : names.get(member.thread);
                    var name = known == null ? "outside" : known;
                    if (use.sent > 0) senders.add(new Network.Use(name, use.sent));
                    if (use.received > 0) receivers.add(new Network.Use(name, use.received));
                });
            } finally {
                channel.unlock();
            }
            links.add(new Network.Link(channel.name(), channel.kindAndEnd(), List.copyOf(senders),
                    List.copyOf(receivers)));
        }
        return List.copyOf(links);
    }

    /// The line of the program at which a thread waits; for a process of this library, its own; empty if the process is nothing but the wait.
    private static String line(Thread thread) {
        var stack = thread.getStackTrace();
        var frame = Place.inProgram(stack);
        for (int i = 0; frame == null && i < stack.length; i++) if (isComponent(stack[i])) frame = stack[i];
        return frame == null ? "" : "at " + Place.line(frame);
    }

    private static boolean isComponent(StackTraceElement frame) {
        return frame.getClassName().startsWith("dev.parley.csp.")
                && frame.getClassName().indexOf('.', "dev.parley.csp.".length()) > 0;
    }
}
