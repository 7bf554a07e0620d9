package dev.parley.jmh;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A blocking socket on a platform thread, with nothing on it but the bytes of elements: a round trip is an echo; a stream goes through buffers of 64 KiB.
final class RawSocket implements Halves {
    private static final int BUFFER = 64 << 10;

    @Override public boolean does(Remote question) {
        return question instanceof Remote.RoundTrip || question instanceof Remote.OneWay;
    }

    @Override public Far far(Remote question, int which) throws IOException {
        var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        return new Far() {
            private @Nullable Socket socket;
            private @Nullable DataInputStream in;

            @Override public int port() { return server.getLocalPort(); }

            @Override public long work(int n) throws IOException {
                if (socket == null) {
                    socket = server.accept();
                    socket.setTcpNoDelay(true);
                }
                if (in == null) in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
                boolean echo = question instanceof Remote.RoundTrip;
                long sum = 0;
                for (int i = 0; i < n; i++) {
                    var element = new byte[question.bytes()];
                    in.readFully(element);
                    if (echo) socket.getOutputStream().write(element);
                    sum += element[0];
                }
                return sum;
            }

            @Override public void close() throws IOException {
                if (socket != null) socket.close();
                server.close();
            }
        };
    }

    @Override public Half near(Remote question, List<Integer> ports) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), ports.getFirst());
        socket.setTcpNoDelay(true);
        var in = new DataInputStream(socket.getInputStream());
        var out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
        return new Half() {
            @Override public long work(int n) throws IOException {
                boolean echo = question instanceof Remote.RoundTrip;
                for (int i = 0; i < n; i++) {
                    out.write(question.bytes(i));
                    if (echo) {
                        out.flush();
                        in.readFully(new byte[question.bytes()]);
                    }
                }
                out.flush();
                return 0;
            }

            @Override public void close() throws IOException { socket.close(); }
        };
    }
}
