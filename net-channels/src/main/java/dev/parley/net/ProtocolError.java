package dev.parley.net;

import org.jspecify.annotations.Nullable;

/// The peer broke a rule of the protocol or went over a limit. Ends that link and nothing else.
final class ProtocolError extends RuntimeException {
    private static final long serialVersionUID = 1;

    ProtocolError(String rule) {
        this(rule, null);
    }

    ProtocolError(String rule, @Nullable Throwable cause) {
        super(rule, cause, false, false);
    }
}
