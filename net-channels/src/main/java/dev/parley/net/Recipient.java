package dev.parley.net;

/// Who is told a word, or why there is none; once.
///
/// @param <R> the word
interface Recipient<R> {
    void give(R word);

    void fail(Throwable failure);
}
