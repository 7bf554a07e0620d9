package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.ReceiverEnd;
import dev.parley.csp.Sender;
import dev.parley.net.Permissions.Use;
import dev.parley.net.protocol.Frame;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A channel that is at home here and has a name for other nodes.
///
/// Each attached remote sender holds a counted sending end of the channel, so that remote and local ends together close it with the last one. A
/// remote end that was lost never gives its counted end back: the channel must not end as if all had been sent. When the last remote end goes
/// after one was lost, the channel is poisoned with that loss. A remote receiver holds a counted receiving end, and its loss retires that: others may go on receiving. Confined to the loop but for the channel itself.
///
/// @param <T> the elements
final class Published<T> implements Publication {
    final String name;
    final Codec<T> codec;
    final String fingerprint;
    final Channel<T> channel;
    final Choices choices;
    /// Elements that processes of other nodes have or are to have, and whose senders wait; the very objects.
    final Set<Object> away = Collections.newSetFromMap(new IdentityHashMap<>());
    private int attached;
    private boolean used;
    private @Nullable LinkLost loss;

    Published(String name, Codec<T> codec, Channel<T> channel) {
        this.name = name;
        this.codec = codec;
        this.fingerprint = fingerprint(codec);
        this.channel = channel;
        this.choices = new Choices(channel);
    }

    @Override public String name() {
        return name;
    }

    @Override public String kind() {
        return "Channel";
    }

    @Override public Set<Use> uses() {
        return Set.of(Use.SEND, Use.RECEIVE);
    }

    /// A codec is a user's, so it is asked where the user calls, and once.
    static String fingerprint(Codec<?> codec) {
        var fingerprint = codec.fingerprint();
        int length = fingerprint.getBytes(StandardCharsets.UTF_8).length;
        if (length > Frame.FINGERPRINT)
            throw new IllegalArgumentException("a codec's fingerprint must have at most " + Frame.FINGERPRINT
                    + " bytes, but that of " + codec + " has " + length);
        return fingerprint;
    }

    /// How many offers an end may have here before the first is taken.
    int window() {
        return Math.clamp(channel.statistics().capacity(), 1, Limits.WINDOW);
    }

    boolean isBuffered() {
        return channel.statistics().capacity() > 0;
    }

    /// A counted end, for a process of this node.
    Sender<T> sender() {
        used = true;
        return channel.sender();
    }

    /// A counted end, for a process of this node or another.
    ReceiverEnd<T> receiver() {
        used = true;
        return channel.receiver();
    }

    /// A counted end, for a process of another node.
    Sender<T> attachSender() {
        attached++;
        return sender();
    }

    void closed(Sender<T> end) {
        attached--;
        var loss = this.loss;
        if (attached == 0 && loss != null) poison(LinkLost.STRENGTH, loss);
        else end.close();
    }

    void lost(LinkLost why) {
        attached--;
        if (loss == null) loss = why;
        if (attached == 0) poison(LinkLost.STRENGTH, loss);
    }

    /// A local end was lost on its way to another node. As that of a remote one, its loss is told when no remote end is left.
    void lostOnItsWay(LinkLost why) {
        attached++;
        lost(why);
    }

    /// Whoever was or is attached by now was counted as lost; a channel that no one has used yet would wait in vain.
    @Override public void abandoned(LinkLost why) {
        if (!used) poison(LinkLost.STRENGTH, why);
    }

    /// A receiver that retires or is lost takes nothing along: what its link had under way its home answers for.
    static void retire(ReceiverEnd<?> end) {
        try {
            end.retire();
        } catch (RuntimeException thrownByHook) {
            uncaught(thrownByHook);
        }
    }

    /// The channel's discard hook runs here; what it throws goes where a thread's uncaught exceptions go and does not harm the loop.
    @Override public boolean poison(int strength, Throwable cause) {
        try {
            return channel.poison(strength, cause);
        } catch (RuntimeException thrownByHook) {
            uncaught(thrownByHook);
            return true;
        }
    }

    private static void uncaught(RuntimeException thrownByHook) {
        var thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, thrownByHook);
    }
}
