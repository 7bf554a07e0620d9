package dev.parley.net;

import dev.parley.net.protocol.Id;
import dev.parley.net.protocol.Identity;
import java.net.InetSocketAddress;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What travels instead of an end: which channel of which life of which node, and where that node is to be found by one who is not linked with it.
///
/// @param receives whether it is a receiving end, else a sending one
/// @param home the node where the channel is at home
/// @param location its name there, and the address of that node if it has one
record Reference(boolean receives, Identity home, Location location) {
    private static final Pattern FORM = Pattern.compile("([sr]) ([0-9a-f]{32}) ([0-9a-f]{16}) (\\S{1,80}) (.+)",
            Pattern.DOTALL);

    @Override public String toString() {
        var at = location.at();
        return "%s %016x%016x %016x %s %s".formatted(receives ? "r" : "s", home.node().high(), home.node().low(),
                home.epoch(), at == null ? "-" : Address.show(at), location.name());
    }

    /// Reads what [#toString] wrote. It may come from a hostile peer: no host is looked up, an address is a number.
    static Reference of(String text) {
        var parts = FORM.matcher(text);
        if (!parts.matches()) throw new IllegalArgumentException("no end of a channel is written like this: " + text);
        var node = new Id(Long.parseUnsignedLong(parts.group(2), 0, 16, 16),
                Long.parseUnsignedLong(parts.group(2), 16, 32, 16));
        return new Reference(parts.group(1).equals("r"), new Identity(node, Long.parseUnsignedLong(parts.group(3), 16)),
                new Location(address(parts.group(4)), Location.checked(parts.group(5))));
    }

    private static @Nullable InetSocketAddress address(String text) {
        return text.equals("-") ? null : Address.ofNumbers(text);
    }
}
