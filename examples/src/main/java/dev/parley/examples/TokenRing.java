package dev.parley.examples;

import dev.parley.csp.Channel;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import java.util.ArrayList;
import java.util.stream.Collectors;

/// A ring in which a token goes round; whoever holds it may do what only one may do at a time. The holder counts the token's steps and takes it out
/// when it has gone round often enough; its end then goes round as the token did.
public final class TokenRing {
    private static final int PLACES = 5, ROUNDS = 3;

    private TokenRing() {}

    /// Prints who held the token.
    ///
    /// @throws Exception what a process throws
    public static void main(String[] args) throws Exception {
        var links = new ArrayList<Channel<Integer>>();
        for (int i = 0; i < PLACES; i++) links.add(Channel.rendezvous("to-" + i));
        var log = new ArrayList<String>(); // no lock: only the holder of the token writes
        var ring = Par.times(PLACES, i -> {
            var in = links.get(i);
            var out = links.get((i + 1) % PLACES);
            return Proc.named("place " + i).owningOut(out).does(() -> {
                if (i == 0) out.send(0); // without a first token all would wait for ever
                for (int steps : in) {
                    log.add("" + i);
                    if (steps + 1 == PLACES * ROUNDS) return;
                    out.send(steps + 1);
                }
            });
        });
        ring.run();
        IO.println(log.stream().collect(Collectors.joining(" ")));
    }
}
