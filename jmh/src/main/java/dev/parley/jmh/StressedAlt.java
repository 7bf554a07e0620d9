package dev.parley.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// What does a fair choice cost under load, and is it fair? 10 channels with 1 000 writers each, who write until they are told to stop; one reader, who
/// chooses `n` times. [Costs#shares] is told how often each writer was served.
record StressedAlt() implements Question {
    static final int CHANNELS = 10;
    static final int WRITERS = 1_000;
    static final int LAST = -1;

    @Override public String id() { return "stressed-alt"; }

    @Override public int size() { return 1_000_000; }

    @Override public int operations(int n) { return n; }

    @Override public long expected(int n) { return n; }

    @Override public long by(Peer peer, int n) throws Exception {
        var links = new ArrayList<Peer.Link>();
        var bodies = new ArrayList<Peer.Body>();
        var stop = new boolean[1]; // seen by a writer at the latest with the rendezvous after it was set
        for (int c = 0; c < CHANNELS; c++) {
            var link = peer.link(0, Peer.Ends.ANY_TO_ONE);
            links.add(link);
            for (int w = 0; w < WRITERS; w++) {
                Integer self = c * WRITERS + w;
                bodies.add(() -> {
                    do
                        link.send(self);
                    while (!stop[0]);
                    link.send(LAST);
                });
            }
        }
        var sum = new long[1];
        bodies.add(() -> {
            var choice = peer.choice(links, List.of());
            var served = new int[CHANNELS * WRITERS];
            long got = 0;
            for (int i = 0; i < n; i++) {
                served[Objects.requireNonNull(choice.choose())]++;
                got++;
            }
            stop[0] = true;
            for (int left = CHANNELS * WRITERS; left > 0;) {
                if (Objects.requireNonNull(choice.choose()) == LAST) left--;
            }
            Costs.shares(served);
            sum[0] = got;
        });
        peer.par(bodies);
        return sum[0];
    }
}
