package dev.parley.net.protocol;

import org.jspecify.annotations.Nullable;

/// The peer broke a rule of the protocol or went over a limit. Ends that link and nothing else.
public final class ProtocolError extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ProtocolError(String rule) {
        this(rule, null);
    }

    public ProtocolError(String rule, @Nullable Throwable cause) {
        super(rule, cause, false, false);
    }
}
