package dev.parley.jmh;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/// Netty with frames that have a length, on the transport that nodes use. A round trip is an echo from loop to loop, without another thread. A stream is batched: the process that sends
/// gathers elements up to 64 KiB and writes and flushes them at once; the far loop makes an array of each frame.
@SuppressWarnings("FutureReturnValueIgnored") // a connection that fails ends the run
final class RawNetty implements Halves {
    private static final int BATCH = 64 << 10, BATCHES = 8, LONGEST = 1 << 20;

    @Override public boolean does(Remote question) {
        return question instanceof Remote.RoundTrip || question instanceof Remote.OneWay;
    }

    private static EventLoopGroup loop() {
        return new MultiThreadIoEventLoopGroup(1,
                Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    @Override public Far far(Remote question, int which) {
        var loop = loop();
        var counting = new Counting(question instanceof Remote.RoundTrip);
        int port = listen(loop, framed(counting));
        return new Far() {
            @Override public int port() { return port; }

            @Override public long work(int n) throws InterruptedException {
                loop.execute(() -> counting.expect(n));
                return counting.sums.take();
            }

            @Override public void close() { loop.shutdownGracefully(); }
        };
    }

    @Override public Half near(Remote question, List<Integer> ports) {
        var loop = loop();
        boolean echo = question instanceof Remote.RoundTrip;
        var pingPong = new PingPong(question);
        var channel = new Bootstrap().group(loop)
                .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true).handler(framed(pingPong))
                .connect(InetAddress.getLoopbackAddress(), ports.getFirst()).syncUninterruptibly().channel();
        var batches = new Semaphore(BATCHES);
        return new Half() {
            @Override public long work(int n) throws InterruptedException {
                if (echo) {
                    loop.execute(() -> pingPong.begin(channel, n));
                    return pingPong.ends.take();
                }
                for (int i = 0; i < n;) {
                    var batch = channel.alloc().directBuffer(BATCH);
                    for (; i < n && batch.readableBytes() + 4 + question.bytes() <= BATCH; i++)
                        put(question.bytes(i), batch);
                    batches.acquire();
                    channel.writeAndFlush(batch).addListener(written -> batches.release());
                }
                return 0;
            }

            @Override public void close() { loop.shutdownGracefully(); }
        };
    }

    /// @return the port
    private static int listen(EventLoopGroup loop, ChannelHandler perConnection) {
        var server = new ServerBootstrap().group(loop)
                .channel(Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true).childHandler(perConnection)
                .bind(InetAddress.getLoopbackAddress(), 0).syncUninterruptibly().channel();
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    /// A server that sends back whatever comes, as in Netty's own example, for as long as this JVM lives.
    ///
    /// @return its port
    static int echoes() {
        return listen(loop(), new ChannelInitializer<Channel>() {
            @Override protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                    @Override public void channelRead(ChannelHandlerContext context, Object bytes) {
                        context.write(bytes, context.voidPromise());
                    }

                    @Override public void channelReadComplete(ChannelHandlerContext context) { context.flush(); }
                });
            }
        });
    }

    private static ChannelInitializer<Channel> framed(SimpleChannelInboundHandler<ByteBuf> last) {
        return new ChannelInitializer<>() {
            @Override protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new LengthFieldBasedFrameDecoder(LONGEST, 0, 4, 0, 4), last);
            }
        };
    }

    private static void put(byte[] element, ByteBuf out) { out.writeInt(element.length).writeBytes(element); }

    private static byte[] element(ByteBuf frame) {
        var element = new byte[frame.readableBytes()];
        frame.readBytes(element);
        return element;
    }

    /// Sums up elements until as many came as were expected; they may come before that is said. Confined to the loop but for `sums`.
    private static final class Counting extends SimpleChannelInboundHandler<ByteBuf> {
        final BlockingQueue<Long> sums = new LinkedBlockingQueue<>();
        private final boolean echo;
        private long expected = -1, count, sum;

        Counting(boolean echo) {
            this.echo = echo;
        }

        void expect(int n) {
            expected = n;
            check();
        }

        private void check() {
            if (count != expected) return;
            sums.add(sum);
            expected = -1;
            count = sum = 0;
        }

        @Override protected void channelRead0(ChannelHandlerContext context, ByteBuf frame) {
            var element = element(frame);
            sum += element[0];
            count++;
            if (echo) {
                var out = context.alloc().directBuffer(4 + element.length);
                put(element, out);
                context.writeAndFlush(out, context.voidPromise());
            }
            check();
        }
    }

    /// Sends an element whenever one comes back. Confined to the loop but for `ends`.
    private static final class PingPong extends SimpleChannelInboundHandler<ByteBuf> {
        final BlockingQueue<Long> ends = new LinkedBlockingQueue<>();
        private final Remote question;
        private int sent, n;

        PingPong(Remote question) {
            this.question = question;
        }

        void begin(Channel channel, int n) {
            this.n = n;
            sent = 0;
            send(channel);
        }

        private void send(Channel channel) {
            var out = channel.alloc().directBuffer(4 + question.bytes());
            put(question.bytes(sent++), out);
            channel.writeAndFlush(out, channel.voidPromise());
        }

        @Override protected void channelRead0(ChannelHandlerContext context, ByteBuf frame) {
            element(frame);
            if (sent < n) send(context.channel());
            else ends.add(0L);
        }
    }
}
