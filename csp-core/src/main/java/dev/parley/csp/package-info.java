/// How processes talk: channels, choice, and the networks built of them.
///
/// A process is a [Proc]; [Par] and [Seq] compose processes into networks; processes share nothing but
/// [Channel]s, to which they hold a [Sender] or a [Receiver]; an [Alt] waits for whichever of several communications can
/// happen first.
package dev.parley.csp;
