package dev.parley.net;

import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.ProtocolError;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// What this node tells others about names that third nodes publish: those that have said where they listen, and so want to be found by others.
///
/// **Idea.** A link is a registration: it lasts as long as the link does, and counts while there is a connection. So a name is free as soon as the connection of its node breaks, and comes back with it if
/// it was only the connection. Who seeks a name is told where it is, and again whenever that changes, until it seeks no more.
///
/// - D1 each seeker of a name was last told what holds now: at most two addresses, since two are as wrong as more
/// - D2 a link has at most [Limits#ends] names here, and seeks as many
///
/// Names without homes and seekers are forgotten. Confined to the loop.
final class Directory {
    private static final class Entry {
        final Set<Link> homes = new LinkedHashSet<>();
        final Map<Link, String> seekers = new LinkedHashMap<>(); // with what each was told; nothing yet is no address
    }

    private static final String NOTHING_YET = "?";

    private final Limits limits;
    private final Map<String, Entry> entries = new HashMap<>();
    private final Map<Link, InetSocketAddress> listening = new HashMap<>();
    private final Map<Link, Set<String>> sought = new HashMap<>();

    Directory(Limits limits) {
        this.limits = limits;
    }

    /// The peer of `home` wants to be found at `address`.
    void listens(Link home, InetSocketAddress address) {
        listening.put(home, address);
        for (var name : home.announced()) if (home.publishes(name)) published(home, name);
    }

    /// The peer of `home` publishes `name`.
    void published(Link home, String name) {
        if (!listening.containsKey(home)) return;
        entry(name).homes.add(home);
        tell(name);
    }

    /// The connection of `home` was lost, or is back.
    void changed(Link home) {
        if (listening.containsKey(home)) for (var name : home.announced()) tell(name);
    }

    void seek(Link seeker, String name) {
        var names = sought.computeIfAbsent(seeker, link -> new HashSet<>());
        if (names.size() == limits.ends() && !names.contains(name))
            throw new ProtocolError("more than " + limits.ends() + " names sought");
        names.add(name);
        entry(name).seekers.putIfAbsent(seeker, NOTHING_YET);
        tell(name);
    }

    void unseek(Link seeker, String name) {
        var names = sought.get(seeker);
        if (names == null || !names.remove(name)) throw new ProtocolError("\"" + name + "\" was not sought");
        entry(name).seekers.remove(seeker);
        forgetIfEmpty(name);
    }

    /// The link is over.
    void gone(Link link) {
        var names = sought.remove(link);
        if (names != null) for (var name : names) {
            entry(name).seekers.remove(link);
            forgetIfEmpty(name);
        }
        if (listening.remove(link) == null) return;
        for (var name : link.announced()) {
            entry(name).homes.remove(link);
            tell(name);
        }
    }

    private Entry entry(String name) {
        return entries.computeIfAbsent(name, created -> new Entry());
    }

    private void forgetIfEmpty(String name) {
        var entry = entries.get(name);
        if (entry != null && entry.homes.isEmpty() && entry.seekers.isEmpty()) entries.remove(name);
    }

    private void tell(String name) {
        var entry = entry(name);
        for (var seeker : entry.seekers.entrySet()) {
            var link = seeker.getKey();
            var addresses = link.mayFind(name) ? addresses(entry, link) : "";
            if (addresses.equals(seeker.setValue(addresses))) continue;
            link.out.say(new Frame.Found(name, addresses));
        }
        forgetIfEmpty(name);
    }

    /// Where others than `seeker` have it.
    private String addresses(Entry entry, Link seeker) {
        return entry.homes.stream()
                .filter(home -> home.session().isConnected()
                        && !home.isTo(seeker.session().peer().identity()))
                .map(listening::get).map(Address::show).distinct().limit(2).collect(Collectors.joining(" "));
    }
}
