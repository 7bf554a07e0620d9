package dev.parley.jmh;

import java.io.IOException;

/// A contender at questions over the network: two halves, each in a JVM of its own and kept for the whole run. The near half sends; the far half receives, and has the
/// checksum.
interface Halves {
    /// One of them.
    interface Half extends AutoCloseable {
        /// Does its share of a work of size `n`.
        ///
        /// @return the checksum, if this is the far half
        long work(int n) throws Exception;

        @Override void close() throws IOException;
    }

    /// The one that is there first.
    interface Far extends Half {
        /// Where the near half finds it on this machine.
        int port();
    }

    boolean does(Remote question);

    Far far(Remote question) throws Exception;

    Half near(Remote question, int port) throws Exception;
}
