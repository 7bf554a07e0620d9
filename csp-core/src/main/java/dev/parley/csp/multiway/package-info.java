/// Communication of more than two: [dev.parley.csp.multiway.Broadcast] and [dev.parley.csp.multiway.Multiplexer] between one and many,
/// [dev.parley.csp.multiway.CallChannel] between clients and a server, [dev.parley.csp.multiway.Bucket] and
/// [dev.parley.csp.multiway.CrewLock] to wait for each other.
package dev.parley.csp.multiway;
