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

    /// Hands `chunks` on to worker `number`, as `node` finds it.
    ///
    /// @param counts an end of the channel of the results, which keeps that open until the worker has an end of its own
    public Relay(int number, Node node, Receiver<byte[]> chunks, Sender<byte[]> counts) {
        this.number = number;
        this.node = node;
        this.chunks = chunks;
        this.counts = counts;
    }

    @Override public String name() {
        return "relay " + number;
    }

    @Override public void run() throws Exception {
        Sender<byte[]> work;
        try (counts) {
            work = node.sender("work-" + number, byte[].class);
        }
        try (work) {
            for (var chunk : chunks) work.send(chunk);
        }
    }
}
