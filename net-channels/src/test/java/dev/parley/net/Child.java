package dev.parley.net;

import dev.parley.csp.Barrier;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.zip.CRC32;

/// Another JVM that a test starts and kills.
final class Child implements AutoCloseable {
    private static final List<String> SMALL = List.of("-Xmx64m", "-XX:TieredStopAtLevel=1");

    private final Process process;
    private final BufferedReader out;

    private Child(String... arguments) throws IOException {
        this(SMALL, Program.class, arguments);
    }

    private Child(List<String> options, Class<?> program, String... arguments) throws IOException {
        this(List.of(), options, program, arguments);
    }

    private Child(List<String> before, List<String> options, Class<?> program, String... arguments) throws IOException {
        var command = new ArrayList<>(before);
        command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        out = process.inputReader();
    }

    /// A JVM with the standard options that runs `program`.
    static Child running(Class<?> program, String... arguments) throws IOException {
        return new Child(List.of(), program, arguments);
    }

    /// A JVM on the other side of a cable that may be cut.
    static Child in(Namespace there, Class<?> program, String... arguments) throws IOException {
        return new Child(there.inside(), SMALL, program, arguments);
    }

    /// A JVM that sends 0, 1, … into "numbers" of the node at `port`, and prints each number whose send returned.
    static Child sending(int port) throws IOException {
        return new Child("send", "" + port);
    }

    /// A JVM that publishes "sink" to the node at `port`, receives, and prints what it received.
    static Child receiving(int port) throws IOException {
        return new Child("receive", "" + port);
    }

    /// A JVM that receives from "source" of the node at `port`, and prints what it received.
    static Child taking(int port) throws IOException {
        return new Child("take", "" + port);
    }

    /// A JVM that receives one element from "source" of the node at `port`, prints it, and keeps its sender waiting.
    static Child keeping(int port) throws IOException {
        return new Child("keep", "" + port);
    }

    /// A JVM with 64 MB of heap that publishes "sink" for arrays to the node at `port`, and after [#go] receives them and prints the length of each.
    static Child slow(int port) throws IOException {
        return new Child("slow", "" + port);
    }

    /// A JVM with `heap` that publishes "huge" for one array of 100 MiB and "small" for numbers to the node at `port`, receives both, and prints the CRC-32 of the array.
    static Child huge(int port, String heap) throws IOException {
        return new Child(List.of(heap, "-XX:TieredStopAtLevel=1"), Program.class, "huge", "" + port);
    }

    /// A JVM that takes part in "b" of the node at `port`, first alone, and prints the number of each meeting.
    static Child meeting(int port) throws IOException {
        return new Child("meet", "" + port);
    }

    /// A JVM that publishes "b" to the node at `port`, takes part, and prints the number of each meeting.
    static Child hosting(int port) throws IOException {
        return new Child("host", "" + port);
    }

    void go() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    /// A JVM that publishes "sink" to the node at `port` and never receives.
    static Child stuck(int port) throws IOException {
        return new Child("stuck", "" + port);
    }

    int nextNumber() throws IOException {
        var line = out.readLine();
        if (line == null) throw new IOException("the child JVM ended");
        return Integer.parseInt(line);
    }

    /// What it prints until it ends, read meanwhile, by a thread that may be kept: reading a pipe would keep a virtual one's carrier.
    Future<List<String>> lines() {
        var lines = new FutureTask<>(() -> out.lines().toList());
        Thread.ofPlatform().daemon().start(lines);
        return lines;
    }

    /// Kills it (`kill -9`) and waits until it is gone.
    ///
    /// @return the numbers that it had printed since
    List<Integer> kill() throws Exception {
        end();
        return out.lines().filter(line -> !line.isEmpty()).map(Integer::valueOf).toList();
    }

    void signal(String name) throws Exception {
        var kill = new ProcessBuilder("kill", "-" + name, "" + process.pid()).inheritIO().start();
        if (kill.waitFor() != 0) throw new IOException("kill -" + name + " failed");
    }

    /// Through its handle, which leaves what it printed to be read.
    private void end() {
        process.toHandle().destroyForcibly();
        process.onExit().join();
    }

    @Override public void close() throws IOException {
        end();
        out.close();
    }

    static final int HUGE = 100 << 20;

    static long crc(byte[] bytes) {
        var sum = new CRC32();
        sum.update(bytes);
        return sum.getValue();
    }

    static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws Exception {
            var config = Node.Config.with(Pair.SECRET);
            if (arguments[0].equals("huge")) config = config.withLargestElement(HUGE);
            var node = Node.connect("127.0.0.1:" + arguments[1], config);
            switch (arguments[0]) {
                case "send" -> {
                    var sender = node.sender("numbers", Integer.class);
                    for (int i = 0;; i++) {
                        sender.send(i);
                        System.out.println(i);
                    }
                }
                case "receive" -> {
                    for (int i : node.receiver("sink", Integer.class)) System.out.println(i);
                }
                case "slow" -> {
                    var sink = node.receiver("sink", byte[].class);
                    System.in.read();
                    for (var element : sink) System.out.println(element.length);
                }
                case "huge" -> {
                    var huge = node.receiver("huge", byte[].class);
                    var small = node.receiver("small", Integer.class);
                    Thread.startVirtualThread(() -> small.forEach(number -> {}));
                    System.out.println((int) crc(huge.receive()));
                    System.in.read(); // until killed
                }
                case "take" -> {
                    for (int i : node.receiverEnd("source", Integer.class)) System.out.println(i);
                }
                case "keep" -> {
                    System.out.println(node.receiverEnd("source", Integer.class).receiveExtended().value());
                    System.in.read(); // until killed
                }
                case "meet" -> {
                    var barrier = node.barrier("b");
                    barrier.enroll();
                    for (;;) System.out.println(barrier.sync());
                }
                case "host" -> {
                    var barrier = node.publish(Barrier.of("b", 2));
                    for (;;) System.out.println(barrier.sync());
                }
                default -> {
                    node.receiver("sink", Integer.class);
                    System.in.read(); // until killed: nobody writes there
                }
            }
        }
    }
}
