package dev.parley.jmh;

import java.util.List;
import java.util.Optional;

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

    /// Asks the one that can be asked: each question is for one kind of them.
    static Contender either(Contender... all) {
        return new Contender() {
            private Optional<Contender> who(Question question) {
                return List.of(all).stream().filter(contender -> contender.does(question)).findFirst();
            }

            @Override public boolean does(Question question) { return who(question).isPresent(); }

            @Override public long answer(Question question, int n) throws Exception {
                return who(question).orElseThrow().answer(question, n);
            }

            @Override public void close() {
                for (var contender : all) contender.close();
            }
        };
    }
}
