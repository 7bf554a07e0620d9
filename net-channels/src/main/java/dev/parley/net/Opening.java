package dev.parley.net;

import dev.parley.net.Handshake.Connecting;
import dev.parley.net.Handshake.Listening;
import dev.parley.net.Handshake.Peer;
import dev.parley.net.protocol.Frame.Refusal;
import dev.parley.net.protocol.Id;
import dev.parley.net.protocol.Identity;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a node gets its links: listening or connecting, who is let in, and connecting anew when a connection is lost. Confined to the loop but for
/// [#listen] and [#connect].
final class Opening {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20), LONGEST_PAUSE = Duration.ofSeconds(1);

    private final Ground ground;
    private final Loop loop;
    private final Identity self;
    private final InetSocketAddress address;
    private final Security security;
    private final Limits limits;
    private final Names names;
    private final Map<String, Integer> hellos = new HashMap<>(); // of this second

    private Opening(Ground ground, boolean listening, InetSocketAddress address, Security security, Limits limits) {
        this.ground = ground;
        this.loop = new Loop(ground);
        this.self = ground.identity();
        this.address = address;
        this.security = security;
        this.limits = limits;
        this.names = new Names(loop, ground, listening, Address.show(address));
    }

    // Listening

    static Node listen(String where, Security security, Limits limits) throws IOException {
        var address = Address.parse(where);
        if (!security.provesPeers() && !address.getAddress().isLoopbackAddress())
            throw new IllegalArgumentException("a node that listens on " + where
                    + " can be reached from other hosts, and Security.loopbackOnly() does not prove who they are; "
                    + "use Security.mutualTls or Security.sharedSecret, or listen on 127.0.0.1");
        return listen(new NettyGround(security.certificates()), address, security, limits);
    }

    static Node listen(Ground ground, InetSocketAddress where, Security security, Limits limits) throws IOException {
        return new Opening(ground, true, where, security, limits).listen();
    }

    private Node listen() throws IOException {
        try {
            var local = ground.listen(address, this::accept);
            submit(() -> loop.every(Duration.ofSeconds(1), hellos::clear));
            return new Node(loop, names, Address.show(local), local.getPort());
        } catch (IOException notToBeHad) {
            close();
            throw notToBeHad;
        }
    }

    private @Nullable Wire accept(Line line) {
        var peer = line.peer();
        var host = peer.substring(0, peer.lastIndexOf(':'));
        if (names.isClosing() || names.strangers() >= limits.strangers()
                || hellos.merge(host, 1, Integer::sum) > limits.hellosPerSecond())
            return null;
        var handshake = new Listening(loop, self, security, limits, line) {
            @Override long resume(Peer peer) {
                var session = names.session(peer);
                if (session == null) return -1;
                session.fence("the peer connected anew");
                return session.isOver() ? -1 : session.heard();
            }

            @Override void proven(Peer peer, long heardThere) {
                names.known(this);
                var session = names.session(peer); // null if it begins
                if (session == null) session = linked(peer, lost -> {}); // who connected connects anew
                session.connect(wire, heardThere);
            }

            @Override void failed(@Nullable Refusal refusal, String why) {
                names.known(this); // a stranger who did not get in
            }
        };
        names.greet(handshake);
        return handshake.wire;
    }

    private Session linked(Peer peer, Session.Redial redial) {
        var link = new Link(names, loop, limits, peer, redial);
        names.linked(link);
        return link.session();
    }

    // Connecting

    static Node connect(String where, Security security, Limits limits) throws IOException, InterruptedException {
        var address = Address.parse(where);
        if (!security.provesPeers() && !address.getAddress().isLoopbackAddress())
            throw new IllegalArgumentException("the node at " + where
                    + " is on another host, and Security.loopbackOnly() does not prove who it is; use Security.mutualTls or Security.sharedSecret");
        return connect(new NettyGround(security.certificates()), address, security, limits);
    }

    static Node connect(Ground ground, InetSocketAddress where, Security security, Limits limits)
            throws IOException, InterruptedException {
        return new Opening(ground, false, where, security, limits).connect();
    }

    private Node connect() throws IOException, InterruptedException {
        var answer = new Answer<Session>();
        var attempt = ground.connect(address, new Attempt(null, answer));
        try {
            answer.await(attempt::stop);
        } catch (Answer.Failure failure) {
            close();
            if (Thread.interrupted())
                throw new InterruptedException("interrupted while connecting to " + Address.show(address));
            throw (IOException) failure.getCause();
        }
        return new Node(loop, names, "connected to " + Address.show(address), -1);
    }

    /// One attempt to connect, for a new session or for one that lost its connection.
    private final class Attempt implements Ground.Connected {
        private final @Nullable Session session;
        private final @Nullable Answer<Session> answer;
        private final Duration pause;

        /// @param answer who waits for the first connection
        Attempt(@Nullable Session session, @Nullable Answer<Session> answer) {
            this(session, answer, FIRST_PAUSE);
        }

        private Attempt(@Nullable Session session, @Nullable Answer<Session> answer, Duration pause) {
            this.session = session;
            this.answer = answer;
            this.pause = pause;
        }

        @Override public Wire open(Line line) {
            var handshake = new Connecting(loop, self, security, limits, line) {
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
                    failed(refusal, new IOException("no link to " + Address.show(address) + ": " + why));
                }

                private void failed(@Nullable Refusal refusal, IOException why) {
                    Attempt.this.failed(refusal, why);
                }
            };
            loop.enter();
            names.greet(handshake);
            if (session != null && session.isOver()) handshake.fail(null, "the session is over");
            else handshake.begin(session == null ? Id.NONE : session.peer().session());
            loop.round();
            return handshake.wire;
        }

        private void connected(Wire wire, Peer peer, long heardThere) {
            if (session == null) {
                var begun = linked(peer, lost -> new Attempt(lost, null).start());
                begun.connect(wire, heardThere);
                if (answer != null) answer.give(begun);
            } else if (session.isOver()) wire.cut();
            else session.connect(wire, heardThere);
        }

        void start() {
            ground.connect(address, this);
        }

        @Override public void failed(Throwable why) {
            loop.enter();
            var text = Address.show(address) + (why instanceof ConnectException ? ": does a node listen there?" : "");
            failed(null, new IOException("cannot connect to " + text, why));
            loop.round();
        }

        private void failed(@Nullable Refusal refusal, IOException why) {
            if (answer != null) answer.fail(why);
            if (session == null || session.isOver()) return;
            if (refusal == Refusal.SESSION) session.end("the peer does not know the session any more");
            else {
                var longer = pause.multipliedBy(2);
                var next = new Attempt(session, null, longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer);
                loop.after(pause, () -> {
                    if (!session.isOver()) next.start();
                });
            }
        }
    }

    // The end of what did not open

    private void close() {
        var done = new Answer<Boolean>();
        loop.submit(new Loop.Command() {
            @Override public void run() {
                names.close(done);
            }

            @Override public void refused() {
                done.give(true);
            }
        });
        done.await();
    }

    private void submit(Runnable action) {
        loop.submit(new Loop.Command() {
            @Override public void run() {
                action.run();
            }

            @Override public void refused() {}
        });
    }
}
