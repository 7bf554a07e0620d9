package dev.parley.jmh;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Asks [Halves]: the near one here, each far one in a JVM that this starts with the first work. A far JVM says its port on its output; it reads the size of each
/// work on its input, and says its part of the checksum when its half is done. When its input ends, it ends.
final class SeveralJvms implements Contender {
    private final String name;
    private final Halves halves;
    private final List<String> jvm;
    private @Nullable Asked asked;

    /// @param name that of the contender, by which the far JVMs find it, too
    /// @param jvm options that all JVMs need
    SeveralJvms(String name, Halves halves, List<String> jvm) {
        this.name = name;
        this.halves = halves;
        this.jvm = jvm;
    }

    @Override public boolean does(Question question) {
        return question instanceof Remote remote && halves.does(remote);
    }

    @Override public long answer(Question question, int n) throws Exception {
        var now = asked;
        if (now == null || !now.question.equals(question)) {
            close();
            asked = now = new Asked((Remote) question);
        }
        return now.answer(n);
    }

    @Override public void close() {
        if (asked != null) asked.close();
        asked = null;
    }

    /// What starts a JVM as those that measure are.
    ///
    /// @param jvm more options
    static List<String> command(List<String> jvm, Class<?> main, String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Contenders.JVM);
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(jvm);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /// A far JVM.
    private final class Far implements AutoCloseable {
        private final Process process;
        private final BufferedReader from;
        private final PrintWriter to;

        Far(Remote question, int which) throws IOException {
            process = new ProcessBuilder(command(jvm, SeveralJvms.class, name, question.id(), "" + which))
                    .redirectError(ProcessBuilder.Redirect.INHERIT).start();
            from = process.inputReader();
            to = new PrintWriter(process.outputWriter(), true);
        }

        void begin(int n) { to.println(n); }

        long number() throws IOException {
            var line = from.readLine();
            if (line == null) throw new IOException("a far JVM of " + name + " ended");
            return Long.parseLong(line);
        }

        void end() { to.close(); }

        @Override public void close() { process.destroyForcibly(); }
    }

    private final class Asked implements AutoCloseable {
        final Remote question;
        private final List<Far> fars = new ArrayList<>();
        private final Halves.Half near;

        Asked(Remote question) throws Exception {
            this.question = question;
            try {
                for (int i = 0; i < question.fars(); i++) fars.add(new Far(question, i));
                var ports = new ArrayList<Integer>();
                for (var far : fars) ports.add((int) far.number());
                near = halves.near(question, ports);
            } catch (Exception failure) {
                fars.forEach(Far::close);
                throw failure;
            }
        }

        long answer(int n) throws Exception {
            for (var far : fars) far.begin(n);
            long sum = near.work(n);
            for (var far : fars) sum += far.number();
            return sum;
        }

        @Override public void close() {
            try {
                fars.forEach(Far::end);
                near.close();
            } catch (IOException failure) {
                throw new UncheckedIOException(name + " does not end", failure);
            } finally {
                fars.forEach(Far::close);
            }
        }
    }

    /// A far JVM: contender, row, which of the far ones it is.
    public static void main(String[] arguments) throws Exception {
        var question = (Remote) Questions.named(arguments[1]);
        var works = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (var far = Contenders.halves(arguments[0]).far(question, Integer.parseInt(arguments[2]))) {
            System.out.println(far.port());
            for (var n = works.readLine(); n != null; n = works.readLine())
                System.out.println(far.work(Integer.parseInt(n)));
        } catch (Throwable failure) {
            failure.printStackTrace();
            System.exit(1); // whatever threads there are
        }
        System.exit(0);
    }
}
