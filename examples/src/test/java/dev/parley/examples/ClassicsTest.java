package dev.parley.examples;

import java.awt.Color;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Each example is run in a JVM of its own, and its output looked at.
class ClassicsTest {
    @TempDir Path folder;

    @Test void commsTimeCounts() throws Exception {
        assertEquals("counted to 1999\n", Program.run(CommsTime.class, "-Drounds=2000").answer());
    }

    @Test void theSieveGivesPrimes() throws Exception {
        assertEquals("2 3 5 7 11 13 17 19 23 29 31 37 41 43 47 53 59 61 67 71 73 79 83 89 97\n",
                Program.run(Sieve.class).answer());
    }

    @Test void powerSeriesAreExact() throws Exception {
        assertEquals("""
                exp [1, 1, 1/2, 1/6, 1/24, 1/120, 1/720, 1/5040]
                tan [0, 1, 0, 1/3, 0, 2/15, 0, 17/315, 0, 62/2835]
                """, Program.run(PowerSeries.class).answer());
    }

    @Test void theSortPumpSorts() throws Exception {
        assertEquals("brown dog fox jumps lazy over quick the the\n", Program.run(SortPump.class).answer());
    }

    @Test void theGridMultiplies() throws Exception {
        assertEquals("[1, 2, 3]\n[4, 5, 6]\n[12, 15, 18]\n[49, 59, 69]\n", Program.run(MatrixMultiply.class).answer());
    }

    @Test void piIsTheSameHoweverManyWorkers() throws Exception {
        assertEquals("pi is about 3.1406925\n", Program.run(MonteCarloPi.class).answer());
    }

    @Test void theMandelbrotSetIsAPicture() throws Exception {
        var file = folder.resolve("set.png");
        assertEquals("wrote 600 x 400 points\n", Program.runWith(Mandelbrot.class, file).answer());
        var picture = ImageIO.read(file.toFile());
        assertEquals("600 x 400", picture.getWidth() + " x " + picture.getHeight());
        assertEquals(Color.BLACK.getRGB(), picture.getRGB(400, 200)); // c = 0 is in the set
        assertNotEquals(Color.BLACK.getRGB(), picture.getRGB(5, 5)); // and the corner is not
        for (int x = 0; x < 600; x += 7) // it is symmetric about the real axis, which is row 200
            assertEquals(picture.getRGB(x, 150), picture.getRGB(x, 250));
    }

    @Test void theTokenGoesRound() throws Exception {
        assertEquals("1 2 3 4 0 1 2 3 4 0 1 2 3 4 0\n", Program.run(TokenRing.class).answer());
    }

    @Test void santaServesAll() throws Exception {
        assertEquals("delivered toys 4 times, answered questions 10 times\n", Program.run(SantaClaus.class).answer());
    }

    @Test void philosophersStarveAndEatUnderBothCures() throws Exception {
        assertEquals(
                """
                        the 10 processes of Par "dinner" wait for each other, and nothing else can wake them
                          Plato      sends to fork-1.right      at DiningPhilosophers.java:*
                          Socrates   sends to fork-2.right      at DiningPhilosophers.java:*
                          Hypatia    sends to fork-3.right      at DiningPhilosophers.java:*
                          Confucius  sends to fork-4.right      at DiningPhilosophers.java:*
                          Avicenna   sends to fork-0.right      at DiningPhilosophers.java:*
                          fork 0     receives from fork-0.left  at DiningPhilosophers.java:*
                          fork 1     receives from fork-1.left  at DiningPhilosophers.java:*
                          fork 2     receives from fork-2.left  at DiningPhilosophers.java:*
                          fork 3     receives from fork-3.left  at DiningPhilosophers.java:*
                          fork 4     receives from fork-4.left  at DiningPhilosophers.java:*
                          cycle: Plato -> fork 1 -> Socrates -> fork 2 -> Hypatia -> fork 3 -> Confucius -> fork 4 -> Avicenna -> fork 0 -> Plato
                        one is left-handed: 500 meals
                        a butler watches:   500 meals
                        """,
                Program.run(DiningPhilosophers.class).answer().replaceAll("java:\\d+", "java:*"));
    }

    @Test void theBankServesItsCallers() throws Exception {
        assertEquals("nobody gets 1000000 with 100 in the account\nat the end of the day: 100\n",
                Program.run(Bank.class).answer());
    }

    @Test void theLogIsReadAndItsBrokenLineTold() throws Exception {
        var answer = Program.run(LogPipeline.class).answer();
        assertTrue(answer.contains("not a request: *** restarted ***\n"), answer);
        assertTrue(answer.endsWith("slow requests by hour: {8=1, 9=2}\nslow paths: [/search, /search, /report]\n"),
                answer);
    }
}
