package dev.parley.net;

import dev.parley.loop.testing.Simulation;
import dev.parley.net.Storms.Elements;
import dev.parley.net.Storms.Tally;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What a network of channels outlives, with small elements and with large ones, which travel in pieces, for as many seeds as there is time.
///
/// @param <C> what ends links for good: a process is gone, nothing arrives for longer than the window, or a node leaves in order
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300) abstract class StormContract<C extends Enum<C>> {
    private final Class<C> calamity;
    private final int manySmall, manyLarge;

    /// @param manySmall seeds, where there is time
    /// @param manyLarge the same for large elements; what ends links for good has a quarter of both
    StormContract(Class<C> calamity, int manySmall, int manyLarge) {
        this.calamity = calamity;
        this.manySmall = manySmall;
        this.manyLarge = manyLarge;
    }

    /// All lives last, and every line may be bad: nothing may be lost, repeated, overtaken or uncertain, and nobody waits for ever.
    abstract void exactlyOnce(Simulation sim, Faults.Rates rates, Elements elements, Tally tally) throws Exception;

    /// One link or all of them end for good while all lines are bad: nothing that was told to be certain may be wrong, and nobody waits for ever.
    abstract void neverWrong(Simulation sim, C calamity, Elements elements, Tally tally) throws Exception;

    private int many(Elements elements) {
        return elements == Elements.SMALL ? manySmall : manyLarge;
    }

    private Stream<Arguments> calamities() {
        return Stream.of(calamity.getEnumConstants())
                .flatMap(each -> Stream.of(Elements.values()).map(elements -> Arguments.of(each, elements)));
    }

    private void run(int seeds, Faults.Rates rates, Elements elements) {
        Storms.explore(seeds, rates, (sim, tally) -> exactlyOnce(sim, rates, elements, tally));
    }

    private void run(int seeds, C calamity, Elements elements) {
        Storms.explore(seeds, calamity, (sim, tally) -> neverWrong(sim, calamity, elements, tally));
    }

    @ParameterizedTest
    @EnumSource void withoutFaultsAllArrivesOnce(Elements elements) {
        run(100, Faults.Rates.NONE, elements);
    }

    @ParameterizedTest
    @EnumSource void whateverTheLineDoesAllArrivesOnceInOrder(Elements elements) {
        run(300, Faults.Rates.ALL, elements);
    }

    @Tag("slow")
    @Timeout(3000)
    @ParameterizedTest
    @EnumSource void whateverTheLineDoesAllArrivesOnceInOrderManyTimes(Elements elements) {
        run(many(elements), Faults.Rates.ALL, elements);
    }

    @ParameterizedTest
    @MethodSource("calamities") void whatEndsALinkForGoodIsToldTruly(C calamity, Elements elements) {
        run(100, calamity, elements);
    }

    @Tag("slow")
    @Timeout(3000)
    @ParameterizedTest
    @MethodSource("calamities") void whatEndsALinkForGoodIsToldTrulyManyTimes(C calamity, Elements elements) {
        run(many(elements) / 4, calamity, elements);
    }
}
