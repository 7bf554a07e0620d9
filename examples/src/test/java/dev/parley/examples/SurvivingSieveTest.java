package dev.parley.examples;

import dev.parley.examples.SurvivingSieve.Kill;
import dev.parley.examples.survivingsieve.Worker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// The pipeline gives the right answer whichever of its workers is killed, whenever; and says what is wrong when it cannot.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) class SurvivingSieveTest {
    private static final int LIMIT = 10_000_000, BLOCKS = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// The primes below `limit`, by the same sieve in one loop.
    private static int primesBelow(int limit) {
        var left = new BitSet(limit);
        left.set(2, limit);
        for (int n = 2; n * n < limit; n++)
            if (left.get(n)) for (int multiple = n * n; multiple < limit; multiple += n) left.clear(multiple);
        return left.cardinality();
    }

    private static void assertSurvives(List<Kill> kills) throws Exception {
        try (var sieve = new SurvivingSieve(LIMIT, kills, Worker.class, PATIENCE)) {
            assertEquals(primesBelow(LIMIT), sieve.primes(), kills::toString);
        }
    }

    @Test void theProgramTellsWhatHappensAndAnswers() throws Exception {
        var ran = Program.runWith(SurvivingSieve.class, "--below", LIMIT, "--kill", "2@70");
        assertEquals("664579 primes below 10000000\n", ran.answer());
        var said = ran.err();
        assertTrue(
                said.matches(
                        """
                                (?s).*kill -9 worker 2 \\(process \\d+\\), stage 2, after 70 answers
                                network 1 is over with \\d+ of 200 blocks answered; on their way were \\[[\\d, ]*\\], which are sent again
                                worker 2 \\(process \\d+\\) was killed by signal 9; worker 3 \\(process \\d+\\) takes its place
                                .*200 of 200 blocks answered
                                """),
                said);
    }

    @Test void withoutAKillItTellsHowFarItIs() throws Exception {
        var ran = Program.runWith(SurvivingSieve.class, "--below", 100_001);
        assertEquals("9592 primes below 100001\n", ran.answer());
        var said = ran.err().lines().filter(line -> line.matches("(kill|network|worker|\\d+ of) .*")).toList();
        assertEquals(List.of("1 of 3 blocks answered", "2 of 3 blocks answered", "3 of 3 blocks answered"), said);
    }

    @Test void aWorkerMayBeKilledBeforeTheFirstAnswerInTheMiddleAndAfterTheLast() throws Exception {
        assertSurvives(List.of(new Kill(1, 0), new Kill(2, 1), new Kill(1, 60), new Kill(2, BLOCKS)));
    }

    @Test void bothMayBeKilledAtOnce() throws Exception {
        assertSurvives(List.of(new Kill(1, 30), new Kill(2, 30)));
    }

    @Tag("slow")
    @Timeout(600)
    @Test void whateverTheMomentsTheAnswerIsRight() throws Exception {
        long seed = Long.getLong("parley.seed", new Random().nextLong());
        var random = new Random(seed);
        System.out.println("-Dparley.seed=" + seed + " runs it again");
        for (int round = 0; round < 10; round++) {
            var kills = new ArrayList<Kill>();
            for (int i = 0; i < 6; i++) kills.add(new Kill(1 + random.nextInt(2), 1 + random.nextInt(BLOCKS)));
            assertSurvives(kills);
        }
    }

    @Tag("slow")
    @Test void aWorkerThatHangsIsGivenUpAndReplaced() throws Exception {
        var command = new ArrayList<>(Program.command());
        command.addAll(List.of(SurvivingSieve.class.getName(), "--below", "300000000"));
        var program = new ProcessBuilder(command).start();
        try (var err = program.errorReader()) {
            assertEquals("600 of 6000 blocks answered", err.readLine());
            var worker = program.children().toList().getFirst();
            assertEquals(0, new ProcessBuilder("kill", "-STOP", "" + worker.pid()).start().waitFor());
            var said = err.lines().toList();
            assertTrue(said.contains("a worker does not answer and does not end: ending all"), said::toString);
            assertEquals("16252325 primes below 300000000\n",
                    new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } finally {
            program.children().forEach(ProcessHandle::destroyForcibly);
            program.destroyForcibly();
        }
    }

    /// A worker that is no more than a process.
    static final class Useless {
        private Useless() {}

        public static void main(String[] none) throws IOException {
            while (System.in.read() >= 0) {} // until its starter ends it
        }
    }

    /// A worker that ends at once.
    static final class Broken {
        private Broken() {}

        public static void main(String[] none) {
            System.exit(3);
        }
    }

    private static String failure(Class<?> worker, Duration patience) throws Exception {
        try (var sieve = new SurvivingSieve(LIMIT, List.of(), worker, patience)) {
            return String.valueOf(assertThrows(IllegalStateException.class, sieve::primes).getMessage());
        }
    }

    @Test void workersThatEndAtOnceAreTold() throws Exception {
        var said = failure(Broken.class, PATIENCE);
        assertTrue(said.contains("3 networks in a row ended before they gave an answer")
                && said.contains("ended with exit code 3"), said);
    }

    @Test void aWorkerThatDoesNotComeIsTold() throws Exception {
        var said = failure(Useless.class, Duration.ofMillis(500));
        assertTrue(said.matches("worker 1 \\(process \\d+\\) did not come within 500 ms; .*"), said);
    }

    @Test void wrongOptionsAreTold() throws Exception {
        for (var wrong : List.of(List.of("--below"), List.of("--below", "1"), List.of("--kill", "3@1"),
                List.of("--kill", "@"), List.of("--kill", "1"), List.of("--speed", "1"))) {
            var ran = Program.runWith(SurvivingSieve.class, wrong.toArray());
            assertEquals(2, ran.exitCode(), ran.err());
            assertTrue(ran.err().matches("surviving sieve: .*; give --below N, and --kill STAGE@ANSWERS.*\n"),
                    ran.err());
        }
    }

    @Test void aWorkerStartedByHandSaysHowToStartIt() throws Exception {
        var ran = Program.runWith(Worker.class);
        assertEquals("a worker is started by the surviving sieve, which tells it what to do; run that\n", ran.err());
        assertEquals(2, ran.exitCode());
    }
}
