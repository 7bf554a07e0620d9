package dev.parley.net;

import dev.parley.net.Handshake.Outcome;
import dev.parley.net.Handshake.Peer;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// How a node gets its sockets: listening or connecting, and who is let in.
@SuppressWarnings("FutureReturnValueIgnored") // what became of it is heard elsewhere
final class Opening {
    private static final int CONNECT_MILLIS = 10_000;

    private final Loop loop = new Loop();
    private final Identity self = Identity.fresh();
    private final InetSocketAddress address;
    private final Security security;
    private final Limits limits;
    private final Names names;
    private final Map<InetAddress, Integer> hellos = new HashMap<>(); // of this second

    private Opening(boolean listening, InetSocketAddress address, Security security, Limits limits) {
        this.address = address;
        this.security = security;
        this.limits = limits;
        this.names = new Names(loop, listening, Address.show(address));
    }

    static Node listen(String where, Security security, Limits limits) throws IOException {
        var address = Address.parse(where);
        if (!security.provesPeers() && !address.getAddress().isLoopbackAddress())
            throw new IllegalArgumentException("a node that listens on " + where
                    + " can be reached from other hosts, and Security.loopbackOnly() does not prove who they are; "
                    + "use Security.sharedSecret(key), or listen on 127.0.0.1");
        return new Opening(true, address, security, limits).listen();
    }

    static Node connect(String where, Security security, Limits limits) throws IOException, InterruptedException {
        var address = Address.parse(where);
        if (!security.provesPeers() && !address.getAddress().isLoopbackAddress())
            throw new IllegalArgumentException("the node at " + where
                    + " is on another host, and Security.loopbackOnly() does not prove who it is; use Security.sharedSecret(key)");
        return new Opening(false, address, security, limits).connect();
    }

    private Node listen() throws IOException {
        var answer = new Answer<Channel>();
        new ServerBootstrap().group(loop.group()).channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true).childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                }).bind(address).addListener((ChannelFuture bound) -> {
                    if (bound.isSuccess()) {
                        names.serve(bound.channel());
                        loop.every(Duration.ofSeconds(1), hellos::clear);
                        answer.give(bound.channel());
                    } else answer.fail(new IOException("cannot listen on " + Address.show(address), bound.cause()));
                });
        var local = (InetSocketAddress) opened(answer).localAddress();
        return new Node(loop, names, Address.show(local), local.getPort());
    }

    private void accept(Channel channel) {
        var remote = (InetSocketAddress) channel.remoteAddress();
        if (names.strangers() >= limits.strangers()
                || hellos.merge(remote.getAddress(), 1, Integer::sum) > limits.hellosPerSecond()) {
            channel.close();
            return;
        }
        handshake(false, channel, Address.show(remote), new Outcome() {
            @Override public void proven(Wire wire, Peer peer) {
                linked(wire, peer);
            }

            @Override public void failed(String why) {} // a stranger who did not get in
        });
    }

    private Node connect() throws IOException, InterruptedException {
        var answer = new Answer<Channel>();
        var connecting = new Bootstrap().group(loop.group()).channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true).option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .handler(new ChannelInitializer<>() {
                    @Override protected void initChannel(Channel channel) {}
                }).connect(address);
        connecting.addListener((ChannelFuture connected) -> {
            if (connected.isSuccess()) greet(connected.channel(), answer);
            else answer.fail(refused(connected.cause()));
        });
        try {
            answer.await(() -> connecting.channel().close());
        } catch (Answer.Failure failure) {
            end();
            if (Thread.interrupted())
                throw new InterruptedException("interrupted while connecting to " + Address.show(address));
            throw (IOException) failure.getCause();
        }
        return new Node(loop, names, "connected to " + Address.show(address), -1);
    }

    private void greet(Channel channel, Answer<Channel> answer) {
        loop.enter();
        var handshake = handshake(true, channel, Address.show(address), new Outcome() {
            @Override public void proven(Wire wire, Peer peer) {
                linked(wire, peer);
                answer.give(wire.channel());
            }

            @Override public void failed(String why) {
                answer.fail(new IOException("no link to " + Address.show(address) + ": " + why));
            }
        });
        handshake.begin();
        loop.round();
    }

    private IOException refused(Throwable cause) {
        var text = Address.show(address) + (cause instanceof ConnectException ? ": does a node listen there?" : "");
        return new IOException("cannot connect to " + text, cause);
    }

    private Handshake handshake(boolean connecting, Channel channel, String peer, Outcome outcome) {
        names.greet(channel);
        var handshake = new Handshake(connecting, loop, self, security, limits, peer, outcome);
        channel.pipeline().addLast(handshake.wire());
        return handshake;
    }

    private void linked(Wire wire, Peer peer) {
        names.proven(new Link(names, loop, limits, wire, peer), wire.channel());
    }

    private Channel opened(Answer<Channel> answer) throws IOException {
        try {
            return answer.await();
        } catch (Answer.Failure failure) {
            end();
            throw (IOException) failure.getCause();
        }
    }

    private void end() {
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
}
