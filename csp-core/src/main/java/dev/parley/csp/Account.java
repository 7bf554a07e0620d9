package dev.parley.csp;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// How many elements each process has sent and received on one channel. Guarded by the channel's lock.
///
/// Kept for channels that processes of a watched Par ([Par#watched]) use, once there has been such a Par; all that it costs before is a look at one field.
final class Account {
    /// Whether accounts are kept. Plain: it becomes true once, before the first process that is watched is started.
    static boolean kept;

    private static final Map<Thread, Member> MEMBERS = new ConcurrentHashMap<>();
    private static final Member OUTSIDE = new Member("outside", null, new Watch());

    private final Map<Member, Use> uses = new LinkedHashMap<>();

    /// All processes and channels of one run of a watched Par and of the Pars that its processes run.
    static final class Watch {
        final Queue<Member> members = new ConcurrentLinkedQueue<>();
        final Set<ChannelState<?>> channels = ConcurrentHashMap.newKeySet();
    }

    /// A process that is watched. Equal only to itself.
    static final class Member {
        final String name;
        final Watch watch;
        final @Nullable Thread thread;
        private volatile boolean runsPars, communicates;

        private Member(String name, @Nullable Thread thread, Watch watch) {
            this.name = name;
            this.thread = thread;
            this.watch = watch;
        }

        /// Whether all that it has done is to run Pars of others.
        boolean onlyRunsPars() {
            return runsPars && !communicates;
        }

        void leave() {
            MEMBERS.remove(Thread.currentThread());
        }
    }

    /// What one process has done on the channel.
    static final class Use {
        long sent, received;
    }

    /// The calling thread is a process of `watch` from here until it leaves.
    static Member enter(Watch watch) {
        var self = Thread.currentThread();
        var member = new Member(self.getName(), self, watch);
        watch.members.add(member);
        MEMBERS.put(self, member);
        return member;
    }

    /// The watch for a Par that the calling thread is about to run: that of the Par of which it is a process, or else a new one if `wanted`.
    static @Nullable Watch watch(boolean wanted) {
        if (wanted) kept = true;
        if (!kept) return null;
        var member = MEMBERS.get(Thread.currentThread());
        if (member == null) return wanted ? new Watch() : null;
        member.runsPars = true;
        return member.watch;
    }

    void sent(ChannelState<?> channel, @Nullable Thread sender) {
        use(channel, sender).sent++;
    }

    void received(ChannelState<?> channel, @Nullable Thread receiver) {
        use(channel, receiver).received++;
    }

    private Use use(ChannelState<?> channel, @Nullable Thread thread) {
        var known = thread == null ? null : MEMBERS.get(thread);
        var member = known == null ? OUTSIDE : known;
        var use = uses.get(member);
        if (use == null) {
            use = new Use();
            uses.put(member, use);
            member.communicates = true;
            if (member != OUTSIDE) member.watch.channels.add(channel);
        }
        return use;
    }

    void forEach(BiConsumer<Member, Use> action) {
        uses.forEach(action);
    }
}
