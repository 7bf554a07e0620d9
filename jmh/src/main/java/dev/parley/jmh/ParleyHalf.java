package dev.parley.jmh;

import dev.parley.net.Codec;
import dev.parley.net.Node;
import dev.parley.net.Security;
import java.util.concurrent.Callable;

/// A half of ours: a node, and a process in an event loop on one of our engines, on whose carrier the node lives if that engine can.
abstract class ParleyHalf implements Halves.Far {
    static final Codec<byte[]> CODEC = Codec.of(byte[].class);

    final Parley parley;
    final Node node;

    /// @param opening makes the node, called in the loop
    ParleyHalf(Parley.Place place, Callable<Node> opening) throws Exception {
        parley = new Parley(place);
        node = parley.inside(opening);
    }

    /// The node of a far half.
    static Node listen() throws Exception { return Node.listen("127.0.0.1:0", Security.loopbackOnly()); }

    /// The name at the node of a far half, for nodes that are not linked with it yet.
    static String at(int port, String name) { return "127.0.0.1:" + port + "/" + name; }

    /// What the process does.
    abstract long inLoop(int n) throws Exception;

    @Override public final long work(int n) throws Exception { return parley.inside(() -> inLoop(n)); }

    @Override public final int port() { return node.port(); }

    @Override public final void close() {
        node.close();
        parley.close();
    }
}
