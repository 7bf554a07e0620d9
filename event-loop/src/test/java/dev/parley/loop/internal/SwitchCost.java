package dev.parley.loop.internal;

import dev.parley.loop.waiting.Waiting;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Prints what a switch between two threads, a yield and a start cost on each engine. Not a test.
final class SwitchCost {
    private static volatile int turn;

    private SwitchCost() {}

    private record Side(Waiting waiting, Thread thread) {}

    public static void main(String[] args) throws InterruptedException {
        for (int round = 0; round < 4; round++) {
            all(args, "carrier", new CarrierEngine("carrier"));
            all(args, "baton", new BatonEngine("baton"));
            all(args, "jdk", HostedEngine.byTheJdk());
            all(args, "group1", new GroupEngine("group1", 1));
            all(args, "group2", new GroupEngine("group2", 2));
        }
    }

    private static void all(String[] args, String name, Engine engine) throws InterruptedException {
        if (args.length > 0 && !args[0].equals(name)) return;
        int n = name.equals("carrier") ? 2_000_000 : 500_000;
        System.out.printf("%-8s switch %4d ns  yield %4d ns  start+end %4d ns%n", name, pingPong(engine, n),
                yields(engine, n),
                starts(engine, n / 2));
    }

    private static long pingPong(Engine engine, int n) throws InterruptedException {
        turn = 0;
        var done = new CountDownLatch(2);
        var sides = new AtomicReferenceArray<@Nullable Side>(2);
        long begin = System.nanoTime();
        for (int i = 0; i < 2; i++) {
            int me = i;
            engine.start("side" + i, () -> {
                var mine = Waiting.current();
                sides.set(me, new Side(mine, Thread.currentThread()));
                Side partner;
                while ((partner = sides.get(1 - me)) == null) mine.giveWay();
                for (int k = 0; k < n; k++) {
                    while (turn != me) mine.park(done);
                    turn = 1 - me;
                    partner.waiting().unpark(partner.thread());
                }
                done.countDown();
            });
        }
        done.await();
        long time = System.nanoTime() - begin;
        engine.retire();
        return time / (2L * n);
    }

    private static long yields(Engine engine, int n) throws InterruptedException {
        var done = new CountDownLatch(2);
        long begin = System.nanoTime();
        for (int i = 0; i < 2; i++) engine.start(null, () -> {
            for (int k = 0; k < n; k++) Waiting.current().giveWay();
            done.countDown();
        });
        done.await();
        return (System.nanoTime() - begin) / (2L * n);
    }

    private static long starts(Engine engine, int n) throws InterruptedException {
        var done = new CountDownLatch(1);
        long begin = System.nanoTime();
        engine.start(null, () -> {
            var me = Thread.currentThread();
            var waiting = Waiting.current();
            var ended = new boolean[1];
            for (int k = 0; k < n; k++) {
                ended[0] = false;
                engine.start(null, () -> {
                    ended[0] = true;
                    waiting.unpark(me);
                });
                while (!ended[0]) waiting.park(done);
            }
            done.countDown();
        });
        done.await();
        return (System.nanoTime() - begin) / n;
    }
}
