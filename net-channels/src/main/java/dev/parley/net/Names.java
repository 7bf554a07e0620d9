package dev.parley.net;

import dev.parley.csp.ChannelPoisoned;
import dev.parley.net.protocol.Id;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a node knows: the channels it publishes, its links with the names they publish, and who waits for a name. Confined to the loop.
final class Names {
    private final Loop loop;
    private final Ground ground;
    private final boolean listening;
    private final String self;
    private final Map<String, Published<?>> published = new LinkedHashMap<>();
    private final Map<Id, Link> links = new LinkedHashMap<>(); // by their sessions
    private final Set<Handshake> strangers = new LinkedHashSet<>();
    private final Set<Want<?>> wanted = new LinkedHashSet<>();
    private final List<Answer<Boolean>> closers = new ArrayList<>();
    private @Nullable LinkLost alone; // the only link there could be is over, for this reason
    private boolean closing;

    /// @param self what peers and messages call this node
    Names(Loop loop, Ground ground, boolean listening, String self) {
        this.loop = loop;
        this.ground = ground;
        this.listening = listening;
        this.self = self;
    }

    // Channels

    void publish(Published<?> home, Answer<Boolean> done) {
        if (closing) done.fail(closedFailure());
        else
            if (alone != null)
                done.fail(new ChannelPoisoned(home.name, "publish Channel \"" + home.name + "\" at " + self,
                        LinkLost.STRENGTH, alone));
            else
                if (published.size() >= Limits.STANDARD.ends())
                    done.fail(new IllegalStateException("this node publishes " + published.size()
                            + " channels, which is the limit; publish the rest at another node"));
                else
                    if (published.putIfAbsent(home.name, home) != null)
                        done.fail(new IllegalStateException("this node publishes a Channel \"" + home.name
                                + "\" already; a name is used once, choose another"));
                    else {
                        for (var link : links.values()) link.announce(home.name);
                        announced(home.name);
                        done.give(true);
                    }
    }

    @Nullable Published<?> published(String name) {
        return published.get(name);
    }

    /// A channel of this name may have appeared.
    void announced(String name) {
        for (var want : new ArrayList<>(wanted)) {
            if (!want.name().equals(name)) continue;
            wanted.remove(want);
            seek(want);
        }
    }

    /// Finds the home that `want` is about, now or when it appears.
    <T> void seek(Want<T> want) {
        if (closing) {
            want.fail(closedFailure());
            return;
        }
        var home = published.get(want.name());
        var homes = links.values().stream().filter(link -> link.publishes(want.name())).toList();
        if ((home == null ? 0 : 1) + homes.size() > 1)
            want.fail(new IllegalStateException("more than one node publishes a Channel \"" + want.name() + "\": "
                    + (home == null ? "" : "this one, ") + String.join(", ", homes.stream().map(Link::peer).toList())
                    + "; give each its own name"));
        else
            if (home != null) attachHere(want, home);
            else if (!homes.isEmpty()) homes.getFirst().attach(want);
            else
                if (alone != null)
                    want.fail(new ChannelPoisoned(want.name(), "connect to Channel \"" + want.name() + "\"",
                            LinkLost.STRENGTH, alone));
                else
                    wanted.add(want);
    }

    private <T> void attachHere(Want<T> want, Published<?> home) {
        if (!home.fingerprint.equals(want.fingerprint())) {
            want.fail(new IllegalArgumentException(
                    "cannot " + want.purpose() + " Channel \"" + want.name() + "\" of this node: it carries "
                            + home.fingerprint + ", but this codec is for "
                            + want.fingerprint()));
            return;
        }
        @SuppressWarnings("unchecked") // the fingerprints are equal, so the elements have one type
        var sameType = (Published<T>) home;
        want.endHere(sameType);
    }

    /// The process that waits with `want` was interrupted; if a home is being asked already, its answer is waited for.
    void forget(Want<?> want) {
        if (wanted.remove(want))
            want.fail(new InterruptedException("interrupted while waiting for a Channel \"" + want.name()
                    + "\" to be published"));
    }

    // Connections

    int strangers() {
        return strangers.size();
    }

    /// A connection that has yet to prove itself.
    void greet(Handshake stranger) {
        strangers.add(stranger);
    }

    /// It has, or never will.
    void known(Handshake stranger) {
        strangers.remove(stranger);
    }

    boolean isClosing() {
        return closing;
    }

    void linked(Link link) {
        links.put(link.session().peer().session(), link);
        for (var name : published.keySet()) link.announce(name);
        if (closing) link.close();
    }

    /// The session that `peer` names, if it is one with this peer.
    @Nullable Session session(Handshake.Peer peer) {
        var link = links.get(peer.session());
        return link != null && link.session().peer().identity().equals(peer.identity()) ? link.session() : null;
    }

    void gone(Link link, String why) {
        links.remove(link.session().peer().session());
        if (!listening && alone == null) {
            alone = link.loss(why, LinkLost.Outcome.NOT_TAKEN);
            for (var home : published.values()) home.abandoned(alone);
            for (var want : new ArrayList<>(wanted)) {
                wanted.remove(want);
                seek(want);
            }
        }
        finishIfEmpty();
    }

    // The end

    void close(Answer<Boolean> done) {
        closers.add(done);
        if (closing) return;
        closing = true;
        ground.deafen();
        for (var stranger : new ArrayList<>(strangers)) stranger.fail(null, "the node was closed");
        for (var want : new ArrayList<>(wanted)) {
            wanted.remove(want);
            want.fail(closedFailure());
        }
        for (var link : new ArrayList<>(links.values())) link.close();
        finishIfEmpty();
    }

    private void finishIfEmpty() {
        if (!closing || !links.isEmpty()) return;
        var why = new LinkLost(self, "this node was closed", LinkLost.Outcome.NOT_TAKEN);
        for (var home : published.values()) home.abandoned(why);
        loop.terminate(() -> {
            for (var done : closers) done.give(true);
        });
    }

    private IllegalStateException closedFailure() {
        return new IllegalStateException("the node " + self + " was closed; open another");
    }
}
