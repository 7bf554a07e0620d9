package dev.parley.jmh;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Asks two [Halves]: the near one here, the far one in a JVM that this starts with the first work. The far JVM says its port on its output; it reads the size of each
/// work on its input, and says the checksum when its half is done. When its input ends, it ends.
final class TwoJvms implements Contender {
    private final String name;
    private final Halves halves;
    private final List<String> jvm;
    private @Nullable Asked asked;

    /// @param name that of the contender, by which the far JVM finds it, too
    /// @param jvm options that both JVMs need
    TwoJvms(String name, Halves halves, List<String> jvm) {
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

    private final class Asked implements AutoCloseable {
        final Remote question;
        private final Process far;
        private final BufferedReader fromFar;
        private final PrintWriter toFar;
        private final Halves.Half near;

        Asked(Remote question) throws Exception {
            this.question = question;
            var command = new ArrayList<>(
                    List.of(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java"));
            command.addAll(Contenders.JVM);
            command.add("--enable-native-access=ALL-UNNAMED");
            command.addAll(jvm);
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), TwoJvms.class.getName(), name,
                    question.id()));
            far = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            fromFar = far.inputReader();
            toFar = new PrintWriter(far.outputWriter(), true);
            try {
                near = halves.near(question, (int) number());
            } catch (Exception failure) {
                far.destroyForcibly();
                throw failure;
            }
        }

        long answer(int n) throws Exception {
            toFar.println(n);
            near.work(n);
            return number();
        }

        private long number() throws IOException {
            var line = fromFar.readLine();
            if (line == null) throw new IOException("the far JVM of " + name + " ended at " + question.id());
            return Long.parseLong(line);
        }

        @Override public void close() {
            try {
                toFar.close();
                near.close();
            } catch (IOException failure) {
                throw new UncheckedIOException(name + " does not end", failure);
            } finally {
                far.destroyForcibly();
            }
        }
    }

    /// The far JVM: contender, row.
    public static void main(String[] arguments) throws Exception {
        var question = (Remote) Questions.named(arguments[1]);
        var works = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (var far = Contenders.halves(arguments[0]).far(question)) {
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
