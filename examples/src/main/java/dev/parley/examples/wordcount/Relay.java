package dev.parley.examples.wordcount;

import dev.parley.csp.Proc;
import dev.parley.csp.Receiver;
import dev.parley.csp.Sender;
import dev.parley.net.Node;

/// The process that hands chunks on to one worker. Since a send returns only when the worker has taken the chunk, each relay takes as many as
/// its worker can count: that balances the load.
public final class Relay implements Proc {
    private final int number;
    private final Node node;
    private final Receiver<byte[]> chunks;
    private final Sender<byte[]> counts;
    private final Sender<?> linked;

    /// Hands `chunks` on to worker `number`, as `node` finds it.
    ///
    /// @param counts an end of the channel of the results, which keeps that open until the worker has an end of its own
    /// @param linked closed when the channels to the worker are connected
    public Relay(int number, Node node, Receiver<byte[]> chunks, Sender<byte[]> counts, Sender<?> linked) {
        this.number = number;
        this.node = node;
        this.chunks = chunks;
        this.counts = counts;
        this.linked = linked;
    }

    @Override public String name() {
        return "relay " + number;
    }

    @Override public void run() throws Exception {
        try (var work = connected()) {
            for (var chunk : chunks) work.send(chunk);
        }
    }

    private Sender<byte[]> connected() throws InterruptedException {
        try (counts; linked) {
            return node.sender("work-" + number, byte[].class);
        }
    }
}
