package dev.parley.net;

import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.ProtocolError;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How this node finds names through a directory, if it was told of one: the other side of [Directory].
///
/// **Idea.** The directory is a node like others, to which this one keeps a link, anew whenever that is over. It hears at which address this node listens, and which names are waited for here; it tells where these are. This node then
/// connects there, and the rest is as with every linked node: the name is found as soon as that says that it publishes it.
///
/// - D3 while there is a link to the directory, it has been told to seek exactly the names that are waited for
/// - D4 an address is connected to as long as a name is waited for that the directory has last told to be there
///
/// Confined to the loop.
final class Finding {
    private static final Duration PAUSE = Duration.ofMillis(100), HOME_PAUSE = Duration.ofSeconds(1);

    private final Names names;
    private final Setup setup;
    private final Map<String, Integer> sought = new LinkedHashMap<>(); // how many wait for each
    private final Map<String, InetSocketAddress> told = new LinkedHashMap<>();
    private @Nullable InetSocketAddress directory;
    private @Nullable Link link;

    Finding(Names names, Setup setup) {
        this.names = names;
        this.setup = setup;
    }

    boolean isThere() {
        return directory != null;
    }

    void begin(InetSocketAddress directory) {
        this.directory = directory;
        names.dialIfNone(directory);
    }

    void end() {
        directory = null;
        told.clear();
    }

    /// One more waits for `name`.
    void want(String name) {
        if (directory == null || sought.merge(name, 1, Integer::sum) > 1) return;
        if (link != null) link.out.say(new Frame.Seek(name));
    }

    /// One less does.
    void unwant(String name) {
        if (!sought.containsKey(name) || sought.merge(name, -1, Integer::sum) > 0) return;
        sought.remove(name);
        if (link != null) link.out.say(new Frame.Unseek(name));
        forget(name);
    }

    private void forget(String name) {
        var at = told.remove(name);
        if (at != null) names.stopIfUnwanted(at);
    }

    /// Whether the address is to be connected to (D4).
    boolean needs(InetSocketAddress address) {
        return address.equals(directory) || told.containsValue(address);
    }

    /// There is a link to the node at that address.
    void reached(InetSocketAddress address, @Nullable Link there) {
        if (!address.equals(directory) || there == null || there == link) return;
        link = there;
        var listening = names.listening();
        if (listening != null) there.out.say(new Frame.Listening(Address.show(listening)));
        for (var name : sought.keySet()) there.out.say(new Frame.Seek(name));
    }

    /// The link to the node at that address is over.
    void gone(Link over, InetSocketAddress address) {
        if (over == link) {
            link = null;
            for (var name : List.copyOf(told.keySet())) forget(name);
        }
        if (needs(address)) setup.loop().after(address.equals(directory) ? PAUSE : HOME_PAUSE, () -> {
            if (needs(address)) names.dialIfNone(address);
        });
    }

    /// The node at that address will not have this one.
    void refused(InetSocketAddress address, IOException why) {
        boolean all = address.equals(directory);
        for (var name : List.copyOf(all ? sought.keySet() : told.keySet()))
            if (all || address.equals(told.get(name)))
                names.fail(name, want -> new IllegalStateException(
                        "cannot " + want.purpose() + " " + want.location() + (all ? ", for the directory: " : ": ")
                                + why.getMessage() + "; all nodes of a directory need the same kind of Security",
                        why));
    }

    /// The directory has told where a name is.
    void found(Link from, String name, List<InetSocketAddress> homes) {
        if (from != link) throw new ProtocolError("it told where \"" + name + "\" is, though it was not asked");
        if (!sought.containsKey(name)) return; // UNSEEK met this on the way
        forget(name);
        if (homes.size() > 1)
            names.fail(name,
                    want -> new IllegalStateException("more than one node publishes a " + want.kind() + " \"" + name
                            + "\", as the directory says: "
                            + String.join(", ", homes.stream().map(Address::show).toList())
                            + "; give each its own name, or ask for it as host:port/" + name));
        else
            if (!homes.isEmpty() && isAllowed(homes.getFirst())) {
                told.put(name, homes.getFirst());
                names.dialIfNone(homes.getFirst());
            }
    }

    /// A directory may send this node only where its security goes.
    private boolean isAllowed(InetSocketAddress home) {
        try {
            setup.security().requireFor(home);
            return true;
        } catch (IllegalArgumentException tooFar) {
            return false;
        }
    }

    /// Why there is no link to the directory, as far as is known.
    @Nullable String failure() {
        return directory == null || link != null ? null : names.failureAt(directory);
    }
}
