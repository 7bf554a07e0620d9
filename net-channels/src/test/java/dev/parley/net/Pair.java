package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.Received;
import dev.parley.csp.Sender;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import static org.junit.jupiter.api.Assertions.assertEquals;

/// Two nodes in this JVM, linked over a real loopback socket.
///
/// @param home listens
/// @param away is connected to it
record Pair(Node home, Node away) implements AutoCloseable {
    static final Security SECRET = Security.sharedSecret("sixteen bytes or more".getBytes(StandardCharsets.UTF_8));

    /// A lost connection is the end of its link.
    static final Limits AT_ONCE = window(Duration.ZERO);

    static Limits window(Duration window) {
        var standard = Limits.STANDARD;
        return new Limits(standard.frame(), standard.largest(), standard.sessionBytes(), standard.ends(),
                standard.unanswered(),
                standard.strangers(), 10_000, standard.calm(), standard.hello(), standard.ping(),
                standard.silentPings(), window, standard.drain(), standard.permissions());
    }

    static Pair open() throws Exception {
        return open(Limits.STANDARD);
    }

    static Pair open(Limits limits) throws Exception {
        var home = Opening.listen("127.0.0.1:0", SECRET, limits);
        return new Pair(home, Opening.connect("127.0.0.1:" + home.port(), SECRET, limits));
    }

    /// One more node that is connected to `home`.
    Node another() throws Exception {
        return Node.connect("127.0.0.1:" + home.port(), SECRET);
    }

    Sender<Integer> sender(Channel<Integer> channel) throws Exception {
        home.publish(channel, Codec.of(Integer.class));
        return away.sender(channel.name(), Integer.class);
    }

    /// A port at which nobody listens now.
    static int freePort() throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    /// That what is sent into `end` comes out of `channel`.
    static void assertCarries(Sender<Integer> end, Channel<Integer> channel, int element) throws Exception {
        var receiving = channel.receiveAsync();
        end.send(element);
        assertEquals(new Received<>(element), receiving.join());
    }

    @Override public void close() {
        away.close();
        home.close();
    }
}
