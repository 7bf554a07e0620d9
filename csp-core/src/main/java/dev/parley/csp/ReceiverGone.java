package dev.parley.csp;

/// The cause of a poison that no one asked for: the last receiver retired.
final class ReceiverGone extends Exception {
    private static final long serialVersionUID = 1;

    ReceiverGone(String channel) {
        super("the last receiver of Channel \"" + channel + "\" retired", null, false, false);
    }
}
