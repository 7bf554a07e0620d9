/// A look into the loops of another JVM, from the command line.
package dev.parley.loop.tool;
