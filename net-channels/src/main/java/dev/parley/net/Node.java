package dev.parley.net;

import dev.parley.csp.Barrier;
import dev.parley.csp.Channel;
import dev.parley.csp.ReceiverEnd;
import dev.parley.csp.Sender;
import dev.parley.net.protocol.Frame;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// This JVM's part of a network: publishes channels and barriers for other nodes, and connects processes to those that they publish.
///
/// ```java
/// var node = Node.listen("0.0.0.0:7000", Security.sharedSecret(key));
/// Receiver<Order> orders = node.receiver("orders", Order.class);      // its home is here
/// ```
/// ```java
/// var node = Node.connect("shop:7000", Security.sharedSecret(key));
/// Sender<Order> orders = node.sender("orders", Order.class);          // waits until it exists
/// orders.send(order);                                                 // returns when the other process has taken it
/// ```
///
/// A node that neither listens nor connects ([#open]) gets its links by names that say where they are: `node.sender("shop:7000/orders", Order.class)`; so may any other.
///
/// Each side of a link may publish and may send, whoever connected. A node sees the names of the nodes it is linked with, not those
/// beyond, unless it has a directory ([Config#withDirectory]). A published channel is an ordinary [Channel] with a name; its remote senders count as its counted ends ([Channel#sender]): the last end to
/// be closed, here or there, closes the channel. A process that must keep a channel open until others have come holds a counted end
/// of its own meanwhile.
///
/// **A remote [Sender]** keeps every promise of `Sender`, with these differences of time and of failure. Each operation that waits or tries takes at
/// least one round trip; `trySend`, `poison`, and an interruption or time limit that comes while the element is with the other node wait for its
/// word. Cancelling the future of `sendAsync` never waits: it answers true if the element had not left, else it asks the
/// other node and answers false, and the future then ends as cancelled or as sent, whichever is true.
///
/// **A remote [dev.parley.csp.Receiver]** ([#receiverEnd]) keeps every promise of `Receiver`, with the same differences: an operation takes at least one round trip, and a
/// `tryReceive`, an interruption or a time limit waits for the home's word. The sender of a rendezvous goes on when the receiver's process has the element.
///
/// **Guards** of remote ends may stand in an [dev.parley.csp.Alt] with any others. They cannot happen at the moment the choice begins, since that takes round trips: what is ready here,
/// or an `otherwise`, comes first. A guard whose link is lost is out of the choice; the choice throws if none is left, or if it was about to happen and nobody can tell whether it did.
///
/// **Ends that are sent.** An end may be an element ([Codec#senderOf], [Codec#receiverOf]) or a component of a record. It must be a counted end of a channel that a node publishes. It moves: when the send has returned, or has thrown
/// [dev.parley.csp.ReceiverFailed], the end here is closed and the receiver's counts; after any other exception it is still the sender's. The receiver gets its own end of that channel, at its home or over a link, for which this node may connect to the
/// home's address; the element waits for that, at most as long as a lost connection may take to come back. An end gives no rights: the home must allow its name to the node where it arrives. An end that is lost on its way counts as a lost
/// remote end; one in a buffer goes to that channel's [dev.parley.csp.Channel#onDiscard] hook, which should close it.
///
/// **Barriers.** A [Barrier] may be published as channels are, and processes of several nodes take part in it: see [#barrier].
///
/// **When a connection is lost** the node that had connected connects anew, and what waits goes on waiting; each element is still taken once, and
/// in order. Only if that does not succeed within a window of time ([Config]), or the other process has ended, the link ends.
///
/// **When the link ends** without [#close], all that waits, and every later operation, ends with [dev.parley.csp.ChannelPoisoned] whose cause is
/// a [LinkLost] that says whether the element may have been taken. At the home, offers of the lost senders are withdrawn; once the last
/// remote sender of a channel is gone and one of them was lost, the channel is poisoned with that `LinkLost`: it never ends as if it
/// were complete. What is in its buffer then goes to its discard hook. A lost remote receiver counts as retired; the sender of an element that was on its way to it
/// throws [dev.parley.csp.ReceiverFailed] with the `LinkLost` as its cause.
///
/// Thread-safe. Holds one daemon thread and its sockets until closed.
public final class Node implements AutoCloseable {
    private final Loop loop;
    private final Names names;
    private final Security security;
    private final String address;
    private final int port; // -1 if it does not listen

    Node(Loop loop, Names names, Security security, String address, int port) {
        this.loop = loop;
        this.names = names;
        this.security = security;
        this.address = address;
        this.port = port;
    }

    /// How a node behaves; start from [#with].
    ///
    /// @param security how it makes sure of its peers
    /// @param suspicion a connection over which nothing came for so long counts as lost; at least 100 ms
    /// @param window how long a lost connection may take to come back before the peer counts as gone; zero if it need not come back
    /// @param permissions which peer may do what
    /// @param largestElement bytes of an element that this node accepts, as its codec writes it; 16 KiB to 1 GiB. One element of this size may be here for each link, and twice as many bytes while it comes. The
    ///         sender of a larger one gets an `IllegalArgumentException`, and nothing of it travels
    /// @param directory `host:port` of the node that serves as directory, if there is one
    public record Config(Security security, Duration suspicion, Duration window, Permissions permissions,
            int largestElement, @Nullable String directory) {
        private static final int MOST = 1 << 30;

        /// Checks the values.
        public Config {
            Objects.requireNonNull(security, "security");
            Objects.requireNonNull(permissions, "permissions");
            if (suspicion.compareTo(Duration.ofMillis(100)) < 0)
                throw new IllegalArgumentException("suspicion must be at least 100 ms, but was " + suspicion);
            if (window.isNegative())
                throw new IllegalArgumentException("window must not be negative, but was " + window
                        + "; for no resuming use Duration.ZERO");
            if (largestElement < Frame.EAGER || largestElement > MOST)
                throw new IllegalArgumentException("largestElement must be " + Frame.EAGER + " to " + MOST
                        + " bytes, but was " + largestElement);
        }

        /// This security, ten seconds of suspicion, thirty seconds for a connection to come back, everything allowed, elements of up to 4 MiB.
        public static Config with(Security security) {
            return new Config(security, Duration.ofSeconds(10), Duration.ofSeconds(30), (peer, use, name) -> true,
                    Limits.LARGEST, null);
        }

        /// With another suspicion.
        public Config withSuspicion(Duration suspicion) {
            return new Config(security, suspicion, window, permissions, largestElement, directory);
        }

        /// With elements of up to `bytes`.
        public Config withLargestElement(int bytes) {
            return new Config(security, suspicion, window, permissions, bytes, directory);
        }

        /// With these permissions.
        public Config withPermissions(Permissions permissions) {
            return new Config(security, suspicion, window, permissions, largestElement, directory);
        }

        /// With a directory: names that no linked node publishes are looked for there, and if this node listens, its own are made known there. The directory is any node that
        /// listens at that address; it, and the nodes that use it, may start in any order and end at any time. See [Node#join].
        ///
        /// @param address `host:port`
        public Config withDirectory(String address) {
            return new Config(security, suspicion, window, permissions, largestElement, address);
        }

        private @Nullable InetSocketAddress directoryAddress() {
            if (directory == null) return null;
            try {
                var address = Address.parse(directory);
                security.requireFor(address);
                return address;
            } catch (UnknownHostException unknown) {
                throw new IllegalArgumentException("no directory is at " + directory + ": " + unknown.getMessage(),
                        unknown);
            }
        }

        /// With another window.
        public Config withWindow(Duration window) {
            return new Config(security, suspicion, window, permissions, largestElement, directory);
        }
    }

    /// As [#listen(String, Config)], with what is standard beside `security`.
    public static Node listen(String address, Security security) throws IOException {
        return listen(address, Config.with(security));
    }

    /// A node that other nodes connect to. Port 0 means a free one, which [#port] tells.
    ///
    /// @param address `host:port`: the address of this machine to listen on
    /// @throws IllegalArgumentException if the address can be reached from other hosts and the security proves nothing
    /// @throws IOException if the address is not to be had
    public static Node listen(String address, Config config) throws IOException {
        return Opening.listen(address, config.security, Limits.of(config), config.directoryAddress());
    }

    /// As [#connect(String, Config)], with what is standard beside `security`.
    public static Node connect(String address, Security security) throws IOException, InterruptedException {
        return connect(address, Config.with(security));
    }

    /// A node linked with the one that listens on `address`. Returns when both have proven who they are. If that link ends, the node is good for
    /// nothing but [#close].
    ///
    /// **Interruption.** Gives the connection up and throws.
    ///
    /// @param address `host:port`
    /// @throws IllegalArgumentException if the address is another host's and the security proves nothing
    /// @throws IOException if nobody listens there, or they refuse, or do not answer
    public static Node connect(String address, Config config) throws IOException, InterruptedException {
        return Opening.connect(address, config.security, Limits.of(config), config.directoryAddress());
    }

    /// As [#open(Config)], with what is standard beside `security`.
    public static Node open(Security security) {
        return open(Config.with(security));
    }

    /// A node that neither listens nor is connected yet: it connects to the nodes whose channels it is asked for by `host:port/name`.
    public static Node open(Config config) {
        return Opening.open(config.security, Limits.of(config), config.directoryAddress());
    }

    /// A node of those that have one directory: it listens at the directory's address, and so is the directory, or if that is taken, on a free port of the same host. So the first on a machine serves,
    /// and when it has ended, the next that joins.
    ///
    /// ```java
    /// var config = Node.Config.with(Security.loopbackOnly()).withDirectory("127.0.0.1:7000");
    /// var node = Node.join(config);                                       // the same in each process, in any order
    /// var orders = node.sender("orders", Order.class);                    // wherever it is
    /// ```
    ///
    /// @param config with a directory ([Config#withDirectory])
    /// @throws IllegalArgumentException if it has none
    /// @throws IOException if neither is to be had
    public static Node join(Config config) throws IOException {
        var directory = config.directoryAddress();
        if (directory == null)
            throw new IllegalArgumentException("no directory to join; say where it is by Node.Config.withDirectory");
        return Opening.join(directory, config.security, Limits.of(config));
    }

    /// The port on which this node listens.
    ///
    /// @throws IllegalStateException if it does not listen
    public int port() {
        if (port < 0)
            throw new IllegalStateException(
                    "this node does not listen: it was opened by Node.connect or Node.open; ask one of Node.listen");
        return port;
    }

    /// Publishes a new rendezvous channel under `name` for elements of `type`.
    ///
    /// @return the channel, to receive from
    public <T> Channel<T> receiver(String name, Class<T> type) {
        return receiver(name, Codec.of(type));
    }

    /// Publishes a new rendezvous channel under `name`, whose elements travel by `codec`.
    ///
    /// @return the channel, to receive from
    public <T> Channel<T> receiver(String name, Codec<T> codec) {
        return publish(Channel.rendezvous(name), codec);
    }

    /// Publishes `home` under its own name, with elements that travel by `codec`. A remote send returns when a local one would: with a buffer, when
    /// the element is in it.
    ///
    /// @return `home`
    /// @throws IllegalArgumentException if the name is empty, longer than 255 bytes, or has the form `host:port/name`
    /// @throws IllegalStateException if this node published the name before, or is closed
    public <T> Channel<T> publish(Channel<T> home, Codec<T> codec) {
        publish(new Published<>(home.name(), codec, home));
        return home;
    }

    /// Publishes `home` under its own name, for processes of other nodes to take part in ([#barrier]). Those of this node use `home` itself. Nobody of another node is enrolled yet: who must not meet without
    /// others keeps a place enrolled until they have said that they are.
    ///
    /// @return `home`
    /// @throws IllegalArgumentException if the name is empty, longer than 255 bytes, or has the form `host:port/name`; or the barrier is another node's
    /// @throws IllegalStateException if this node published the name before, or is closed
    public Barrier publish(Barrier home) {
        if (home instanceof RemoteBarrier)
            throw new IllegalArgumentException(
                    "cannot publish " + home + ": it is published there; ask that node for it");
        publish(new PublishedBarrier(home.name(), home));
        return home;
    }

    private void publish(Publication published) {
        loop.requireElsewhere("publish");
        Location.requireName(published.name());
        var done = new Answer<Boolean>();
        loop.submit(new Loop.Command() {
            @Override public void run() {
                names.publish(published, done);
            }

            @Override public void refused() {
                done.fail(closedFailure());
            }
        });
        done.await();
    }

    /// As [#sender(String, Codec)] with the codec of `type`.
    public <T> Sender<T> sender(String name, Class<T> type) throws InterruptedException {
        return sender(name, Codec.of(type));
    }

    /// A new counted sending end of the channel `name`, which this node or one it is linked with publishes; waits until one does. If it is this
    /// node, the end is the local channel's own.
    ///
    /// As `host:port/name` the channel is one that the node which listens at that address publishes, and only that node. If there is no link to it, this node connects to it, by
    /// its own [Security], and again and again until somebody listens there: so neither has to be first. However many names are asked for, there is one link, and it is as good as that of [#connect].
    ///
    /// **Interruption.** Throws, and no end was made; if it comes while the other node is asked, the end is returned and the flag stays set. The message of the exception says what
    /// was missing, for instance that nobody listens there.
    ///
    /// @throws IllegalArgumentException if the channel carries another type, the address is none, or its host not known, or this node's security proves nothing and the address is another host's
    /// @throws IllegalStateException if several nodes publish this name, the node at the address refuses this one, or this node is closed
    /// @throws dev.parley.csp.ChannelPoisoned if the only node that could publish it is gone; the cause is a [LinkLost]
    public <T> Sender<T> sender(String name, Codec<T> codec) throws InterruptedException {
        var answer = new Answer<Sender<T>>();
        return found("sender", new Want.ToSend<>(Location.of(name), codec, Published.fingerprint(codec), answer),
                answer);
    }

    /// As [#receiverEnd(String, Codec)] with the codec of `type`.
    public <T> ReceiverEnd<T> receiverEnd(String name, Class<T> type) throws InterruptedException {
        return receiverEnd(name, Codec.of(type));
    }

    /// A new counted receiving end of the channel `name`, which this node or one it is linked with publishes; waits until one does. If it is this
    /// node, the end is the local channel's own. To publish a channel and receive from it here, see [#receiver(String, Codec)].
    ///
    /// **`host:port/name`, interruption, failures.** As with [#sender(String, Codec)].
    public <T> ReceiverEnd<T> receiverEnd(String name, Codec<T> codec) throws InterruptedException {
        var answer = new Answer<ReceiverEnd<T>>();
        return found("receiverEnd",
                new Want.ToReceive<>(Location.of(name), codec, Published.fingerprint(codec), answer), answer);
    }

    /// The barrier `name`, which this node or one it is linked with publishes; waits until one does. If it is this node, it is the barrier itself; however often it is asked for, it is the same.
    ///
    /// **A barrier of another node** keeps every promise of [Barrier] but one: it cannot be a guard, and [Barrier#on] says so. Who takes part from this node must be enrolled from this node, by
    /// [Barrier#enroll]. Each operation takes a round trip; a time limit or an interruption that comes while all may be meeting waits for the home's word. Who resigns must not be one who waits.
    ///
    /// **When the link ends** while processes are enrolled over it, the barrier breaks for all, here and there and at every other node: [dev.parley.csp.BrokenBarrier] with the number of the meeting and a [LinkLost]. Where that
    /// says `UNKNOWN`, the process had arrived and the meeting may have been; else it was not.
    ///
    /// **`host:port/name`, interruption, failures.** As with [#sender(String, Codec)].
    ///
    /// @throws IllegalStateException also if the only node that could publish it is gone
    public Barrier barrier(String name) throws InterruptedException {
        var answer = new Answer<Barrier>();
        return found("barrier", new Want.ToMeet(Location.of(name), answer), answer);
    }

    private <E> E found(String operation, Want want, Answer<E> answer) throws InterruptedException {
        loop.requireElsewhere(operation);
        if (want.location().at() != null) security.requireFor(want.location().at());
        if (Thread.interrupted())
            throw new InterruptedException("interrupted before waiting for a " + want.kind() + " " + want.location());
        loop.submit(new Loop.Command() {
            @Override public void run() {
                names.seek(want);
            }

            @Override public void refused() {
                want.fail(closedFailure());
            }
        });
        try {
            return answer.await(() -> loop.submit(new Loop.Command() {
                @Override public void run() {
                    names.forget(want);
                }

                @Override public void refused() {} // the end of the node answers the want
            }));
        } catch (Answer.Failure failure) {
            if (!(failure.getCause() instanceof InterruptedException interrupted)) throw failure;
            Thread.interrupted(); // told by the exception instead
            throw interrupted;
        }
    }

    /// Leaves the network in order: gives elements of closed ends five seconds to be received, takes back all other offers, writes what is still to
    /// be written, tells the linked nodes, and releases the thread and the sockets. Operations that wait end with [LinkLost]. Returns when
    /// all that is done. Idempotent.
    @Override public void close() {
        loop.requireElsewhere("close");
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

    @Override public String toString() {
        return "Node[" + address + "]";
    }

    private IllegalStateException closedFailure() {
        return new IllegalStateException("the node " + address + " was closed; open another");
    }
}
