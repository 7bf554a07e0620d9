package dev.parley.csp.testing;

import dev.parley.csp.Channel;
import dev.parley.csp.Kinds;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/// Every kind of channel of Parley, and users' own policies.
final class ParleyChannels implements ChannelProvider {
    /// The small kinds of the tests, a promise, and kinds that are immune to weak poison.
    static final List<Kind> KINDS = Stream.concat(
            Arrays.stream(Kinds.values()).filter(kind -> kind != Kinds.BUFFERED_1000).map(kind -> kind.kind),
            Stream.of(Kind.PROMISE, Kind.RENDEZVOUS.immuneTo(1), Kind.buffered(1).immuneTo(1))).toList();

    @Override public List<Kind> kinds() {
        return KINDS;
    }

    @Override public Set<Verb> verbs() {
        return Verb.ALL;
    }

    @Override public ChannelUnderTest make(Kind kind, String name, IntConsumer discarded) {
        var channel = channel(kind, name).onDiscard(discarded::accept);
        return ChannelUnderTest.of(channel, channel);
    }

    static Channel<Integer> channel(Kind kind, String name) {
        if (kind.equals(Kind.PROMISE)) return Channel.promise(name);
        int end = kind.name().indexOf("-immune-");
        var plain = end < 0 ? kind.name() : kind.name().substring(0, end);
        var made = Arrays.stream(Kinds.values()).filter(each -> each.kind.name().equals(plain)).findFirst()
                .orElseThrow()
                .channel(name);
        return kind.immunity() == 0 ? made : made.immuneTo(kind.immunity());
    }
}
