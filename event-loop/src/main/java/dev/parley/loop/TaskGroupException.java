package dev.parley.loop;

import java.util.List;

/// Tasks of a group failed. The cause is the first failure, the later ones are suppressed exceptions of this; [#causes] has all.
public final class TaskGroupException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<Throwable> causes;

    TaskGroupException(String group, List<Throwable> causes) {
        super(message(group, causes), causes.get(0));
        this.causes = List.copyOf(causes);
        for (Throwable later : causes.subList(1, causes.size())) addSuppressed(later);
    }

    private static String message(String group, List<Throwable> causes) {
        return causes.size() == 1
                ? "a task failed in " + group + ": " + causes.get(0)
                : causes.size() + " tasks failed in " + group + ", first: " + causes.get(0);
    }

    /// All failures, in the order in which they came.
    public List<Throwable> causes() { return causes; }
}
