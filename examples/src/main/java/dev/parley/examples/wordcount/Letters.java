package dev.parley.examples.wordcount;

/// What a word is made of: the ASCII letters, whatever the encoding around them.
final class Letters {
    private static final byte[] LOWER = new byte[256];

    static {
        for (char c = 'a'; c <= 'z'; c++) LOWER[c] = LOWER[Character.toUpperCase(c)] = (byte) c;
    }

    private Letters() {}

    /// The lower-case letter that `b` stands for, or 0 if it is no letter.
    static byte lower(byte b) {
        return LOWER[b & 0xff];
    }
}
