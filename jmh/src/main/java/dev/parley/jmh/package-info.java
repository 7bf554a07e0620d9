/// What Parley costs, side by side with its peers.
@org.jspecify.annotations.NullMarked
package dev.parley.jmh;
