/// What the JVMs of [dev.parley.examples.SurvivingSieve] say to each other, and the program of its workers.
@org.jspecify.annotations.NullMarked
package dev.parley.examples.survivingsieve;
