package dev.parley.net;

import dev.parley.net.Handshake.Connecting;
import dev.parley.net.Handshake.Peer;
import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.Frame.Refusal;
import dev.parley.net.protocol.Id;
import dev.parley.net.protocol.Identity;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// An address that this node connects to: for the first time, until it succeeds or is not wanted any more, and anew whenever a connection is lost.
///
/// **One link.** Behind two addresses there may be one node, or behind an address this very node, which only the handshake tells. Then the connection is given up again, in order,
/// and the address stands for the link that there is, or for this node. A node that connected to this one is not recognized so: when each names the other's address, both may have done it at the same moment, and
/// giving up the one they see could take both. So two nodes have at most two links, one by each's doing, and [Names] counts what is behind them as one node.
///
/// Confined to the loop.
final class Dialer {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20), LONGEST_PAUSE = Duration.ofSeconds(1);

    private final Names names;
    private final Setup setup;
    private final InetSocketAddress address;
    private @Nullable Link link;
    private boolean here, given;
    private Ground.@Nullable Timer attempt;
    private @Nullable String failure;

    Dialer(Names names, Setup setup, InetSocketAddress address) {
        this.names = names;
        this.setup = setup;
        this.address = address;
    }

    InetSocketAddress address() {
        return address;
    }

    /// The link there is.
    @Nullable Link link() {
        return link;
    }

    /// Whether the address turned out to be this node's.
    boolean isHere() {
        return here;
    }

    /// Why the last attempt came to nothing.
    @Nullable String failure() {
        return failure;
    }

    void start() {
        new Attempt(null, FIRST_PAUSE).start();
    }

    /// Nobody wants the link any more that there is not yet.
    void giveUp() {
        given = true;
        if (attempt != null) attempt.stop();
    }

    /// Connects anew.
    private void redial(Session lost) {
        new Attempt(lost, FIRST_PAUSE).start();
    }

    /// One attempt to connect, for a new session or for one that lost its connection.
    private final class Attempt implements Ground.Connected {
        private final @Nullable Session session;
        private final Duration pause;

        Attempt(@Nullable Session session, Duration pause) {
            this.session = session;
            this.pause = pause;
        }

        void start() {
            var timer = setup.ground().connect(address, this);
            if (session == null) attempt = timer;
        }

        @Override public Wire open(Line line) {
            var loop = setup.loop();
            var handshake = new Connecting(loop, setup.self(), setup.security(), setup.limits(), line) {
                @Override boolean expects(Identity identity) {
                    return session == null || session.peer().identity().equals(identity);
                }

                @Override long heard() {
                    return session == null ? 0 : session.heard();
                }

                @Override void proven(Peer peer, long heardThere) {
                    names.known(this);
                    connected(wire, peer, heardThere);
                }

                @Override void failed(@Nullable Refusal refusal, String why) {
                    names.known(this);
                    Attempt.this.failed(refusal, new IOException("no link to " + Address.show(address) + ": " + why));
                }
            };
            loop.enter();
            names.greet(handshake);
            if (session == null ? given : session.isOver()) handshake.fail(null, "it is not wanted any more");
            else handshake.begin(session == null ? Id.NONE : session.peer().session());
            loop.round();
            return handshake.wire;
        }

        private void connected(Wire wire, Peer peer, long heardThere) {
            if (session != null) {
                if (session.isOver()) wire.cut();
                else session.connect(wire, heardThere);
                return;
            }
            here = peer.identity().equals(setup.self());
            link = names.dialed(peer.identity());
            if (here || link != null) {
                wire.put(new Frame.GoAway(0, 0, "there is a link already"));
                wire.finish();
            } else {
                link = new Link(names, setup.loop(), setup.limits(), peer, Dialer.this::redial);
                link.learn(address);
                names.linked(link);
                link.session().connect(wire, heardThere);
            }
            names.reached(Dialer.this);
        }

        @Override public void failed(Throwable why) {
            setup.loop().enter();
            var text = Address.show(address) + (why instanceof ConnectException ? ": does a node listen there?" : "");
            failed(null, new IOException("cannot connect to " + text, why));
            setup.loop().round();
        }

        private void failed(@Nullable Refusal refusal, IOException why) {
            if (session == null) {
                failure = why.getMessage();
                if (names.goesOn(Dialer.this, refusal != null, why)) later();
            } else if (!session.isOver()) {
                if (refusal == Refusal.SESSION) session.end("the peer does not know the session any more");
                else later();
            }
        }

        private void later() {
            var longer = pause.multipliedBy(2);
            var next = new Attempt(session, longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer);
            var timer = setup.loop().after(pause, () -> {
                if (session == null ? !given : !session.isOver()) next.start();
            });
            if (session == null) attempt = timer;
        }
    }
}
