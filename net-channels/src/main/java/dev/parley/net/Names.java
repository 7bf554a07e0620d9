package dev.parley.net;

import dev.parley.csp.ChannelPoisoned;
import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.Id;
import dev.parley.net.protocol.Identity;
import dev.parley.net.protocol.ProtocolError;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a node knows: the channels and barriers it publishes, its links with the names they publish, and who waits for a name. Confined to the loop.
final class Names {
    private final Setup setup;
    private final String self;
    private final Map<String, Publication> published = new ConcurrentHashMap<>(); // read from any thread
    private final Map<Id, Link> links = new LinkedHashMap<>(); // by their sessions
    private final Map<InetSocketAddress, Dialer> dialers = new LinkedHashMap<>(); // that have a link, or are to get one
    private final Set<Handshake> strangers = new LinkedHashSet<>();
    private final Set<Want> wanted = new LinkedHashSet<>();
    private final Set<Awaited> awaited = new LinkedHashSet<>();
    private final Directory directory;
    private final Finding finding;
    private final List<Answer<Boolean>> closers = new ArrayList<>();
    private @Nullable Recipient<Boolean> opener; // of a node that is to begin with a link
    private boolean dependent; // on the link that it began with
    private @Nullable LinkLost alone; // that is over, for this reason, and there is no other
    private boolean closing;
    private volatile @Nullable InetSocketAddress listening;

    /// @param self what messages call this node
    Names(Setup setup, String self) {
        this.setup = setup;
        this.self = self;
        this.directory = new Directory(setup.limits());
        this.finding = new Finding(this, setup);
    }

    // Channels

    void publish(Publication home, Answer<Boolean> done) {
        if (closing) done.fail(closedFailure());
        else
            if (alone != null)
                done.fail(new ChannelPoisoned(home.name(),
                        "publish " + home.kind() + " \"" + home.name() + "\" at " + self,
                        LinkLost.STRENGTH, alone));
            else
                if (published.size() >= Limits.STANDARD.ends())
                    done.fail(new IllegalStateException("this node publishes " + published.size()
                            + " names, which is the limit; publish the rest at another node"));
                else
                    if (published.putIfAbsent(home.name(), home) != null)
                        done.fail(new IllegalStateException("this node publishes a " + home.kind() + " \"" + home.name()
                                + "\" already; a name is used once, choose another"));
                    else {
                        for (var link : links.values()) link.announce(home);
                        announced(null, home.name());
                        done.give(true);
                    }
    }

    @Nullable Publication published(String name) {
        return published.get(name);
    }

    /// Something of this name may have appeared.
    ///
    /// @param at at another node; null if at this one
    void announced(@Nullable Link at, String name) {
        if (at != null) directory.published(at, name);
        for (var want : new ArrayList<>(wanted)) {
            if (!want.name().equals(name)) continue;
            stop(want);
            seek(want);
        }
    }

    private void await(Want want) {
        wanted.add(want);
        if (want.location().at() == null) finding.want(want.name());
    }

    /// @return whether it waited
    private boolean stop(Want want) {
        if (!wanted.remove(want)) return false;
        if (want.location().at() == null) finding.unwant(want.name());
        return true;
    }

    /// Finds the home that `want` is about, now or when it appears.
    void seek(Want want) {
        var at = want.location().at();
        if (closing) want.fail(closedFailure());
        else if (at != null) seekAt(at, want);
        else seekAnywhere(want);
    }

    private void seekAt(InetSocketAddress at, Want want) {
        var dialer = dialers.get(at);
        var home = dialer != null && dialer.isHere() ? published.get(want.name()) : null;
        var link = dialer == null ? null : dialer.link();
        if (home != null) want.endHere(home);
        else if (link != null && link.publishes(want.name())) link.attach(want);
        else await(want);
        if (dialer == null) dial(at);
    }

    void dialIfNone(InetSocketAddress at) {
        if (!closing && !dialers.containsKey(at)) dial(at);
    }

    private void dial(InetSocketAddress at) {
        var dialer = new Dialer(this, setup, at);
        dialers.put(at, dialer);
        dialer.start();
    }

    private void seekAnywhere(Want want) {
        var home = published.get(want.name());
        var homes = new LinkedHashMap<Identity, Link>(); // by node, since there may be two links to one
        for (var link : links.values())
            if (link.publishes(want.name())) homes.putIfAbsent(link.session().peer().identity(), link);
        if ((home == null ? 0 : 1) + homes.size() > 1)
            want.fail(new IllegalStateException(
                    "more than one node publishes a " + want.kind() + " \"" + want.name() + "\": "
                            + (home == null ? "" : "this one, ")
                            + String.join(", ", homes.values().stream().map(Link::peer).toList())
                            + "; give each its own name, or ask for it as host:port/" + want.name()));
        else
            if (home != null) want.endHere(home);
            else if (!homes.isEmpty()) homes.firstEntry().getValue().attach(want);
            else
                if (alone != null)
                    want.fail(want.lost(alone));
                else
                    await(want);
    }

    /// The process that waits with `want` was interrupted; if a home is being asked already, its answer is waited for.
    void forget(Want want) {
        if (!stop(want)) return;
        var dialer = want.location().at() == null ? null : dialers.get(want.location().at());
        var failure = want.location().at() == null ? finding.failure() : failureAt(want.location().at());
        want.fail(new InterruptedException("interrupted while waiting for a " + want.kind() + " " + want.location()
                + " to be published" + (failure == null ? "" : "; " + failure)));
        if (dialer != null) stopIfUnwanted(dialer);
    }

    /// Why there is no link to the node at that address, as far as is known.
    @Nullable String failureAt(InetSocketAddress at) {
        var dialer = dialers.get(at);
        return dialer == null || dialer.link() != null ? null : dialer.failure();
    }

    // Names at third nodes

    Directory directory() {
        return directory;
    }

    /// From here on names are looked for, and made known, at the node that listens there.
    void join(InetSocketAddress directory) {
        if (!closing) finding.begin(directory);
    }

    void heard(Link link, Frame.OfDirectory frame) {
        try {
            switch (frame) {
                case Frame.Listening f -> directory.listens(link, link.here(Address.ofNumbers(f.address())));
                case Frame.Seek f -> directory.seek(link, f.name());
                case Frame.Unseek f -> directory.unseek(link, f.name());
                case Frame.Found f -> finding.found(link, f.name(), f.addresses().isEmpty()
                        ? List.of()
                        : Stream.of(f.addresses().split(" ")).map(Address::ofNumbers).toList());
            }
        } catch (IllegalArgumentException noAddress) {
            throw new ProtocolError(String.valueOf(noAddress.getMessage()), noAddress);
        }
    }

    /// Where this node listens.
    @Nullable InetSocketAddress listening() {
        return listening;
    }

    /// Fails those who wait for `name` wherever it is.
    void fail(String name, Function<Want, Exception> why) {
        for (var want : new ArrayList<>(wanted)) {
            if (want.location().at() != null || !want.name().equals(name)) continue;
            stop(want);
            want.fail(why.apply(want));
        }
    }

    void stopIfUnwanted(InetSocketAddress at) {
        var dialer = dialers.get(at);
        if (dialer != null) stopIfUnwanted(dialer);
    }

    // Addresses

    /// Begins with a link to the node at `at`, at the first attempt or not at all.
    void begin(InetSocketAddress at, Recipient<Boolean> begun) {
        opener = begun;
        dependent = setup.directory() == null; // else others may come
        dial(at);
    }

    /// Whoever waits for [#begin] was interrupted.
    void abandon(InetSocketAddress at) {
        var dialer = dialers.get(at);
        if (dialer != null && opener != null) dialer.giveUp();
    }

    /// The link to the node of this identity that this node got by an address.
    @Nullable Link dialed(Identity identity) {
        for (var dialer : dialers.values()) {
            var link = dialer.link();
            if (link != null && link.isTo(identity)) return link;
        }
        return null;
    }

    /// There is a link to the node at this address.
    void reached(Dialer dialer) {
        var waiting = opener;
        opener = null;
        if (waiting != null) waiting.give(true);
        for (var want : wantedAt(dialer)) {
            stop(want);
            seek(want);
        }
        finding.reached(dialer.address(), dialer.link());
        attachAwaited(dialer);
    }

    /// An attempt to reach the node at this address came to nothing.
    ///
    /// @param certain whether the next would, too
    /// @return whether there is to be a next
    boolean goesOn(Dialer dialer, boolean certain, IOException why) {
        if (dialers.get(dialer.address()) != dialer) return false;
        var waiting = opener;
        opener = null;
        if (waiting != null) waiting.fail(why);
        if (certain || setup.limits().window().isZero())
            for (var one : List.copyOf(awaited))
                if (one.isAt(dialer)) unreached(one.reference, one.want, String.valueOf(why.getMessage()));
        if (certain)
            failAll(dialer, want -> new IllegalStateException(
                    "cannot " + want.purpose() + " " + want.location() + ": " + why.getMessage()
                            + "; both nodes need the same kind of Security, and must be of one version",
                    why));
        if (certain) finding.refused(dialer.address(), why);
        stopIfUnwanted(dialer);
        return dialers.containsKey(dialer.address());
    }

    // Ends that came in elements

    /// Who waits for the home that a reference names.
    private record Awaited(Reference reference, Want want, Ground.Timer patience) {
        boolean isAt(Dialer dialer) {
            return dialer.address().equals(reference.location().at());
        }
    }

    void listensAt(InetSocketAddress address) {
        listening = address;
    }

    /// What travels instead of an end of the channel `name`, which is at home here. From any thread.
    Reference reference(boolean receives, String name) {
        var at = listening;
        var reachable = at == null || at.getAddress().isAnyLocalAddress() ? null : at;
        return new Reference(receives, setup.self(), new Location(reachable, name));
    }

    /// Finds the home that `reference` names: here, over the link there is, or over one that is made.
    void attach(Reference reference, Want want) {
        var at = reference.location().at();
        var link = linkTo(reference.home());
        if (closing) want.fail(closedFailure());
        else if (reference.home().equals(setup.self())) attachPublished(want);
        else if (link != null) {
            link.learn(at);
            link.attachReferred(want);
        } else
            if (at == null && links.values().stream().noneMatch(any -> any.isTo(reference.home())))
                want.fail(new IllegalStateException("this node has no link to the home of Channel "
                        + want.location()
                        + " and knows no address of it; let that node listen, and connect to it, or to this one"));
            else
                reach(reference, at, want);
    }

    private void attachPublished(Want want) {
        var home = published.get(want.name());
        if (home != null) want.endHere(home);
        else want.fail(new IllegalStateException("this node publishes no Channel " + want.location()));
    }

    /// One that both nodes know. When the last word of a handshake was lost, who connected knows nothing of it, and who listened has a link over which nothing will ever be heard.
    private @Nullable Link linkTo(Identity node) {
        var own = dialed(node);
        if (own != null) return own;
        for (var link : links.values()) if (link.isMutual() && link.isTo(node)) return link;
        return null;
    }

    /// The other node has shown that it knows this link.
    void mutual(Link link) {
        for (var one : List.copyOf(awaited)) {
            if (!link.isTo(one.reference.home()) || !awaited.remove(one)) continue;
            one.patience.stop();
            attach(one.reference, one.want);
            var dialer = one.reference.location().at() == null ? null : dialers.get(one.reference.location().at());
            if (dialer != null) stopIfUnwanted(dialer);
        }
    }

    /// As long as a lost connection may take to come back, a new one may take to come.
    private void reach(Reference reference, @Nullable InetSocketAddress at, Want want) {
        try {
            if (at != null) setup.security().requireFor(at);
        } catch (IllegalArgumentException tooFar) {
            want.fail(tooFar);
            return;
        }
        var window = setup.limits().window();
        var patience = setup.loop().after(window.isZero() ? setup.limits().hello() : window,
                () -> unreached(reference, want, "there was no link in time"));
        awaited.add(new Awaited(reference, want, patience));
        if (at == null) return; // the home will be heard over the link that there is, or never
        var dialer = dialers.get(at);
        if (dialer == null) dial(at);
        else if (dialer.isHere() || dialer.link() != null) attachAwaited(dialer);
    }

    private void unreached(Reference reference, Want want, String why) {
        for (var one : List.copyOf(awaited)) {
            if (one.want != want) continue;
            awaited.remove(one);
            one.patience.stop();
            var dialer = reference.location().at() == null ? null : dialers.get(reference.location().at());
            var failure = dialer == null || dialer.failure() == null ? why : why + "; " + dialer.failure();
            want.fail(
                    new IllegalStateException("cannot reach the home of Channel " + want.location() + ": " + failure));
            if (dialer != null) stopIfUnwanted(dialer);
        }
    }

    /// There is a link to the node at this address, which may be the one that was meant or not.
    private void attachAwaited(Dialer dialer) {
        for (var one : List.copyOf(awaited)) {
            if (!one.isAt(dialer)) continue;
            var link = dialer.link();
            var there = link == null ? setup.self() : link.session().peer().identity();
            if (!there.equals(one.reference.home()))
                unreached(one.reference, one.want, "another node, or a later life of it, is there now");
            else
                if (awaited.remove(one)) {
                    one.patience.stop();
                    attach(one.reference, one.want);
                }
        }
    }

    private void failAll(Dialer dialer, Function<Want, Exception> why) {
        for (var want : wantedAt(dialer)) {
            stop(want);
            want.fail(why.apply(want));
        }
    }

    private List<Want> wantedAt(Dialer dialer) {
        return wanted.stream().filter(want -> dialer.address().equals(want.location().at())).toList();
    }

    private void stopIfUnwanted(Dialer dialer) {
        if (dialer.link() != null || dialer.isHere() || finding.needs(dialer.address())
                || !wantedAt(dialer).isEmpty())
            return;
        for (var one : awaited) if (one.isAt(dialer)) return;
        dialers.remove(dialer.address());
        dialer.giveUp();
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
        alone = null;
        links.put(link.session().peer().session(), link);
        for (var home : published.values()) link.announce(home);
        if (closing) link.close();
    }

    /// The session that `peer` names, if it is one with this peer.
    @Nullable Session session(Handshake.Peer peer) {
        var link = links.get(peer.session());
        return link != null && link.session().peer().identity().equals(peer.identity()) ? link.session() : null;
    }

    void gone(Link link, String why) {
        links.remove(link.session().peer().session());
        directory.gone(link);
        for (var dialer : List.copyOf(dialers.values())) {
            if (dialer.link() != link) continue;
            dialers.remove(dialer.address());
            failAll(dialer, want -> want.lost(link.loss(why, LinkLost.Outcome.NOT_TAKEN)));
            finding.gone(link, dialer.address());
        }
        if (dependent && links.isEmpty()) {
            alone = link.loss(why, LinkLost.Outcome.NOT_TAKEN);
            for (var home : published.values()) home.abandoned(alone);
            for (var want : new ArrayList<>(wanted)) {
                if (want.location().at() != null) continue;
                stop(want);
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
        finding.end();
        setup.ground().deafen();
        for (var stranger : new ArrayList<>(strangers)) stranger.fail(null, "the node was closed");
        for (var want : new ArrayList<>(wanted)) {
            stop(want);
            want.fail(closedFailure());
        }
        for (var one : List.copyOf(awaited)) unreached(one.reference, one.want, "the node was closed");
        for (var dialer : List.copyOf(dialers.values())) stopIfUnwanted(dialer);
        for (var link : new ArrayList<>(links.values())) link.close();
        finishIfEmpty();
    }

    private void finishIfEmpty() {
        if (!closing || !links.isEmpty()) return;
        var why = new LinkLost(self, "this node was closed", LinkLost.Outcome.NOT_TAKEN);
        for (var home : published.values()) home.abandoned(why);
        setup.loop().terminate(() -> {
            for (var done : closers) done.give(true);
        });
    }

    private IllegalStateException closedFailure() {
        return new IllegalStateException("the node " + self + " was closed; open another");
    }
}
