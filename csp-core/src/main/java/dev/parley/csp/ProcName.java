package dev.parley.csp;

/// Readable names for processes that were not given one.
final class ProcName {
    private ProcName() {}

    /// `Copy` for a class, `Copy.main` for a lambda: the class it was written in, without what the compiler adds.
    static String of(Class<?> type) {
        var name = type.getName();
        int lambda = name.indexOf("$$Lambda");
        if (lambda >= 0) name = name.substring(0, lambda);
        return name.substring(name.lastIndexOf('.') + 1).replace('$', '.');
    }
}
