package dev.parley.loop.internal;

import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TimerHeapTest {
    private static final class Noted extends TimerHeap.Entry {
        final int number;

        Noted(int number) {
            this.number = number;
        }

        @Override public void fire() {}
    }

    @Test void comesOutByTimeThenByOrderOfAddingWhateverIsRemovedMeanwhile() {
        for (int seed = 0; seed < 200; seed++) {
            var random = new Random(seed);
            var heap = new TimerHeap();
            var model = new ArrayList<Noted>();
            long origin = random.nextBoolean() ? Long.MAX_VALUE - 50 : 0; // the clock may overflow
            for (int i = 0; i < 300; i++) {
                if (model.isEmpty() || random.nextInt(3) > 0) {
                    var entry = new Noted(i);
                    heap.add(entry, origin + random.nextInt(100));
                    model.add(entry);
                } else {
                    var gone = model.remove(random.nextInt(model.size()));
                    assertTrue(heap.remove(gone));
                    assertFalse(heap.remove(gone));
                }
                assertEquals(model.size(), heap.size());
            }
            model.sort((a, b) -> {
                int byTime = Long.signum(a.deadline() - b.deadline());
                return byTime != 0 ? byTime : Integer.compare(a.number, b.number);
            });
            for (Noted expected : model) {
                assertEquals(expected.deadline(), heap.earliest());
                assertEquals(null, heap.pollDue(expected.deadline() - 1));
                assertSame(expected, heap.pollDue(expected.deadline()), "seed " + seed);
            }
            assertTrue(heap.isEmpty());
        }
    }

    @Test void anEntryIsAddedOnce() {
        var heap = new TimerHeap();
        var entry = new Noted(0);
        heap.add(entry, 1);
        assertThrows(IllegalStateException.class, () -> heap.add(entry, 2));
        heap.clear();
        heap.add(entry, 3);
        assertEquals(3, heap.earliest());
    }
}
