package dev.parley.loop.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

class JdkInternalsTest {
    @Test void continuationsRunWhereTheSchedulerSays() {
        assertNull(JdkInternals.missing());
        var queue = new ArrayDeque<Runnable>();
        var seen = new ArrayList<String>();
        JdkInternals.virtualThreadsOn(queue::add).name("first").start(() -> seen.add(Thread.currentThread().getName()));
        assertEquals(List.of(), seen);
        queue.remove().run();
        assertEquals(List.of("first"), seen);
    }
}
