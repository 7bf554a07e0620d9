package dev.parley.csp.pipeline;

import dev.parley.csp.Sender;
import dev.parley.loop.Tasks;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What a stage does with an element it failed on: `numbers.map(Integer::parseInt, OnError.skip())`. An interruption and an [Error] are no such
/// failures: they end the pipeline.
///
/// @param <T> the elements that come
/// @param <R> what becomes of them
public final class OnError<T, R> {
    /// Decides about one failed element; `null` drops it.
    private interface Decision<T, R> {
        @Nullable R decide(Mapping<? super T, ? extends R> again, Failed<T> failed) throws Exception;
    }

    private final Decision<T, R> decision;

    /// The ends it sends into, which the stage owns.
    final List<Sender<?>> sides;

    private OnError(List<Sender<?>> sides, Decision<T, R> decision) {
        this.sides = sides;
        this.decision = decision;
    }

    /// The stage fails, and with it the pipeline: what happens if nothing is said.
    public static <T, R> OnError<T, R> fail() {
        return new OnError<>(List.of(), (_, failed) -> { throw failed.failure(); });
    }

    /// The element is dropped; [Progress] counts it as failed.
    public static <T, R> OnError<T, R> skip() {
        return new OnError<>(List.of(), (_, _) -> null);
    }

    /// The element goes into `side` with its failure, and no further. The stage owns `side`: it closes it at its end, so give each stage a
    /// [dev.parley.csp.Channel#sender] of its own. It waits until `side` takes the failure, so somebody must receive there.
    public static <T, R> OnError<T, R> skipTo(Sender<? super Failed<T>> side) {
        Objects.requireNonNull(side, "side");
        return new OnError<>(List.of(side), (_, failed) -> {
            side.send(failed);
            return null;
        });
    }

    /// The element is replaced by what `replacement` makes of the failure.
    public static <T, R> OnError<T, R> replace(Function<? super Failed<T>, ? extends R> replacement) {
        Objects.requireNonNull(replacement, "replacement");
        return new OnError<>(List.of(), (_, failed) -> replacement.apply(failed));
    }

    /// The stage tries again, up to `times` times with a `pause` before each, and then fails.
    public static <T, R> OnError<T, R> retry(int times, Duration pause) {
        return retry(times, pause, OnError.<T, R>fail());
    }

    /// The stage tries again, up to `times` times with a `pause` before each, and then does as `otherwise` says.
    public static <T, R> OnError<T, R> retry(int times, Duration pause, OnError<T, R> otherwise) {
        if (times < 1)
            throw new IllegalArgumentException("to try again means at least once, but times was " + times);
        return new OnError<>(otherwise.sides, (again, failed) -> {
            var last = failed;
            for (int left = times; left > 0; left--) {
                Tasks.sleep(pause);
                try {
                    return again.apply(failed.element());
                } catch (Exception failure) {
                    if (isCancellation(failure)) throw failure;
                    last = new Failed<>(failed.element(), failure);
                }
            }
            return otherwise.decision.decide(again, last);
        });
    }

    /// Does `work` on `element` under this policy.
    ///
    /// @return what became of it; null if it is dropped
    @Nullable R apply(Mapping<? super T, ? extends R> work, T element, Meter meter) throws Exception {
        try {
            return work.apply(element);
        } catch (Exception failure) {
            if (isCancellation(failure)) throw failure;
            meter.failed.increment();
            return decision.decide(work, new Failed<>(element, failure));
        }
    }

    private static boolean isCancellation(Exception failure) {
        return failure instanceof InterruptedException || failure instanceof CancellationException;
    }
}
