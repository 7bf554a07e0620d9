package dev.parley.loop.internal;

import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30) class StealableQueueTest {
    private record Item(int number) implements Runnable {
        @Override public void run() {}
    }

    @Test void firstInFirstOutUpToItsSize() {
        var queue = new StealableQueue();
        int n = 0;
        while (queue.offer(new Item(n))) n++;
        assertEquals(256, n);
        for (int i = 0; i < n; i++) assertEquals(new Item(i), queue.poll());
        assertNull(queue.poll());
        assertTrue(queue.isEmpty());
    }

    @Test void aThiefGetsTheOlderHalfInOrder() {
        var victim = new StealableQueue();
        var thief = new StealableQueue();
        for (int i = 0; i < 9; i++) victim.offer(new Item(i));
        assertEquals(new Item(0), victim.stealInto(thief));
        for (int i = 1; i < 5; i++) assertEquals(new Item(i), thief.poll());
        assertNull(thief.poll());
        for (int i = 5; i < 9; i++) assertEquals(new Item(i), victim.poll());
    }

    @Test void clearedSlotsAreForgottenAndUsedAgain() {
        var queue = new StealableQueue();
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 200; i++) assertTrue(queue.offer(new Item(i)));
            for (int i = 0; i < 200; i++) assertEquals(new Item(i), queue.poll());
            queue.clear();
            assertFalse(queue.remembersAnything());
        }
        var last = new Item(7);
        queue.offer(last);
        assertSame(last, queue.poll());
    }

    /// One owner that adds and takes, two thieves: each item comes out once.
    @RepeatedTest(5) void nothingIsLostOrTakenTwice() throws InterruptedException {
        int n = 100_000;
        var taken = new AtomicIntegerArray(n);
        var queue = new StealableQueue();
        var ended = new AtomicBoolean();
        var thieves = new CountDownLatch(2);
        for (int t = 0; t < 2; t++) Thread.ofPlatform().start(() -> {
            var own = new StealableQueue();
            boolean last = false;
            while (true) {
                boolean end = ended.get();
                var item = (Item) queue.stealInto(own);
                for (; item != null; item = (Item) own.poll()) taken.incrementAndGet(item.number);
                if (last) break;
                last = end;
            }
            thieves.countDown();
        });
        var rejected = new ArrayList<Item>();
        for (int i = 0; i < n; i++) {
            if (!queue.offer(new Item(i))) rejected.add(new Item(i));
            if (i % 3 == 0 && queue.poll() instanceof Item own) taken.incrementAndGet(own.number);
        }
        ended.set(true);
        thieves.await();
        while (queue.poll() instanceof Item own) taken.incrementAndGet(own.number);
        for (Item item : rejected) taken.incrementAndGet(item.number);
        for (int i = 0; i < n; i++) assertEquals(1, taken.get(i), "item " + i);
    }
}
