package dev.parley.net;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// A network namespace of Linux: a host of its own as far as the network goes, joined to this one by a cable (veth) that can be cut. The rules that cut it are the namespace's own, and all of it goes
/// with the namespace, so nothing of the machine is touched beside it.
final class Namespace implements AutoCloseable {
    /// What does not pass, as seen from the namespace. What is dropped is dropped silently, as on a broken way: nobody is told by a reset.
    enum Cut {
        BOTH("input", "output"), WHAT_COMES_IN("input"), WHAT_GOES_OUT("output");

        private final List<String> hooks;

        Cut(String... hooks) {
            this.hooks = List.of(hooks);
        }
    }

    private static final AtomicInteger OPENED = new AtomicInteger();

    private final String name, host;

    Namespace() throws IOException {
        long pid = ProcessHandle.current().pid();
        int number = OPENED.getAndIncrement();
        name = "csp" + pid + "-" + number; // also of the cable's end here, so at most 15 characters
        long block = (pid * 16 + number) * 4 & 0xffff; // four addresses of 10.213.0.0/16 for each namespace
        var network = "10.213." + (block >> 8) + ".";
        host = network + ((block & 0xff) + 1);
        ip("netns", "add", name);
        try {
            ip("link", "add", name, "type", "veth", "peer", "name", "cable", "netns", name);
            ip("address", "add", host + "/30", "dev", name);
            ip("link", "set", name, "up");
            ip("-n", name, "address", "add", network + ((block & 0xff) + 2) + "/30", "dev", "cable");
            ip("-n", name, "link", "set", "cable", "up");
            ip("-n", name, "link", "set", "lo", "up");
        } catch (IOException failed) {
            try (this) {
                throw failed;
            }
        }
    }

    /// Skips the test where there can be no namespaces, and says why and what helps.
    static void assumeThereAre() throws IOException {
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
                "no network can be cut: that needs root");
        assumeTrue(Files.isExecutable(tool("ip")),
                "no network can be cut: `ip` of iproute2 is missing: apt install iproute2");
        assumeTrue(Files.isExecutable(tool("nft")),
                "no network can be cut: `nft` of nftables is missing: apt install nftables");
        try (var trial = new Namespace()) {
            trial.cut(Cut.BOTH);
            trial.heal();
        } catch (IOException refused) {
            assumeTrue(false, "no network can be cut: this machine does not let root do it: " + refused.getMessage());
        }
    }

    /// The address of this host at the other end of the cable.
    String host() {
        return host;
    }

    /// What makes a command that follows it run in there, as the same process.
    List<String> inside() {
        return List.of(tool("ip").toString(), "netns", "exec", name);
    }

    void cut(Cut what) throws IOException {
        for (var hook : what.hooks)
            run(inside(), tool("nft").toString(), "add table inet cut; add chain inet cut " + hook
                    + " { type filter hook " + hook + " priority 0; policy drop; }");
    }

    void heal() throws IOException {
        run(inside(), tool("nft").toString(), "flush ruleset");
    }

    /// The addresses in there of what is connected with `port` here.
    List<String> connections(int port) throws IOException {
        var found = run(inside(), tool("ss").toString(), "-Htn", "state", "established", "dport = " + port);
        return found.lines().map(line -> line.strip().split("\\s+", -1)[2]).toList();
    }

    @Override public void close() throws IOException {
        ip("netns", "delete", name); // the cable goes with one of its ends
    }

    private static void ip(String... arguments) throws IOException {
        run(List.of(tool("ip").toString()), arguments);
    }

    private static String run(List<String> first, String... rest) throws IOException {
        var command = new ArrayList<>(first);
        command.addAll(List.of(rest));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.onExit().join().exitValue(); // a test that is interrupted cleans up all the same
        if (code != 0)
            throw new IOException("`" + String.join(" ", command) + "` ended with " + code + ": " + said.strip());
        return said;
    }

    /// Where a program is, or would be. Not every root has these in its path.
    private static Path tool(String name) {
        var path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin:/sbin";
        return Stream.of(path.split(File.pathSeparator, -1)).map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable).findFirst().orElse(Path.of(name));
    }
}
