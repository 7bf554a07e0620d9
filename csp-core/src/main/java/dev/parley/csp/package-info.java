/// How processes talk: channels, choice, and the networks built of them.
package dev.parley.csp;
