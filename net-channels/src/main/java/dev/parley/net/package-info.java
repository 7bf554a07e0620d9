/// Channels between nodes: [dev.parley.net.Node] publishes and connects them, [dev.parley.net.Codec] says how elements travel.
package dev.parley.net;
