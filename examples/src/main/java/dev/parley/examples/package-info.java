/// Programs that a newcomer runs and reads.
@org.jspecify.annotations.NullMarked
package dev.parley.examples;
