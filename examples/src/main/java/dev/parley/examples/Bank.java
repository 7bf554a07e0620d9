package dev.parley.examples;

import dev.parley.csp.Alt;
import dev.parley.csp.Channel;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import dev.parley.csp.Seq;
import dev.parley.csp.multiway.CallChannel;
import dev.parley.csp.multiway.CallChannel.CallFailed;
import java.util.Objects;

/// A bank account as a server: clients call it, and it accepts a withdrawal only while there is something in it. Nobody shares anything, so there is
/// no lock; a client that wants money waits for it in the queue of the channel.
public final class Bank {
    private final CallChannel<Integer, Integer> deposit = new CallChannel<>("deposit");
    private final CallChannel<Integer, Integer> withdraw = new CallChannel<>("withdraw");
    private final Channel<Boolean> closing = Channel.rendezvous("closing");
    private int balance;
    private boolean open = true;

    private Bank() {}

    /// Ten savers and ten spenders; then one who asks for too much.
    ///
    /// @throws Exception what a process throws
    public static void main(String[] args) throws Exception {
        new Bank().day();
    }

    private void day() throws Exception {
        Proc customers = new Par(Par.times(10, _ -> () -> { for (int i = 0; i < 10; i++) deposit.call(5); }),
                Par.times(10, _ -> () -> {
                    for (int i = 0; i < 10; i++) withdraw.call(4);
                }));
        Proc greedy = () -> {
            try {
                withdraw.call(1_000_000);
            } catch (CallFailed refused) {
                IO.println(Objects.requireNonNull(refused.getCause()).getMessage());
            }
        };
        new Par("bank", this::serve, new Seq(customers, greedy, () -> closing.send(true))).run();
        IO.println("at the end of the day: " + balance);
    }

    private void serve() throws Exception {
        var calls = Alt.of(
                deposit.accepting(amount -> balance += amount),
                withdraw.accepting(this::pay).when(() -> balance > 0),
                closing.on(_ -> open = false));
        while (open) calls.select();
    }

    private int pay(int amount) {
        if (amount > balance + 100)
            throw new IllegalArgumentException("nobody gets " + amount + " with " + balance + " in the account");
        return balance -= amount;
    }
}
