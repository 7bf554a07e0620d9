package dev.parley.jmh;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// All contenders of the JVM. Behind the `@` stands where the processes run; without it on the JDK's scheduler as it comes.
final class Contenders {
    /// @param jvm options that it needs
    /// @param quick whether it also takes part where time is short: not those that are tens of times as slow, nor a second way to run the same
    record Entry(String name, boolean quick, List<String> jvm, Opening opening) {
        Contender open() throws Exception { return opening.open(); }
    }

    interface Opening {
        Contender open() throws Exception;
    }

    static final String OURS = "parley@carrier";

    /// Options of all JVMs; the pages of the heap are touched before, so that nobody pays for the first use.
    static final List<String> JVM = List.of("-Xms256m", "-Xmx2g", "-XX:+AlwaysPreTouch",
            "--sun-misc-unsafe-memory-access=allow");
    private static final List<String> FLAG = List.of("--add-opens=java.base/java.lang=ALL-UNNAMED");
    private static final List<String> ONE_CARRIER = List.of("-Djdk.virtualThreadScheduler.parallelism=1",
            "-Djdk.virtualThreadScheduler.maxPoolSize=1");
    private static final String SERVER = "parley.jmh.server";
    private static final List<Entry> ALL = new ArrayList<>();

    static {
        ours(OURS, Parley.Place.CARRIER, FLAG);
        ours("parley@group", Parley.Place.GROUP, FLAG);
        ALL.add(new Entry("parley@confined", true, FLAG, () -> Contender.of(Parley.confined())));
        ours("parley@baton", Parley.Place.BATON, List.of());
        ours("parley@jdk", Parley.Place.JDK, List.of());
        ALL.add(new Entry("continuation", true, List.of("--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED"),
                BareContinuation::new));
        raw("raw-socket");
        raw("raw-netty");
        threads("threads", List.of());
        threads("threads@1", ONE_CARRIER);
        peer("SynchronousQueue", () -> new Threads(Threads.Queue.SYNCHRONOUS));
        peer("ArrayBlockingQueue", () -> new Threads(Threads.Queue.ARRAY));
        peer("LinkedTransferQueue", () -> new Threads(Threads.Queue.TRANSFER));
        peer("jox", Jox::new);
        ALL.add(new Entry("jcsp", false, List.of(), () -> Contender.of(new Jcsp(false))));
        ALL.add(new Entry("jcsp@1", false, ONE_CARRIER, () -> Contender.of(new Jcsp(false))));
        ALL.add(new Entry("jcsp-parallel", false, List.of(), () -> Contender.of(new Jcsp(true))));
        ALL.add(new Entry("kotlinx", true, List.of(), () -> new Kotlinx(false)));
        ALL.add(new Entry("kotlinx@loop", true, List.of(), () -> new Kotlinx(true)));
        ALL.add(new Entry("core.async", false, List.of(), CoreAsync::new));
        ALL.add(new Entry("thread-pool", true, List.of(), Pool::ofThreads));
        ALL.add(new Entry("virtual-pool", true, List.of(), Pool::ofVirtualThreads));
        ALL.add(new Entry("virtual-pool@1", false, ONE_CARRIER, Pool::ofVirtualThreads));
        ALL.add(new Entry("jdk-executor", true, List.of(), () -> Contender.of(ExecutorLoop.jdk())));
        ALL.add(new Entry("netty", true, List.of(), () -> Contender.of(ExecutorLoop.netty())));
    }

    private interface PeerOpening {
        Peer open();
    }

    private static void ours(String name, Parley.Place place, List<String> jvm) {
        ALL.add(new Entry(name, true, jvm,
                () -> Contender.either(Contender.of(new Parley(place)), remote(name, jvm), served(name, jvm))));
    }

    private static void raw(String name) {
        ALL.add(new Entry(name, true, List.of(),
                () -> Contender.either(remote(name, List.of()), served(name, List.of()))));
    }

    private static void threads(String name, List<String> jvm) {
        ALL.add(new Entry(name, jvm.isEmpty(), jvm,
                () -> Contender.either(Contender.of(new Threads(Threads.Queue.NONE)), served("threads", jvm))));
    }

    private static Contender remote(String name, List<String> jvm) { return new SeveralJvms(name, halves(name), jvm); }

    private static Contender served(String name, List<String> jvm) {
        return new Served(SeveralJvms.command(jvm, EchoServer.class, name));
    }

    /// A contender at [Echo] that is a program: the client runs in a JVM all the same, which finds the command in a property.
    static Entry server(String name, List<String> command) {
        return new Entry(name, true, List.of("-D" + SERVER + "=" + String.join(File.pathSeparator, command)),
                () -> new Served(command));
    }

    /// The contender of this name at questions over the network.
    static Halves halves(String name) {
        return switch (name) {
            case "raw-socket" -> new RawSocket();
            case "raw-netty" -> new RawNetty();
            default -> new ParleyHalves(Parley.Place.valueOf(name.replace("parley@", "").toUpperCase(Locale.ROOT)));
        };
    }

    /// A peer on the JDK's scheduler as it comes, and on one carrier of it: a single loop of ours has one, too.
    private static void peer(String name, PeerOpening opening) {
        ALL.add(new Entry(name, true, List.of(), () -> Contender.of(opening.open())));
        ALL.add(new Entry(name + "@1", false, ONE_CARRIER, () -> Contender.of(opening.open())));
    }

    private Contenders() {}

    static List<Entry> all() { return ALL; }

    static Entry named(String name) {
        var command = System.getProperty(SERVER);
        if (command != null) return server(name, List.of(command.split(File.pathSeparator, -1)));
        return ALL.stream().filter(entry -> entry.name.equals(name)).findFirst().orElseThrow(
                () -> new IllegalArgumentException("there is no contender \"" + name + "\" in the JVM; there are "
                        + ALL.stream().map(Entry::name).toList()));
    }
}
