package dev.parley.net;

import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.ReceiverFailed;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// What a home's receivers and a channel's terms mean for senders elsewhere: extended rendezvous and graded poison.
@Timeout(60) class RemoteTermsTest {
    @Test void anExtendedReceiverHoldsARemoteSender() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().receiver("c", Integer.class);
            var sender = nodes.away().sender("c", Integer.class);
            var sending = sender.sendAsync(1);
            try (var held = channel.receiveExtended()) {
                assertEquals(1, held.value());
                assertFalse(sender.trySend(2)); // a round trip later
                assertFalse(sending.isDone());
                assertFalse(sending.cancel(true)); // too late
            }
            sending.join();
        }
    }

    @Test void anExtendedReceiversFailureReachesTheRemoteSender() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().receiver("c", Integer.class);
            var sender = nodes.away().sender("c", Integer.class);
            var sending = Side.run(() -> sender.send(1));
            assertThrows(IllegalStateException.class, () -> channel.receiveExtended(element -> {
                throw new IllegalStateException("the disk is full");
            }));
            var failed = assertThrows(ReceiverFailed.class, sending::result);
            assertTrue(failed.getMessage().contains("the disk is full"), failed.getMessage());
            var later = sender.sendAsync(2);
            assertThrows(IllegalStateException.class, () -> channel.receiveExtended(element -> {
                throw new IllegalStateException("still full");
            }));
            assertInstanceOf(ReceiverFailed.class, assertThrows(CompletionException.class, later::join).getCause());
            var last = sender.sendAsync(3); // the channel goes on
            assertEquals(3, channel.receive());
            last.join();
        }
    }

    @Test void theStrengthOfAPoisonTravels() throws Exception {
        try (var nodes = Pair.open(Pair.AT_ONCE)) {
            var channel = nodes.home().receiver("c", Integer.class).immuneTo(2);
            var sender = nodes.away().sender("c", Integer.class);
            assertFalse(sender.poison(2, new Exception("weak")));
            var sending = sender.sendAsync(1);
            assertEquals(1, channel.receive());
            sending.join();
            assertThrows(IllegalArgumentException.class, () -> sender.poison(0, new Exception("none")));
            assertTrue(sender.poison(3, new Exception("strong")));
            assertEquals(3, assertThrows(ChannelPoisoned.class, channel::receive).strength());
            assertEquals(3, assertThrows(ChannelPoisoned.class, () -> sender.send(2)).strength());
        }
    }

    @Test void noChannelIsImmuneToTheLossOfALink() throws Exception {
        try (var home = Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.AT_ONCE)) {
            var channel = home.receiver("c", Integer.class).immuneTo(1000);
            var relay = new Relay(home.port(), 1);
            try (var away = Opening.connect("127.0.0.1:" + relay.port(), Pair.SECRET, Pair.AT_ONCE)) {
                away.sender("c", Integer.class);
                relay.cut();
                assertInstanceOf(LinkLost.class, assertThrows(ChannelPoisoned.class, channel::receive).getCause());
            }
        }
    }
}
