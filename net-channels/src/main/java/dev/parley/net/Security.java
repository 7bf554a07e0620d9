package dev.parley.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// How two nodes make sure of each other before anything else is said.
///
/// Mutual TLS proves each side by a certificate of an authority that the other trusts, and hides and seals what is sent.
///
/// A shared secret proves to each side that the other knows it (HMAC-SHA-256 over fresh random numbers of both sides), without sending it. It
/// does not hide or seal what is sent afterwards: use it on a network whose wires you trust.
public final class Security {
    private static final int LEAST_SECRET = 16;
    private static final Security LOOPBACK_ONLY = new Security(null, null);

    private final byte @Nullable [] secret;

    private final @Nullable Certificates certificates;

    private Security(byte @Nullable [] secret, @Nullable Certificates certificates) {
        this.secret = secret;
        this.certificates = certificates;
    }

    /// Both nodes prove themselves by certificates, over TLS 1.3. The files are PEM, and are looked at again for each new connection, so that certificates can be
    /// replaced while a node runs; the connections there are stay. The certificate of a node that is connected to must name the host by which it is connected to.
    ///
    /// @param chain the certificate of this node, and those between it and its authority
    /// @param key its private key, PKCS #8, not encrypted
    /// @param trusted certificates of the authorities whose nodes are let in
    /// @throws IOException if a file cannot be read
    /// @throws IllegalArgumentException if it is not what it should be
    public static Security mutualTls(Path chain, Path key, Path trusted) throws IOException {
        return new Security(null, new Certificates(chain, key, trusted));
    }

    /// No proof, and therefore only for addresses of this machine: a node with it refuses to listen on, or connect to, any other. Every user
    /// of the machine can reach such a node.
    public static Security loopbackOnly() {
        return LOOPBACK_ONLY;
    }

    /// Both nodes know `secret`, at least 16 bytes that nobody can guess. The bytes are copied.
    public static Security sharedSecret(byte[] secret) {
        if (secret.length < LEAST_SECRET)
            throw new IllegalArgumentException("a shared secret must have at least " + LEAST_SECRET
                    + " bytes, but had " + secret.length + "; take them from a SecureRandom");
        return new Security(secret.clone(), null);
    }

    /// That a node may connect to `address`.
    void requireFor(InetSocketAddress address) {
        if (!provesPeers() && !address.getAddress().isLoopbackAddress())
            throw new IllegalArgumentException("the node at " + Address.show(address)
                    + " is on another host, and Security.loopbackOnly() does not prove who it is; use Security.mutualTls or Security.sharedSecret");
    }

    boolean provesPeers() {
        return secret != null || certificates != null;
    }

    boolean hasSecret() {
        return secret != null;
    }

    @Nullable Certificates certificates() {
        return certificates;
    }

    /// The proof that `role` knows the secret and saw `transcript`; empty if there is no secret.
    byte[] proof(String role, byte[]... transcript) {
        if (secret == null) return new byte[0];
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            mac.update(role.getBytes(StandardCharsets.US_ASCII));
            for (var part : transcript) {
                mac.update((byte) (part.length >>> 8));
                mac.update((byte) part.length);
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this Java has no HmacSHA256", impossible);
        }
    }

    @Override public String toString() {
        if (certificates != null) return "Security[mutual TLS, " + certificates + "]";
        return secret == null ? "Security.loopbackOnly()" : "Security[shared secret]";
    }
}
