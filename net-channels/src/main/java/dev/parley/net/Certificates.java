package dev.parley.net;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// A node's certificate and those it trusts, in PEM files that may change while the node runs: each new connection uses what is there by then,
/// and the connections there are go on.
///
/// A change that cannot be read, because it is only half done, leaves what was read before in use. Used from a node's thread, and from whoever opens it.
final class Certificates {
    private static final Pattern ALERT = Pattern
            .compile(
                    "fatal alert: (bad_certificate|unsupported_certificate|certificate_\\w+|unknown_ca|access_denied)");

    private final Path chain, key, trusted;
    private volatile Read read; // replaced as a whole; two threads that find a change both read it, which does no harm

    private record Read(List<FileTime> times, SslContext client, SslContext server) {}

    /// @throws IOException if they cannot be read
    Certificates(Path chain, Path key, Path trusted) throws IOException {
        this.chain = chain;
        this.key = key;
        this.trusted = trusted;
        this.read = read();
    }

    /// For a connection that we accept, or make.
    SslContext context(boolean accepting) {
        try {
            if (!times().equals(read.times)) read = read();
        } catch (IOException | IllegalArgumentException halfDone) {
            System.getLogger("dev.parley.net").log(System.Logger.Level.WARNING,
                    "the certificates of this node changed and cannot be read; those before stay in use", halfDone);
        }
        var last = read;
        return accepting ? last.server : last.client;
    }

    private Read read() throws IOException {
        var times = times(); // before the contents, so that a change in between is seen next time
        var client = SslContextBuilder.forClient().sslProvider(SslProvider.JDK).protocols("TLSv1.3")
                .keyManager(chain.toFile(), key.toFile()).trustManager(trusted.toFile()).build();
        var server = SslContextBuilder.forServer(chain.toFile(), key.toFile()).sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3").trustManager(trusted.toFile()).clientAuth(ClientAuth.REQUIRE).build();
        return new Read(times, client, server);
    }

    private List<FileTime> times() throws IOException {
        var times = new ArrayList<FileTime>();
        for (var file : List.of(chain, key, trusted)) times.add(Files.getLastModifiedTime(file));
        return times;
    }

    /// What `failure` says about the certificates, if they are why the two sides cannot meet; null if the next attempt may succeed. Only what is said under TLS's own seal counts: a line that changes bits must not look like a lack
    /// of trust.
    static @Nullable String distrust(Throwable failure) {
        if (!(failure instanceof SSLException)) return null;
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause())
            if (cause instanceof CertificateException)
                return "this node does not trust the other's certificate: "
                        + cause.getMessage()
                        + "; add its authority to the trusted ones of this node, and let it name the host that is connected to";
        var alert = ALERT.matcher(String.valueOf(failure.getMessage()));
        return !alert.find()
                ? null
                : "the other does not trust this node's certificate (" + alert.group(1)
                        + "); add this node's authority to the trusted ones of the other";
    }

    @Override public String toString() {
        return chain.toString();
    }
}
