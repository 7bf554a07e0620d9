package dev.parley.net;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Makes certificates for tests, with the JDK's keytool.
final class Authority {
    private static final String PASSWORD = "changeit";

    private final Path folder;

    private Authority(Path folder) {
        this.folder = folder;
    }

    /// The same files in a folder of their own.
    Authority copy(Path to) throws IOException {
        Files.createDirectory(to);
        var copy = new Authority(to);
        copy.replaceBy(this);
        return copy;
    }

    /// Makes one.
    static Authority in(Path folder) throws Exception {
        var authority = new Authority(Files.createDirectory(folder));
        authority.make();
        return authority;
    }

    private void make() throws Exception {
        keytool("-genkeypair", "-alias", "ca", "-keyalg", "EC", "-dname", "CN=authority", "-ext", "bc:c", "-keystore",
                file("ca.p12"));
        keytool("-exportcert", "-rfc", "-alias", "ca", "-keystore", file("ca.p12"), "-file", file("trusted.pem"));
        keytool("-genkeypair", "-alias", "node", "-keyalg", "EC", "-dname", "CN=node", "-keystore", file("node.p12"));
        keytool("-certreq", "-alias", "node", "-keystore", file("node.p12"), "-file", file("node.csr"));
        keytool("-gencert", "-rfc", "-alias", "ca", "-keystore", file("ca.p12"), "-infile", file("node.csr"), "-ext",
                "san=ip:127.0.0.1", "-outfile", file("chain.pem"));
        var store = KeyStore.getInstance(new File(file("node.p12")), PASSWORD.toCharArray());
        var key = store.getKey("node", PASSWORD.toCharArray()).getEncoded();
        Files.writeString(folder.resolve("key.pem"), "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(key) + "\n-----END PRIVATE KEY-----\n");
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private static void keytool(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storepass", PASSWORD));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) throw new IOException(said);
    }

    /// A node of this authority.
    Security node() throws IOException {
        return Security.mutualTls(folder.resolve("chain.pem"), folder.resolve("key.pem"),
                folder.resolve("trusted.pem"));
    }

    /// A node of this authority that trusts those of `other`.
    Security trusting(Authority other) throws IOException {
        return Security.mutualTls(folder.resolve("chain.pem"), folder.resolve("key.pem"),
                other.folder.resolve("trusted.pem"));
    }

    /// Puts what `other` made in the place of this one's.
    void replaceBy(Authority other) throws IOException {
        for (var name : List.of("trusted.pem", "key.pem", "chain.pem"))
            Files.copy(other.folder.resolve(name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    /// As when a replacement is only half done.
    void spoil() throws IOException {
        Files.writeString(folder.resolve("chain.pem"), "-----BEGIN CERTIFICATE-----\nAAAA");
    }
}
