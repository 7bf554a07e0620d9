package dev.parley.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// What JMH runs: one contender at one question, in a JVM of their own ([Compare] starts it). A wrong answer ends the run.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets them
public class Measured {
    @Param("") public String question;
    @Param("") public String contender;
    @Param("0") public int size;

    private Question asked;
    private Contender answering;
    private long expected;

    /// Starts what the contender keeps for the whole run.
    @Setup public void open() throws Exception {
        asked = Questions.named(question);
        answering = Contenders.named(contender).open();
        expected = asked.expected(size);
    }

    /// Ends it.
    @TearDown public void close() throws Exception {
        answering.close();
    }

    /// The work, once.
    @Benchmark public long work() throws Exception {
        long answer = answering.answer(asked, size);
        if (answer != expected)
            throw new IllegalStateException(
                    contender + " answers " + question + " with " + answer + ", but right is " + expected);
        return answer;
    }
}
