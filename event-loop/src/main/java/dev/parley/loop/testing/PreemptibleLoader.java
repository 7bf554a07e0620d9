package dev.parley.loop.testing;

import dev.parley.loop.waiting.Redirected;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Defines the copies of [Preemptible], and leaves all other classes to the loader of the type that uses them.
///
/// No loader but the JDK's may define a class in `java.`, so a copy of one is called as it is with `preemptible.` before, and so are all
/// references to it from other copies.
final class PreemptibleLoader extends ClassLoader {
    static final String PREFIX = "preemptible.";

    private final List<String> names;
    private final String user;
    private final ClassRenaming renaming;
    private final Weaver weaver = new Weaver(this::open);

    PreemptibleLoader(List<String> names, Class<?> user) {
        super(user.getClassLoader());
        this.names = names;
        this.user = user.getNestHost().getName();
        renaming = new ClassRenaming(names.stream().filter(name -> name.startsWith("java.")).toList(), PREFIX);
        var ours = PreemptibleLoader.class.getModule();
        if (ours.isNamed()) ours.addExports(Redirected.class.getPackageName(), getUnnamedModule());
    }

    @Override protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            if (!isCopied(name)) return super.loadClass(name, resolve);
            var loaded = findLoadedClass(name);
            return loaded != null ? loaded : copy(name);
        }
    }

    private Class<?> copy(String name) throws ClassNotFoundException {
        var original = read(name);
        if (original == null) throw new ClassNotFoundException(name);
        var woven = weaver.weave(original);
        return defineClass(name, woven, 0, woven.length);
    }

    private boolean isCopied(String name) {
        if (matches(user, name)) return true;
        var original = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
        return names.stream().anyMatch(each -> matches(each, original)) && !isStandIn(name);
    }

    private boolean isStandIn(String name) {
        return name.startsWith(PREFIX) && getParent().getResource(file(name)) != null;
    }

    private static boolean matches(String named, String name) {
        return named.endsWith(".") ? name.startsWith(named) : name.equals(named) || name.startsWith(named + "$");
    }

    /// The class file of a copy, renamed but not woven, or of another class; null if there is none.
    private byte @Nullable [] read(String name) {
        boolean renamed = name.startsWith(PREFIX) && !isStandIn(name);
        try (var in = getParent().getResourceAsStream(file(renamed ? name.substring(PREFIX.length()) : name))) {
            if (in == null) return null;
            var bytes = in.readAllBytes();
            return isCopied(name) ? renaming.apply(bytes) : bytes;
        } catch (IOException unreadable) {
            throw new UncheckedIOException("the class file of " + name + " cannot be read", unreadable);
        }
    }

    private @Nullable InputStream open(String name) {
        var bytes = read(name);
        return bytes == null ? null : new ByteArrayInputStream(bytes);
    }

    private static String file(String name) {
        return name.replace('.', '/') + ".class";
    }
}
