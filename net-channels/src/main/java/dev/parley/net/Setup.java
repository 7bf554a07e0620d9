package dev.parley.net;

import dev.parley.net.protocol.Identity;

/// What a node was opened with, for whoever makes its links.
///
/// @param self who it is
record Setup(Ground ground, Loop loop, Identity self, Security security, Limits limits) {}
