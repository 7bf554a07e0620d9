/// The language of nodes, without threads, clocks or sockets: frames as values, and how they stand in a stream of bytes.
package dev.parley.net.protocol;
