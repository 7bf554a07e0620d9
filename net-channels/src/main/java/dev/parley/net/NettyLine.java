package dev.parley.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/// A TCP connection of Netty's.
@SuppressWarnings("FutureReturnValueIgnored") // what became of it is heard elsewhere
final class NettyLine extends ByteToMessageDecoder implements Line {
    private static final int LAST_WORDS_SECONDS = 5;

    private final Channel channel;
    private @Nullable Wire wire;

    NettyLine(Channel channel) {
        this.channel = channel;
    }

    /// From here on `wire` is told what happens, and if the connection is gone already, that.
    void carry(Wire wire) {
        this.wire = wire;
        if (!channel.isOpen()) wire.closed("the connection was closed");
    }

    @Override public ByteBuf buffer() {
        return channel.alloc().directBuffer(512);
    }

    @Override public void write(ByteBuf bytes) {
        channel.write(bytes, channel.voidPromise());
    }

    @Override public void flush() {
        if (channel.isActive()) channel.flush();
    }

    @Override public boolean isWritable() {
        return channel.isWritable();
    }

    @Override public long untaken() {
        var buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    @Override public void finish() {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        var cut = channel.eventLoop().schedule(() -> channel.close(), LAST_WORDS_SECONDS, TimeUnit.SECONDS);
        channel.closeFuture().addListener(closed -> cut.cancel(false));
    }

    @Override public void finishOutput() {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (channel instanceof DuplexChannel duplex && channel.isActive()) duplex.shutdownOutput();
        });
    }

    @Override public void cut() {
        flush();
        channel.close();
    }

    @Override public String peer() {
        return channel.remoteAddress() instanceof InetSocketAddress address ? Address.show(address) : "nobody";
    }

    @Override public String subject() {
        var tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) return "";
        try {
            return tls.engine().getSession().getPeerPrincipal().getName();
        } catch (SSLPeerUnverifiedException noCertificate) {
            return "";
        }
    }

    // What Netty tells

    @Override protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> unused) {
        if (wire != null) wire.bytes(in);
        else in.skipBytes(in.readableBytes());
    }

    @Override public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        super.channelReadComplete(context);
        if (wire != null) wire.bytesEnd();
    }

    @Override public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (wire != null && channel.isWritable()) wire.writable();
    }

    @Override public void channelInactive(ChannelHandlerContext context) throws Exception {
        super.channelInactive(context); // what is left is decoded first
        if (wire != null) wire.closed("the connection was closed");
    }

    @Override public void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
        var cause = thrown instanceof DecoderException && thrown.getCause() != null ? thrown.getCause() : thrown;
        var distrust = Certificates.distrust(cause);
        if (wire != null && distrust != null) wire.untrusted(distrust);
        else if (wire != null) wire.closed(cause.toString());
        channel.close();
    }
}
