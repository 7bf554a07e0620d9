package dev.parley.net;

import dev.parley.net.Handshake.Listening;
import dev.parley.net.Handshake.Peer;
import dev.parley.net.protocol.Frame.Refusal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a node begins: listening, connecting, or neither; and who is let in. Confined to the loop but for what makes a node.
final class Opening {
    private final Setup setup;
    private final Names names;
    private final Map<String, Integer> hellos = new HashMap<>(); // of this second

    /// @param self what messages call this node
    private Opening(Ground ground, String self, Security security, Limits limits,
            @Nullable InetSocketAddress directory) {
        this.setup = new Setup(ground, new Loop(ground), ground.identity(), security, limits, directory);
        this.names = new Names(setup, self);
    }

    // Listening

    static Node listen(String where, Security security, Limits limits) throws IOException {
        return listen(where, security, limits, null);
    }

    static Node listen(String where, Security security, Limits limits, @Nullable InetSocketAddress directory)
            throws IOException {
        var address = Address.parse(where);
        if (!security.provesPeers() && !address.getAddress().isLoopbackAddress())
            throw new IllegalArgumentException("a node that listens on " + where
                    + " can be reached from other hosts, and Security.loopbackOnly() does not prove who they are; "
                    + "use Security.mutualTls or Security.sharedSecret, or listen on 127.0.0.1");
        return listen(new NettyGround(security.certificates()), address, security, limits, directory);
    }

    static Node listen(Ground ground, InetSocketAddress where, Security security, Limits limits) throws IOException {
        return listen(ground, where, security, limits, null);
    }

    static Node listen(Ground ground, InetSocketAddress where, Security security, Limits limits,
            @Nullable InetSocketAddress directory) throws IOException {
        return new Opening(ground, Address.show(where), security, limits, directory).listen(where);
    }

    /// A node that listens at the directory's address, and so is the directory; or if that is taken, one that uses it.
    static Node join(InetSocketAddress directory, Security security, Limits limits) throws IOException {
        try {
            return listen(Address.show(directory), security, limits, null);
        } catch (IOException taken) {
            try {
                var free = Address.show(new InetSocketAddress(directory.getAddress(), 0));
                return listen(free, security, limits, directory);
            } catch (IOException notHere) {
                notHere.addSuppressed(taken);
                throw notHere;
            }
        }
    }

    private Node listen(InetSocketAddress where) throws IOException {
        try {
            var local = setup.ground().listen(where, this::accept);
            names.listensAt(local);
            submit(() -> setup.loop().every(Duration.ofSeconds(1), hellos::clear));
            return node(Address.show(local), local.getPort());
        } catch (IOException notToBeHad) {
            close();
            throw notToBeHad;
        }
    }

    private @Nullable Wire accept(Line line) {
        var limits = setup.limits();
        var peer = line.peer();
        var host = peer.substring(0, peer.lastIndexOf(':'));
        if (names.isClosing() || names.strangers() >= limits.strangers()
                || hellos.merge(host, 1, Integer::sum) > limits.hellosPerSecond())
            return null;
        var handshake = new Listening(setup.loop(), setup.self(), setup.security(), limits, line) {
            @Override long resume(Peer peer) {
                var session = names.session(peer);
                if (session == null) return -1;
                session.fence("the peer connected anew");
                return session.isOver() ? -1 : session.heard();
            }

            @Override void proven(Peer peer, long heardThere) {
                names.known(this);
                var session = names.session(peer); // null if it begins
                if (session == null) session = linked(peer);
                session.connect(wire, heardThere);
            }

            @Override void failed(@Nullable Refusal refusal, String why) {
                names.known(this); // a stranger who did not get in
            }
        };
        names.greet(handshake);
        return handshake.wire;
    }

    private Session linked(Peer peer) {
        var link = new Link(names, setup.loop(), setup.limits(), peer, lost -> {}); // who connected connects anew
        names.linked(link);
        return link.session();
    }

    // Connecting

    static Node connect(String where, Security security, Limits limits) throws IOException, InterruptedException {
        return connect(where, security, limits, null);
    }

    static Node connect(String where, Security security, Limits limits, @Nullable InetSocketAddress directory)
            throws IOException, InterruptedException {
        var address = Address.parse(where);
        security.requireFor(address);
        return connect(new NettyGround(security.certificates()), address, security, limits, directory);
    }

    static Node connect(Ground ground, InetSocketAddress where, Security security, Limits limits)
            throws IOException, InterruptedException {
        return connect(ground, where, security, limits, null);
    }

    private static Node connect(Ground ground, InetSocketAddress where, Security security, Limits limits,
            @Nullable InetSocketAddress directory) throws IOException, InterruptedException {
        return new Opening(ground, Address.show(where), security, limits, directory).connect(where);
    }

    private Node connect(InetSocketAddress where) throws IOException, InterruptedException {
        var begun = new Answer<Boolean>();
        submit(() -> names.begin(where, begun));
        try {
            begun.await(() -> submit(() -> names.abandon(where)));
        } catch (Answer.Failure failure) {
            close();
            if (Thread.interrupted())
                throw new InterruptedException("interrupted while connecting to " + Address.show(where));
            throw (IOException) failure.getCause();
        }
        return node("connected to " + Address.show(where), -1);
    }

    // Neither

    static Node open(Security security, Limits limits) {
        return open(security, limits, null);
    }

    static Node open(Security security, Limits limits, @Nullable InetSocketAddress directory) {
        return open(new NettyGround(security.certificates()), security, limits, directory);
    }

    static Node open(Ground ground, Security security, Limits limits) {
        return open(ground, security, limits, null);
    }

    static Node open(Ground ground, Security security, Limits limits, @Nullable InetSocketAddress directory) {
        return new Opening(ground, "without an address", security, limits, directory).node("without an address", -1);
    }

    private Node node(String shown, int port) {
        var directory = setup.directory();
        if (directory != null) submit(() -> names.join(directory));
        return new Node(setup.loop(), names, setup.security(), shown, port);
    }

    // The end of what did not open

    private void close() {
        var done = new Answer<Boolean>();
        setup.loop().submit(new Loop.Command() {
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
        setup.loop().submit(new Loop.Command() {
            @Override public void run() {
                action.run();
            }

            @Override public void refused() {}
        });
    }
}
