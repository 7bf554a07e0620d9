/// The JVMs that an example starts beside its own.
@org.jspecify.annotations.NullMarked
package dev.parley.examples.jvm;
