/// The processes of [dev.parley.examples.WordCount] and what they are made of.
@org.jspecify.annotations.NullMarked
package dev.parley.examples.wordcount;
