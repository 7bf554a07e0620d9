package dev.parley.examples.jvm;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// What a child JVM must know: who it is, and how to reach the program that started it and to prove that it is its child. It travels over standard input, which others
/// cannot see; the arguments of a process can be listed by every user.
///
/// @param number of the child, from 1 on
/// @param port of this machine on which the node of its starter listens
/// @param secret that the two share
@SuppressWarnings("ArrayRecordComponent") // assignments are not compared
public record Assignment(int number, int port, byte[] secret) {
    private static final int ORPHANED = 1;

    /// Reads what [#writeTo] wrote.
    ///
    /// @throws java.io.EOFException if nobody wrote it
    public static Assignment readFrom(InputStream in) throws IOException {
        var told = new DataInputStream(in);
        int number = told.readInt();
        int port = told.readInt();
        var secret = new byte[told.readInt()];
        told.readFully(secret);
        return new Assignment(number, port, secret);
    }

    void writeTo(OutputStream out) throws IOException {
        var told = new DataOutputStream(out);
        told.writeInt(number);
        told.writeInt(port);
        told.writeInt(secret.length);
        told.write(secret);
        told.flush();
    }

    /// Has this JVM end when standard input does: the program that started it is no more, however it ended.
    public void endWithStarter() {
        Thread.ofPlatform().daemon().name("lifeline").start(() -> {
            try {
                while (System.in.read() >= 0) {}
            } catch (IOException gone) {
                // as good as its end
            }
            Runtime.getRuntime().halt(ORPHANED);
        });
    }
}
