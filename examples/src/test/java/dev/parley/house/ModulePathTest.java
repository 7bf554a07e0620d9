package dev.parley.house;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

/// A user whose program is a module finds all it needs on the module path: the descriptors name what they need, and export what users need.
@Timeout(60) class ModulePathTest {
    private static final String PROGRAM = """
            package consumer;

            import dev.parley.csp.Channel;
            import dev.parley.csp.Par;
            import dev.parley.net.Node;
            import dev.parley.net.Security;

            public final class Main {
                public static void main(String[] args) throws Exception {
                    try (var here = Node.listen("127.0.0.1:0", Security.loopbackOnly());
                            var there = Node.connect("127.0.0.1:" + here.port(), Security.loopbackOnly())) {
                        var numbers = here.receiver("numbers", Integer.class);
                        var answers = Channel.<Integer>buffered(1);
                        new Par(() -> { try (var out = there.sender("numbers", Integer.class)) { out.send(41); } },
                                () -> { for (var n : numbers) answers.send(n + 1); }).run();
                        System.out.println(answers.receive() + " " + Main.class.getModule() + " " + Par.class.getModule()
                            + " " + Node.class.getModule());
                    }
                }
            }
            """;

    @TempDir Path folder;

    @Test void aConsumerModuleCompilesAndRuns() throws Exception {
        assertEquals("", compile("requires dev.parley.net;", PROGRAM));
        assertEquals("42 module consumer module dev.parley.csp module dev.parley.net", run(),
                () -> "on standard error: " + log());
    }

    @Test void whatIsNotExportedCannotBeUsed() throws Exception {
        var program = "package consumer; class Main { Object o = dev.parley.loop.internal.JdkInternals.missing(); }";
        assertNotEquals("", compile("requires dev.parley.loop;", program));
        assertNotEquals("", compile("", PROGRAM), "the test would not see a missing module");
    }

    /// What the compiler said.
    private String compile(String requires, String program) throws Exception {
        var source = Files.createDirectories(folder.resolve("source/consumer"));
        var descriptor = Files.writeString(source.resolveSibling("module-info.java"),
                "module consumer { " + requires + " }");
        var main = Files.writeString(source.resolve("Main.java"), program);
        var compiler = ToolProvider.getSystemJavaCompiler();
        var said = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            var options = List.of("-proc:none", "--module-path", modulePath(), "-d",
                    folder.resolve("classes").toString());
            compiler.getTask(said, files, null, options, null, files.getJavaFileObjects(descriptor, main)).call();
        }
        return said.toString();
    }

    private String run() throws Exception {
        var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=io.netty.common", "--module-path",
                modulePath() + File.pathSeparator + folder.resolve("classes"), "-m", "consumer/consumer.Main")
                .redirectError(folder.resolve("log").toFile()).start();
        try {
            var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor(1, TimeUnit.MINUTES);
            return out.strip();
        } finally {
            process.destroyForcibly();
        }
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    private static String modulePath() {
        return House.classPathOfUsers();
    }
}
