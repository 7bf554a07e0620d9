package dev.parley.net.protocol;

/// The bytes of a connection are not what the peer wrote: some were changed, lost or repeated on the way. Ends the connection; what it carried
/// is sent again over the next.
public final class LineFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    LineFault(String what) {
        super(what, null, false, false);
    }
}
