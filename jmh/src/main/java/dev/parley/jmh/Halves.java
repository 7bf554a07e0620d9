package dev.parley.jmh;

import java.io.IOException;
import java.util.List;

/// A contender at questions over the network: a near half and one or more far ones, each in a JVM of its own and kept for the whole run. The checksum is the sum of what all return.
interface Halves {
    /// One of them.
    interface Half extends AutoCloseable {
        /// Does its share of a work of size `n`.
        ///
        /// @return its part of the checksum
        long work(int n) throws Exception;

        @Override void close() throws IOException;
    }

    /// One of those that are there first.
    interface Far extends Half {
        /// Where the near half finds it on this machine.
        int port();
    }

    boolean does(Remote question);

    /// Opens a far half.
    ///
    /// @param which of [Remote#fars] it is, from 0
    Far far(Remote question, int which) throws Exception;

    /// Opens the near half.
    ///
    /// @param ports those of the far halves
    Half near(Remote question, List<Integer> ports) throws Exception;
}
