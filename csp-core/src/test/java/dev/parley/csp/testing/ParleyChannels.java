package dev.parley.csp.testing;

import dev.parley.csp.Kinds;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;

/// Every kind of channel of Parley, and users' own policies.
final class ParleyChannels implements ChannelProvider {
    static final List<Kinds> SMALL = Arrays.stream(Kinds.values()).filter(kind -> kind != Kinds.BUFFERED_1000).toList();

    @Override public List<Kind> kinds() {
        return SMALL.stream().map(small -> small.kind).toList();
    }

    @Override public Set<Verb> verbs() {
        return Verb.ALL;
    }

    @Override public ChannelUnderTest make(Kind kind, String name, IntConsumer discarded) {
        var small = SMALL.stream().filter(each -> each.kind.equals(kind)).findFirst().orElseThrow();
        var channel = small.channel(name).onDiscard(discarded::accept);
        return ChannelUnderTest.of(channel, channel);
    }
}
