package dev.parley.csp;

import java.util.List;

/// The processes of a confined Par ([Par#confined]) wait, and nothing can wake them any more. The message names each process, the channel and
/// operation at which it waits and the line of the program, and a cycle of processes that wait for each other, if one is known.
public final class DeadlockException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Network network;

    DeadlockException(Network network, List<String> cycle) {
        super(message(network, cycle));
        this.network = network;
    }

    private static String message(Network network, List<String> cycle) {
        long waiting = network.processes().stream().filter(process -> process.state() == Network.State.WAITING).count();
        long ended = network.processes().size() - waiting;
        var who = waiting == 1
                ? "the " + (ended > 0 ? "last" : "only") + " process of Par \"" + network.name()
                        + "\" waits, and nothing can wake it"
                : "the " + (ended > 0 ? "last " : "") + waiting + " processes of Par \"" + network.name()
                        + "\" wait for each other, and nothing else can wake them";
        return who + "\n" + network.waits() + (cycle.isEmpty() ? "" : "\n  cycle: " + String.join(" -> ", cycle));
    }

    /// All processes, as they were when it was noticed.
    public Network network() {
        return network;
    }
}
