package dev.parley.jmh;

import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The JDK's executors at [Farm]: as many platform threads as workers, or a virtual thread for each task, of which as many run at a time as there are carriers. Results come in the order in which tasks are done, by the JDK's
/// own means for that.
@SuppressWarnings("FutureReturnValueIgnored") // the same future comes when it is done
final class Pool implements Contender {
    private final ExecutorService executor;

    private Pool(ExecutorService executor) {
        this.executor = executor;
    }

    static Pool ofThreads() { return new Pool(Executors.newFixedThreadPool(Farm.WORKERS)); }

    static Pool ofVirtualThreads() { return new Pool(Executors.newVirtualThreadPerTaskExecutor()); }

    @Override public boolean does(Question question) { return question instanceof Farm; }

    @Override public long answer(Question question, int n) throws Exception {
        var done = new ExecutorCompletionService<Integer>(executor);
        long got = 0;
        for (int i = 0; i < n; i++) {
            if (i >= Farm.OUTSTANDING) got += done.take().get();
            Integer task = Question.element(i);
            done.submit(() -> task);
        }
        for (int i = Math.min(n, Farm.OUTSTANDING); i > 0; i--) got += done.take().get();
        return got;
    }

    @Override public void close() { executor.close(); }
}
