package dev.parley.jmh;

import java.util.ArrayList;

/// What does a choice cost? One process chooses `n` times over rendezvous channels, on the other side of each of which a process sends, or receives,
/// its equal share.
record Choosing(int inputs, int outputs) implements Question {
    @Override public String id() {
        if (outputs == 0) return "alt-" + inputs;
        return inputs == 0 ? "alt-out-" + outputs : "alt-mixed-" + (inputs + outputs);
    }

    @Override public int size() { return 960_000; } // a multiple of every number of guards here

    @Override public int operations(int n) { return n; }

    /// How many elements each partner sends or receives. The last may get a few more.
    int share(int n, int partner) {
        int all = inputs + outputs;
        return n / all + (partner == all - 1 ? n % all : 0);
    }

    @Override public long expected(int n) { return n; }

    @Override public long by(Peer peer, int n) throws Exception {
        var in = new ArrayList<Peer.Link>();
        var out = new ArrayList<Peer.Link>();
        var bodies = new ArrayList<Peer.Body>();
        var got = new long[outputs + 1];
        for (int i = 0; i < inputs; i++) {
            var link = peer.link(0);
            int share = share(n, i);
            in.add(link);
            bodies.add(() -> {
                for (int k = 0; k < share; k++) link.send(Peer.OFFERED);
            });
        }
        for (int i = 0; i < outputs; i++) {
            var link = peer.link(0);
            int self = i;
            int share = share(n, inputs + i);
            out.add(link);
            bodies.add(() -> {
                long sum = 0;
                for (int k = 0; k < share; k++) sum += link.receive();
                got[self] = sum;
            });
        }
        bodies.add(() -> {
            var choice = peer.choice(in, out);
            long sum = 0;
            // A partner with a smaller share leaves; that is no loss, since a guard nobody answers costs as much as one that waits.
            for (int i = 0; i < n; i++) {
                var received = choice.choose();
                if (received != null) sum += received;
            }
            got[outputs] = sum;
        });
        peer.par(bodies);
        long sum = 0;
        for (long each : got) sum += each;
        return sum;
    }
}
