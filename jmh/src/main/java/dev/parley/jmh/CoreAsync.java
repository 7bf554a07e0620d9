package dev.parley.jmh;

import clojure.java.api.Clojure;
import clojure.lang.IFn;
import java.util.stream.IntStream;

/// Clojure's core.async; its works are in `core_async.clj`.
final class CoreAsync implements Contender {
    private static final String NAMESPACE = "dev.parley.jmh.core-async";

    @Override public boolean does(Question question) {
        return switch (question) {
            case Stream stream -> stream.capacity() < Peer.UNBOUNDED;
            case CommsTime network -> !network.parallel();
            case Choosing _,Chain _,Pairs _,Daisy _,Farm _ -> true;
            case IdleGuard guard -> guard.digits() <= 6; // a choice takes it 9 to 18 us (`alt-2`, `alt-1`), ten million minutes
            case Spawning spawning -> spawning.way() == Spawning.Way.SPAWN;
            default -> false;
        };
    }

    @Override public long answer(Question question, int n) {
        return (long) switch (question) {
            case Stream stream -> work("stream").invoke(stream.capacity(), n);
            case CommsTime _ -> work("comms-time").invoke(n);
            case Chain chain -> work("chain").invoke(chain.capacity(), n, chain.elements());
            case Pairs pairs -> work("pairs").invoke(pairs.capacity(), n, pairs.elements());
            case Choosing choosing -> work("choosing").invoke(choosing.inputs(), choosing.outputs(), n,
                    IntStream.range(0, choosing.inputs() + choosing.outputs()).map(i -> choosing.share(n, i)).boxed()
                            .toList());
            case IdleGuard _ -> work("idle-guard").invoke(IdleGuard.CHOICES, IdleGuard.rounds(n),
                    IdleGuard.timedRound(n));
            case Daisy _ -> work("daisy").invoke(n);
            case Spawning _ -> work("spawn").invoke(n);
            case Farm _ -> work("farm").invoke(Farm.WORKERS, Farm.OUTSTANDING, n);
            default -> throw new UnsupportedOperationException(question.id());
        };
    }

    private static IFn work(String name) {
        Clojure.var("clojure.core", "require").invoke(Clojure.read(NAMESPACE)); // loads it the first time
        return Clojure.var(NAMESPACE, name);
    }
}
