package dev.parley.examples.wordcount;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// Why there is no answer: one line that names the thing, the rule and the way out, and the exit code of the program.
public final class Failure extends Exception {
    private static final long serialVersionUID = 1;

    /// The program was asked for something it does not do.
    public static final int USAGE = 2;
    /// The program could not do what it was asked for.
    public static final int FAILED = 1;

    private final int exitCode;

    private Failure(int exitCode, String message, @org.jspecify.annotations.Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /// The user can put it right by other options.
    public static Failure usage(String message) {
        return new Failure(USAGE, message, null);
    }

    /// Something went wrong on the way.
    public static Failure failed(String message) {
        return new Failure(FAILED, message, null);
    }

    /// Something went wrong on the way, because of `cause`.
    public static Failure failed(String message, Throwable cause) {
        return new Failure(FAILED, message, cause);
    }

    /// `what` could not be read.
    static Failure unreadable(String what, IOException cause) {
        return failed("cannot read " + what + ": " + reason(cause)
                + "; every file of the input must be readable, so make it so or leave it out", cause);
    }

    /// What the operating system said, in words.
    static String reason(IOException cause) {
        return switch (cause) {
            case NoSuchFileException _ -> "it is not there any more";
            case AccessDeniedException _ -> "permission denied";
            case FileSystemException told when told.getReason() != null -> told.getReason();
            default -> cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        };
    }

    /// The exit code of a program that ends by this.
    public int exitCode() {
        return exitCode;
    }

    /// The message as one line, whatever the names in it are made of.
    public String line() {
        return oneLine(String.valueOf(getMessage()));
    }

    /// `text` with a question mark for each control character.
    public static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
