package dev.parley.net;

import java.time.Duration;

/// What a node bears from its peers. Each limit is checked before memory is spent on what it limits.
///
/// @param frame bytes of a frame
/// @param largest bytes of an element, and also of all large elements of one link that are here at once
/// @param sessionBytes bytes of offers of one link that are not yet taken
/// @param ends sending ends of one link, and published names heard of over it
/// @param unanswered bytes of answers that the peer has not heard yet, above which it counts as hostile
/// @param strangers connections that have not finished their handshake
/// @param hellosPerSecond connections from one address
/// @param calm WITHDRAW and DETACH frames per second
/// @param hello time for the handshake
/// @param ping time without traffic after which a PING is sent, and the tick of a link
/// @param silentPings ticks without traffic after which the connection counts as lost
/// @param window how long a lost connection may take to come back; zero if it must not come back
/// @param drain how long [Node#close] lets elements of closed ends wait for their receivers
/// @param permissions which peer may do what
record Limits(int frame, int largest, int sessionBytes, int ends, int unanswered, int strangers, int hellosPerSecond,
        int calm,
        Duration hello, Duration ping, int silentPings, Duration window, Duration drain,
        Permissions permissions) {

    /// Most offers that one end may have at a home with a large buffer.
    static final int WINDOW = 1024;
    /// Most ends in one element.
    static final int ENDS_IN_ELEMENT = 64;
    /// Bytes of an element's frame that are not the element, and of a piece's.
    static final int OFFER_HEADER = 32;
    /// Bytes of the largest element, where nothing else is said.
    static final int LARGEST = 4 << 20;

    static Limits of(Node.Config config) {
        int pings = STANDARD.silentPings;
        return new Limits(STANDARD.frame, config.largestElement(), STANDARD.sessionBytes, STANDARD.ends,
                STANDARD.unanswered, STANDARD.strangers,
                STANDARD.hellosPerSecond, STANDARD.calm, STANDARD.hello, config.suspicion().dividedBy(pings), pings,
                config.window(), STANDARD.drain, config.permissions());
    }

    static final Limits STANDARD = new Limits(1 << 20, LARGEST, 4 << 20, 65_536, 16 << 20, 1024, 100, 1000,
            Duration.ofSeconds(5), Duration.ofSeconds(1), 10, Duration.ofSeconds(30), Duration.ofSeconds(5),
            (peer, use, channel) -> true);
}
