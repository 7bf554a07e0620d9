package dev.parley.csp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// A small program: channels by kind, and threads that each do a few operations.
///
/// @param kinds of the channels
/// @param threads what each does
record Scenario(List<Kind> kinds, List<List<Op>> threads) {
    /// Which operations random scenarios are made of.
    ///
    /// @param channels how many at most
    /// @param patience whether also forms that do not wait or wait for a time
    /// @param ends whether also close and poison
    /// @param choice whether also Alts
    record Mix(int channels, boolean patience, boolean ends, boolean choice) {}

    private static final Kind[] SMALL = Arrays.stream(Kind.values()).filter(kind -> kind != Kind.BUFFERED_1000)
            .toArray(Kind[]::new);

    List<Channel<Integer>> channels() {
        return IntStream.range(0, kinds.size()).mapToObj(i -> kinds.get(i).channel("c" + i)).toList();
    }

    /// A random scenario of two to four threads with one to three operations each.
    static Scenario random(RandomGenerator random, Mix mix) {
        int channels = 1 + random.nextInt(mix.channels);
        var kinds = new ArrayList<Kind>();
        for (int i = 0; i < channels; i++)
            kinds.add(random.nextInt(2) == 0 ? Kind.RENDEZVOUS : SMALL[random.nextInt(SMALL.length)]);
        int threads = 2 + random.nextInt(3);
        int most = threads == 2 ? 3 : threads == 3 ? 2 : 2;
        var all = new ArrayList<List<Op>>();
        int[] value = {10};
        for (int t = 0; t < threads; t++) {
            var ops = new ArrayList<Op>();
            for (int n = 1 + random.nextInt(most); n > 0; n--) ops.add(op(random, mix, channels, value));
            all.add(ops);
        }
        return new Scenario(kinds, all);
    }

    private static Op op(RandomGenerator random, Mix mix, int channels, int[] value) {
        int channel = random.nextInt(channels);
        var patience = mix.patience && random.nextInt(3) == 0
                ? Op.Patience.values()[random.nextInt(2)]
                : Op.Patience.ENDLESS;
        if (mix.ends && random.nextInt(6) == 0)
            return random.nextInt(3) == 0 ? new Op.Poison(channel) : new Op.Close(channel);
        if (mix.choice && random.nextInt(2) == 0) {
            var offers = new ArrayList<Op.Offer>();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                offers.add(new Op.Offer(random.nextInt(channels), random.nextBoolean() ? -1 : value[0]++));
            }
            return new Op.Choose(offers, random.nextBoolean(), patience);
        }
        return random.nextBoolean() ? new Op.Send(channel, value[0]++, patience) : new Op.Receive(channel, patience);
    }

    @Override public String toString() {
        var text = new StringBuilder("channels " + kinds);
        for (int i = 0; i < threads.size(); i++) text.append("\n  p").append(i).append(": ").append(threads.get(i));
        return text.toString();
    }
}
