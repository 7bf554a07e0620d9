package dev.parley.jmh;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Contenders in other languages: programs that do the works and print what each iteration took.
///
/// Called with the row, the size of the work, its operations, warm-up in seconds, iterations, and seconds of an iteration, a program prints
/// `answer CHECKSUM` for each work, `sample NS BYTES CPU` for each iteration, each per operation (a `-` is unknown), and maybe `shares LEAST LARGEST`. It ends with
/// 64 if it does not know the row. Those with sockets are also echo servers, when they are called with `echo` alone ([Served] has the protocol).
final class Programs {
    /// @param missing why it cannot run and what to do about it; empty if it can
    record Entry(String name, List<String> command, String missing) {}

    private static final int UNKNOWN_ROW = 64;

    private final List<Entry> all = new ArrayList<>(), servers = new ArrayList<>();

    /// Builds what has to be built.
    ///
    /// @param home the folder of this module
    Programs(Path home) throws IOException, InterruptedException {
        var go = home.resolve("target/go-works");
        String missing = "";
        if (!onPath("go")) {
            missing = "no go on the PATH; on Debian: apt-get install golang-go";
        } else {
            var built = new ProcessBuilder("go", "build", "-o", go.toString(), ".")
                    .directory(home.resolve("go").toFile())
                    .inheritIO().start();
            if (built.waitFor() != 0) missing = "jmh/go does not build, see above";
        }
        add("go", List.of(go.toString()), missing);
        add("go@1", List.of("env", "GOMAXPROCS=1", go.toString()), missing);
        var python = Files.isExecutable(Path.of("/usr/bin/python3")) ? "/usr/bin/python3" : "python3"; // where Debian's uvloop is
        var works = home.resolve("python/works.py").toString();
        var noPython = onPath("python3") ? "" : "no python3 on the PATH; on Debian: apt-get install python3";
        var noUvloop = runs(python, "-c", "import uvloop")
                ? ""
                : "python3 has no uvloop; on Debian: apt-get install python3-uvloop";
        add("asyncio", List.of(python, works, "asyncio"), noPython);
        add("uvloop", List.of(python, works, "uvloop"), noUvloop);
        servers.add(server("asyncio-protocol", List.of(python, works, "asyncio-protocol"), noPython));
        servers.add(server("uvloop-protocol", List.of(python, works, "uvloop-protocol"), noUvloop));
        all.add(new Entry("process-pool", List.of(python, works, "process-pool"), noPython));
        all.add(new Entry("scoop", List.of(python, "-m", "scoop", "-n", "" + Farm.WORKERS, works, "scoop"),
                runs(python, "-c", "import scoop") ? "" : "python3 has no scoop; pip install scoop"));
        all.add(new Entry("ray", List.of(python, works, "ray"),
                runs(python, "-c", "import ray") ? "" : "python3 has no ray; pip install ray"));
    }

    private void add(String name, List<String> command, String missing) {
        all.add(new Entry(name, command, missing));
        servers.add(server(name, command, missing));
    }

    private static Entry server(String name, List<String> command, String missing) {
        var serving = new ArrayList<>(command);
        serving.add("echo");
        return new Entry(name, serving, missing);
    }

    /// Those that do works.
    List<Entry> all() { return all; }

    /// Those that are servers, for [Echo].
    List<Entry> servers() { return servers; }

    private static boolean onPath(String name) {
        for (var folder : List.of(System.getenv("PATH").split(File.pathSeparator, -1)))
            if (Files.isExecutable(Path.of(folder, name))) return true;
        return false;
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start().waitFor() == 0;
        } catch (IOException absent) {
            return false;
        }
    }

    /// Asks `entry` and adds what it measured to `samples`.
    ///
    /// @return whether it knows the question
    static boolean measure(Entry entry, Question question, int n, Effort effort, Samples samples) throws Exception {
        var command = new ArrayList<>(entry.command);
        command.addAll(List.of(question.id(), "" + n, "" + question.operations(n),
                "" + effort.warmUps() * effort.warmUpMillis() / 1000.0, "" + effort.iterations(),
                "" + effort.millis() / 1000.0));
        var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        var guard = new Thread(process::destroyForcibly); // a run that is broken off leaves none behind
        Runtime.getRuntime().addShutdownHook(guard);
        try {
            for (var line : process.inputReader().lines().toList()) read(line.split(" "), entry, question, n, samples);
            if (!process.waitFor(1, TimeUnit.MINUTES)) throw new IllegalStateException(entry.name + " does not end");
        } finally {
            process.destroyForcibly();
            Runtime.getRuntime().removeShutdownHook(guard);
        }
        if (process.exitValue() == UNKNOWN_ROW) return false;
        if (process.exitValue() != 0)
            throw new IllegalStateException(entry.name + " failed at " + question.id() + ": " + process.exitValue());
        return true;
    }

    private static void read(String[] words, Entry entry, Question question, int n, Samples samples) {
        switch (words[0]) {
            case "answer" -> {
                if (Long.parseLong(words[1]) != question.expected(n))
                    throw new IllegalStateException(entry.name + " answers " + question.id() + " with " + words[1]
                            + ", but right is " + question.expected(n));
            }
            case "sample" -> samples.add(number(words[1]), number(words[2]), number(words[3]));
            case "shares" -> samples.shares(number(words[1]), number(words[2]));
            default -> throw new IllegalStateException(entry.name + " says " + String.join(" ", words));
        }
    }

    private static double number(String word) { return word.equals("-") ? Double.NaN : Double.parseDouble(word); }
}
