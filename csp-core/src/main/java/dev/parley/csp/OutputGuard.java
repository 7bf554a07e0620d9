package dev.parley.csp;

import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/// Send an element, then do something.
final class OutputGuard<T> extends Guard {
    final LocalChannel<T> channel;
    final T value;
    final Proc sent;

    OutputGuard(LocalChannel<T> channel, T value, Proc sent, @Nullable BooleanSupplier condition) {
        super(condition);
        this.channel = channel;
        this.value = value;
        this.sent = sent;
    }

    @Override Guard with(BooleanSupplier condition) {
        return new OutputGuard<>(channel, value, sent, condition);
    }

    @Override public String toString() {
        return channel.name() + "!";
    }
}
