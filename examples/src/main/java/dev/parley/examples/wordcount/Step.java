package dev.parley.examples.wordcount;

/// How far the reader got since its last step.
///
/// @param files texts that were read to their end
/// @param bytes what was read
public record Step(long files, long bytes) {}
