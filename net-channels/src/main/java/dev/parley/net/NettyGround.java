package dev.parley.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A thread and sockets of Netty's: native epoll where there is a library for this machine, else the JDK's. A node that a task of a loop with one carrier opens
/// has no thread of its own where that is possible, but lives on that carrier: see [HostedLoop].
@SuppressWarnings("FutureReturnValueIgnored") // what became of it is heard elsewhere
final class NettyGround implements Ground {
    private static final int CONNECT_MILLIS = 10_000;
    private static final AtomicInteger LAST_NUMBER = new AtomicInteger();

    private final @Nullable HostedLoop hosted;
    private final EventLoopGroup group;
    private final EventLoop thread;
    private final @Nullable Certificates certificates;
    private @Nullable Channel server;

    /// @param certificates for TLS
    NettyGround(@Nullable Certificates certificates) {
        this.certificates = certificates;
        var name = "parley-node-" + LAST_NUMBER.incrementAndGet();
        hosted = Epoll.isAvailable() ? HostedLoop.here(name) : null; // the JDK's selector would park its thread, not rest in its stead
        group = hosted != null
                ? hosted.loop()
                : new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name, true),
                        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        thread = group.next();
    }

    @Override public void execute(Runnable task) {
        thread.execute(task);
        if (hosted != null && !isHere()) hosted.call();
    }

    @Override public Timer after(Duration delay, Runnable task) {
        var scheduled = thread.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    @Override public boolean isHere() {
        return thread.inEventLoop();
    }

    @Override public InetSocketAddress listen(InetSocketAddress where, Doorkeeper doorkeeper) throws IOException {
        var bound = new ServerBootstrap().group(group)
                .channel(Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true).childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override protected void initChannel(Channel channel) {
                        var line = new NettyLine(channel);
                        if (certificates != null)
                            channel.pipeline().addLast(certificates.context(true).newHandler(channel.alloc()));
                        channel.pipeline().addLast(line);
                        var wire = doorkeeper.open(line);
                        if (wire == null) channel.close();
                        else line.carry(wire);
                    }
                }).bind(where).awaitUninterruptibly();
        if (!bound.isSuccess()) throw new IOException("cannot listen on " + Address.show(where), bound.cause());
        server = bound.channel();
        return (InetSocketAddress) server.localAddress();
    }

    @Override public Timer connect(InetSocketAddress where, Connected outcome) {
        var connecting = new Bootstrap().group(group)
                .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true).option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .handler(new ChannelInitializer<>() {
                    @Override protected void initChannel(Channel channel) {}
                }).connect(where);
        connecting.addListener((ChannelFuture connected) -> {
            if (!connected.isSuccess()) outcome.failed(connected.cause());
            else {
                var line = new NettyLine(connected.channel());
                if (certificates != null)
                    connected.channel().pipeline().addLast(certificates.context(false)
                            .newHandler(connected.channel().alloc(), where.getHostString(), where.getPort()));
                connected.channel().pipeline().addLast(line);
                line.carry(outcome.open(line));
            }
        });
        return () -> connecting.channel().close();
    }

    @Override public void deafen() {
        if (server != null) server.close();
    }

    @Override public void end(Runnable done) {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).addListener(ended -> done.run());
        if (hosted != null) hosted.call();
    }
}
