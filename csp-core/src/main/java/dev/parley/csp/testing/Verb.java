package dev.parley.csp.testing;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/// What can be done with a channel. A provider names what its channels can do, and the suite then does that.
public enum Verb {
    /// Waits until the element is taken or stored.
    SEND,
    /// Gives up after a time.
    SEND_IN_TIME,
    /// Never waits.
    TRY_SEND,
    /// Several elements, one after the other.
    SEND_ALL,
    /// Without a thread that waits.
    SEND_ASYNC,
    /// Takes an asynchronous send back.
    CANCEL_SEND,
    /// Waits for an element; the end is an exception.
    RECEIVE,
    /// Waits for an element; the end is a value.
    RECEIVE_OR_CLOSED,
    /// Gives up after a time.
    RECEIVE_IN_TIME,
    /// Never waits.
    TRY_RECEIVE,
    /// Waits for the first element, then takes what else is there.
    RECEIVE_BATCH,
    /// Takes what is there.
    DRAIN_TO,
    /// A few elements by an iterator.
    ITERATE,
    /// Without a thread that waits.
    RECEIVE_ASYNC,
    /// Takes an asynchronous receive back.
    CANCEL_RECEIVE,
    /// Acts on the element, or fails to, while its sender waits.
    RECEIVE_EXTENDED,
    /// The orderly end.
    CLOSE,
    /// The orderly end, telling whether this call was first.
    TRY_CLOSE,
    /// The end as a failure.
    POISON,
    /// Nothing more will be received.
    RETIRE,
    /// Sends, receives and endings through counted ends.
    COUNTED_END,
    /// A fair choice with an input guard here.
    SELECT_INPUT,
    /// A fair choice with an output guard here.
    SELECT_OUTPUT,
    /// A choice by priority with an input guard here.
    PRI_SELECT_INPUT,
    /// A choice by priority with an output guard here.
    PRI_SELECT_OUTPUT,
    /// A random choice with an input guard here.
    RANDOM_SELECT_INPUT,
    /// A random choice with an output guard here.
    RANDOM_SELECT_OUTPUT,
    /// In a choice, an input guard here whose sender waits while its element is handled.
    EXTENDED_INPUT,
    /// In a choice, an output guard here that makes its element when it is chosen.
    MADE_OUTPUT,
    /// A choice, with a guard here, that does not wait.
    OTHERWISE,
    /// A choice, with a guard here, that gives up after a time.
    AFTER,
    /// Not for a provider to promise but for the table: an operation here was interrupted, and had no effect.
    INTERRUPTION;

    /// All of them.
    public static final Set<Verb> ALL = Set.copyOf(EnumSet.allOf(Verb.class));

    @Override public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
