package dev.parley.net;

import dev.parley.net.protocol.Frame;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where a channel is to be found: under its name at any linked node, or, as `host:port/name`, at the node that listens there.
///
/// @param at that node's address, if it was given
record Location(@Nullable InetSocketAddress at, String name) {
    private static final Pattern ADDRESSED = Pattern.compile("(\\[[^\\]/]+\\]|[^:/\\[\\]]+):[0-9]+/.*", Pattern.DOTALL);

    /// Reads `name` or `host:port/name`. Looks the host up, so it may take its time.
    static Location of(String text) {
        if (!isAddressed(text)) return new Location(null, checked(text));
        int slash = text.indexOf('/', text.indexOf(']') + 1);
        var name = checked(text.substring(slash + 1));
        try {
            return new Location(Address.parse(text.substring(0, slash)), name);
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException("cannot look for Channel \"" + text + "\": " + unknown.getMessage()
                    + "; a name that begins with host:port/ says at which node to look", unknown);
        }
    }

    /// Whether `name` says at which node to look for it.
    private static boolean isAddressed(String name) {
        return ADDRESSED.matcher(name).matches();
    }

    /// A name to publish, which must be neither empty nor long nor say where it is.
    static void requireName(String name) {
        checked(name);
        if (isAddressed(name))
            throw new IllegalArgumentException(
                    "a published name must not have the form host:port/name, which says where to look for it, but was \""
                            + name + "\"; publish it as \"" + name.substring(name.indexOf('/') + 1) + "\"");
    }

    static String checked(String name) {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length < 1 || length > Frame.NAME)
            throw new IllegalArgumentException("a published name must have 1 to " + Frame.NAME
                    + " bytes in UTF-8, but \"" + name + "\" has " + length);
        return name;
    }

    @Override public String toString() {
        return "\"" + name + "\"" + (at == null ? "" : " at " + Address.show(at));
    }
}
