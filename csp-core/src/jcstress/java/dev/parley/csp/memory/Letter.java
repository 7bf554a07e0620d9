package dev.parley.csp.memory;

/// What is handed over: its fields are plain and not final, so that only the order of the channel makes them visible.
final class Letter {
    /// What [#read] answers of a letter that is seen as it was written.
    static final int WHOLE = 4;

    private int a, b, c, d;

    static Letter written() {
        var letter = new Letter();
        letter.a = 1;
        letter.b = 1;
        letter.c = 1;
        letter.d = 1;
        return letter;
    }

    int read() {
        return a + b + c + d;
    }

    /// A failure that carries a letter in a plain field.
    static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1;
        private transient Letter letter;

        static Failure written() {
            var failure = new Failure();
            failure.letter = Letter.written();
            return failure;
        }

        private Failure() {
            super("a failure with a letter", null, false, false);
        }

        int read() {
            return letter.read();
        }
    }
}
