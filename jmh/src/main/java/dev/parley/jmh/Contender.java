package dev.parley.jmh;

/// Who answers questions: a [Peer], or one whose processes are not threads and who therefore brings its own form of each work.
public interface Contender extends AutoCloseable {
    boolean does(Question question);

    /// Does the work of `question` in size `n`.
    ///
    /// @return its checksum
    long answer(Question question, int n) throws Exception;

    @Override default void close() {}

    /// Asks `peer` the common form.
    static Contender of(Peer peer) {
        return new Contender() {
            @Override public boolean does(Question question) { return peer.does(question); }

            @Override public long answer(Question question, int n) throws Exception {
                return question instanceof Callbacks
                        ? question.by(peer, n) // from outside of the loop
                        : peer.inside(() -> question.by(peer, n));
            }

            @Override public void close() { peer.close(); }
        };
    }

    /// Asks `two` what is about two JVMs, and `one` all else.
    static Contender either(Contender one, Contender two) {
        return new Contender() {
            private Contender of(Question question) { return question instanceof Remote ? two : one; }

            @Override public boolean does(Question question) { return of(question).does(question); }

            @Override public long answer(Question question, int n) throws Exception {
                return of(question).answer(question, n);
            }

            @Override public void close() {
                one.close();
                two.close();
            }
        };
    }
}
