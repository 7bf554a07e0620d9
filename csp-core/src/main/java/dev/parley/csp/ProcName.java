package dev.parley.csp;

/// Readable names for processes that were not given one.
final class ProcName {
    /// There may be a million processes of one class.
    private static final ClassValue<String> NAMES = new ClassValue<>() {
        @Override protected String computeValue(Class<?> type) {
            var name = type.getName();
            int lambda = name.indexOf("$$Lambda");
            if (lambda >= 0) name = name.substring(0, lambda);
            return name.substring(name.lastIndexOf('.') + 1).replace('$', '.');
        }
    };

    private ProcName() {}

    /// The name of a class without its package, as `Copy`, and of a lambda that of the class it was written in.
    static String of(Class<?> type) {
        return NAMES.get(type);
    }
}
