package dev.parley.csp.memory;

import dev.parley.csp.Proc;

/// What an actor does that waits: jcstress lets no checked exception through, and nobody interrupts here.
final class Acting {
    private Acting() {}

    static void act(Proc body) {
        try {
            body.run();
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Exception unexpected) {
            throw new AssertionError(unexpected);
        }
    }
}
