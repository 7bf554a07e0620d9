package dev.parley.jmh;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// A benchmark that computes something else is worth nothing: each contender of the JVM does each of its works in a small size, twice.
@Timeout(180) class RightAnswersTest {
    private static final Path HOME = Path.of(".").toAbsolutePath();

    static Stream<String> contenders() {
        return Contenders.all().stream().map(Contenders.Entry::name).filter(name -> !name.endsWith("@1"));
    }

    @ParameterizedTest
    @MethodSource("contenders") void aContenderAnswersRightly(String name) throws Exception {
        var asked = new ArrayList<String>();
        try (var contender = Contenders.named(name).open()) {
            for (var question : Questions.all()) {
                if (!contender.does(question) || isMoreOfTheSame(question)) continue;
                int n = small(question);
                for (int i = 0; i < 2; i++)
                    assertEquals(question.expected(n), contender.answer(question, n), question.id());
                asked.add(question.id());
            }
        }
        assertFalse(asked.isEmpty(), name + " does nothing");
    }

    @ParameterizedTest
    @MethodSource("programs") void aProgramAnswersRightly(Programs.Entry program) throws Exception {
        assumeTrue(program.missing().isEmpty(), program.missing());
        int known = 0;
        for (var question : Questions.all()) {
            if (isMoreOfTheSame(question) || question instanceof Echo) continue;
            if (Programs.measure(program, question, small(question), new Effort(1, 1, 1, 1, 1), new Samples())) known++;
        }
        assertTrue(known > 0, program.name() + " does nothing");
    }

    @ParameterizedTest
    @MethodSource("servers") void aProgramServesRightly(Programs.Entry program) throws Exception {
        assumeTrue(program.missing().isEmpty(), program.missing());
        for (var question : Questions.of(List.of("echo-"))) {
            int n = small(question);
            try (var contender = new Served(program.command())) {
                for (int i = 0; i < 2; i++)
                    assertEquals(question.expected(n), contender.answer(question, n), question.id());
            }
        }
    }

    static List<Programs.Entry> programs() throws Exception { return new Programs(HOME).all(); }

    static List<Programs.Entry> servers() throws Exception { return new Programs(HOME).servers(); }

    /// Rows that differ from others in a number only.
    private static boolean isMoreOfTheSame(Question question) {
        return switch (question) {
            case Crowd crowd -> crowd.side() != 4;
            case IdleGuard idle -> idle.digits() != IdleGuard.USUAL;
            case Remote.Outputs outputs -> outputs.partners() == 2;
            default -> false;
        };
    }

    private static int small(Question question) {
        return switch (question) {
            case Chain _,Pairs _ -> 3;
            case TokenRing _,Popular _ -> 2;
            case Spawning spawning when spawning.way() == Spawning.Way.TREE -> 1;
            case StressedAlt _ -> 20_000;
            case Echo _ -> 103;
            default -> 1_003;
        };
    }
}
