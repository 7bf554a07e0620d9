package dev.parley.csp;

import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/// Receive an element and handle it.
final class InputGuard<T> extends Guard {
    final LocalChannel<T> channel;
    private final Handler<? super T> handler;

    InputGuard(LocalChannel<T> channel, Handler<? super T> handler, @Nullable BooleanSupplier condition) {
        super(condition);
        this.channel = channel;
        this.handler = handler;
    }

    void handle(Object element) throws Exception {
        handler.handle(channel.element(element));
    }

    @Override Guard with(BooleanSupplier condition) {
        return new InputGuard<>(channel, handler, condition);
    }

    @Override public String toString() {
        return channel.name() + "?";
    }
}
