package dev.parley.csp.testing;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/// What can be done with a channel. A provider names what its channels can do, and the suite then does that.
///
/// - SEND: waits until the element is taken or stored
/// - SEND_IN_TIME: gives up after a time
/// - TRY_SEND: never waits
/// - SEND_ALL: several elements, one after the other
/// - SEND_ASYNC: without a thread that waits
/// - CANCEL_SEND: takes an asynchronous send back
/// - RECEIVE: waits for an element; the end is an exception
/// - RECEIVE_OR_CLOSED: waits for an element; the end is a value
/// - RECEIVE_IN_TIME: gives up after a time
/// - TRY_RECEIVE: never waits
/// - RECEIVE_BATCH: waits for the first element, then takes what else is there
/// - DRAIN_TO: takes what is there
/// - ITERATE: a few elements by an iterator
/// - RECEIVE_ASYNC: without a thread that waits
/// - CANCEL_RECEIVE: takes an asynchronous receive back
/// - RECEIVE_EXTENDED: acts on the element, or fails to, while its sender waits
/// - CLOSE: the orderly end
/// - TRY_CLOSE: the orderly end, telling whether this call was first
/// - POISON: the end as a failure
/// - RETIRE: nothing more will be received
/// - COUNTED_END: sends, receives and endings through counted ends
/// - SELECT_INPUT: a fair choice with an input guard here
/// - SELECT_OUTPUT: a fair choice with an output guard here
/// - PRI_SELECT_INPUT: a choice by priority with an input guard here
/// - PRI_SELECT_OUTPUT: a choice by priority with an output guard here
/// - RANDOM_SELECT_INPUT: a random choice with an input guard here
/// - RANDOM_SELECT_OUTPUT: a random choice with an output guard here
/// - SEVERAL_GUARDS: a choice with several guards here
/// - EXTENDED_INPUT: in a choice, an input guard here whose sender waits while its element is handled
/// - MADE_OUTPUT: in a choice, an output guard here that makes its element when it is chosen
/// - OTHERWISE: a choice, with a guard here, that does not wait
/// - AFTER: a choice, with a guard here, that gives up after a time
/// - INTERRUPTION: not for a provider to promise but for the table: an operation here was interrupted, and had no effect
public enum Verb {
    SEND, SEND_IN_TIME, TRY_SEND, SEND_ALL, SEND_ASYNC, CANCEL_SEND, RECEIVE, RECEIVE_OR_CLOSED, RECEIVE_IN_TIME, TRY_RECEIVE, RECEIVE_BATCH, DRAIN_TO, ITERATE, RECEIVE_ASYNC, CANCEL_RECEIVE, RECEIVE_EXTENDED, CLOSE, TRY_CLOSE, POISON, RETIRE, COUNTED_END, SELECT_INPUT, SELECT_OUTPUT, PRI_SELECT_INPUT, PRI_SELECT_OUTPUT, RANDOM_SELECT_INPUT, RANDOM_SELECT_OUTPUT, SEVERAL_GUARDS, EXTENDED_INPUT, MADE_OUTPUT, OTHERWISE, AFTER, INTERRUPTION;

    /// All of them.
    public static final Set<Verb> ALL = Set.copyOf(EnumSet.allOf(Verb.class));

    @Override public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
