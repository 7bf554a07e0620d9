package dev.parley.net;

import dev.parley.net.protocol.Identity;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// What a node was opened with, for whoever makes its links.
///
/// @param self who it is
/// @param directory where it finds names, and makes its own known
record Setup(Ground ground, Loop loop, Identity self, Security security, Limits limits,
        @Nullable InetSocketAddress directory) {}
