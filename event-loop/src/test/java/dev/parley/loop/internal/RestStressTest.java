package dev.parley.loop.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertNull;

/// The one moment in which work could be lost: something comes to rest while somebody brings it work. Two threads meet there
/// again and again, as close together as spinning can bring them, so that also what a processor reorders is seen.
@Timeout(120) class RestStressTest {
    private static final VarHandle WORK;

    static {
        try {
            WORK = MethodHandles.lookup().findVarHandle(RestStressTest.class, "work", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /// Brought with a release store, as the inbox of a carrier does it, and looked at without any order.
    @SuppressWarnings("unused") // through WORK
    private int work;

    private volatile int bringerAt;
    private volatile int ownerAt;
    private volatile int told; // what the call of a round said

    @Test void nothingIsLost() throws InterruptedException {
        meet(300_000, 2_000);
    }

    @Tag("slow")
    @Test void nothingIsLostForLonger() throws InterruptedException {
        meet(30_000_000, 60_000);
    }

    /// So many rounds, or so long. In each the owner lies down while the other brings one piece of work and calls.
    private void meet(int rounds, long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        var rest = new Rest(Rest.ASLEEP);
        rest.wake();
        var wrong = new AtomicReference<String>();
        var bringer = Thread.ofPlatform().daemon().start(() -> {
            for (int round = 1; round <= rounds && wrong.get() == null; round++) {
                awaitOwner(round, wrong);
                for (int pause = round % 8; pause > 0; pause--) Thread.onSpinWait();
                WORK.setRelease(this, round);
                told = rest.call();
                bringerAt = round;
            }
        });
        for (int round = 1; round <= rounds && wrong.get() == null; round++) {
            int brought = round;
            boolean last = round % 1024 == 0 && System.nanoTime() - end > 0;
            ownerAt = round;
            for (int pause = round / 8 % 8; pause > 0; pause--) Thread.onSpinWait();
            int how = round % 2 == 0 ? Rest.ASLEEP : Rest.ENDED;
            var outcome = rest.lieDown(how, () -> (int) WORK.getOpaque(this) == brought);
            while (bringerAt != round) Thread.onSpinWait();
            switch (outcome) {
                case RESTS -> {
                    if (told != how)
                        wrong.compareAndSet(null, "round " + round + ": the owner rests, but the call said " + told);
                    if (!rest.awake()) wrong.compareAndSet(null, "round " + round + ": called, and at rest");
                }
                case WORKS -> {
                    if (told != Rest.AWAKE && told != how)
                        wrong.compareAndSet(null, "round " + round + ": the call said " + told);
                    if (told == how)
                        wrong.compareAndSet(null, "round " + round + ": two think that they are the owner");
                }
                case CALLED -> {
                    if (told != how) wrong.compareAndSet(null, "round " + round + ": neither took it up");
                }
            }
            if (last) wrong.compareAndSet(null, "");
        }
        if ("".equals(wrong.get())) wrong.set(null);
        else assertNull(wrong.get());
        ownerAt = Integer.MAX_VALUE;
        bringer.join();
    }

    private void awaitOwner(int round, AtomicReference<String> wrong) {
        while (ownerAt < round && wrong.get() == null) Thread.onSpinWait();
    }
}
