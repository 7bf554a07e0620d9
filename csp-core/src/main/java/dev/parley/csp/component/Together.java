package dev.parley.csp.component;

import dev.parley.csp.ChannelException;
import dev.parley.csp.Closed;
import dev.parley.csp.Received;
import dev.parley.csp.Receiver;
import dev.parley.csp.Reception;
import dev.parley.csp.Sender;
import dev.parley.loop.Tasks;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// One communication on each of several channels, all offered at once, so that the partners may come in any order. This is the `PAR` of
/// occam around single inputs and outputs, without a process for each.
final class Together {
    private Together() {}

    /// Receives one element from each of `ins`.
    ///
    /// @return the elements in the order of `ins`; null as soon as the end of one is seen, and what others gave is dropped
    static <T> @Nullable List<T> receive(List<? extends Receiver<? extends T>> ins) throws InterruptedException {
        var pending = new ArrayList<CompletableFuture<? extends Reception<? extends T>>>(ins.size());
        try {
            for (var in : ins) pending.add(in.receiveAsync());
            var elements = new ArrayList<T>(ins.size());
            for (var reception : pending) {
                switch (await(reception)) {
                    case Received<? extends T>(var element) -> elements.add(element);
                    case Closed<? extends T>() -> {
                        return null;
                    }
                }
            }
            return elements;
        } finally {
            withdraw(pending);
        }
    }

    /// Sends `element` into each of `outs`.
    static <T> void send(List<? extends Sender<? super T>> outs, T element) throws InterruptedException {
        var pending = new ArrayList<CompletableFuture<Void>>(outs.size());
        try {
            for (var out : outs) pending.add(out.sendAsync(element));
            for (var sent : pending) await(sent);
        } finally {
            withdraw(pending);
        }
    }

    /// Sends the k-th of `elements` into the k-th of `outs`.
    static <T> void sendEach(List<? extends Sender<? super T>> outs, List<? extends T> elements)
            throws InterruptedException {
        var pending = new ArrayList<CompletableFuture<Void>>(outs.size());
        try {
            for (int i = 0; i < outs.size(); i++) pending.add(outs.get(i).sendAsync(elements.get(i)));
            for (var sent : pending) await(sent);
        } finally {
            withdraw(pending);
        }
    }

    private static <R> R await(CompletableFuture<R> operation) throws InterruptedException {
        try {
            return operation.isDone() ? operation.join() : Tasks.await(operation);
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof ChannelException end) throw end;
            throw failed;
        }
    }

    /// Takes back what has not happened; without effect on what has.
    private static void withdraw(List<? extends CompletableFuture<?>> pending) {
        for (var operation : pending) operation.cancel(false);
    }
}
