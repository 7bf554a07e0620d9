package dev.parley.net;

import dev.parley.csp.ReceiverEnd;
import dev.parley.csp.Sender;
import org.jspecify.annotations.Nullable;

/// An end of this node's in an element that has left.
///
/// **Who counts while an end is under way.** The end that was sent does, where it was, until the node that the element went to has said that the element arrived; and that node says so only when it
/// has an own end, which counts at the home from then on. So an end is counted once or twice, never not at all, and a channel cannot end as complete because its last end was travelling.
///
/// - E1 an end that was sent is either still its sender's, or exactly one of [#arrived] and [#lost] is called
/// - E2 [#arrived] is called only after another end counts at the home in its place
/// - E3 an end made for an element that nobody receives is closed by the node that made it
///
/// E1: nobody else may close it; the process that sent it has it back if the send says that the element was not taken, or that the link was lost and nobody knows: then there may be two
/// in the end, each with one who is to close it. From E1 to E3: each end that counts is owned by one process, or one element.
///
/// @param end the end
/// @param home its channel, if that is at home here
record MobileEnd(Object end, @Nullable Published<?> home) {
    /// The element arrived, and with it another end.
    void arrived() {
        switch (end) {
            case Sender<?> sender -> sender.close();
            case ReceiverEnd<?> receiver -> Published.retire(receiver);
            default -> throw new AssertionError(end);
        }
    }

    /// The element, or the end in it, did not arrive, and nobody has it any more: the channel must not end as if it were complete.
    void lost(LinkLost why) {
        if (end instanceof RemoteSender<?> sender) sender.lose(why);
        else if (home != null && end instanceof Sender) home.lostOnItsWay(why);
        else arrived(); // a lost receiver is one that retired
    }
}
