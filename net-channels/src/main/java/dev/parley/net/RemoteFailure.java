package dev.parley.net;

/// The cause of a poison that came from another node. Its own class stays there: only the text of the failure travels.
final class RemoteFailure extends Exception {
    private static final long serialVersionUID = 1;

    RemoteFailure(String peer, String text) {
        super(text + " (at node " + peer + ")", null, false, false);
    }
}
