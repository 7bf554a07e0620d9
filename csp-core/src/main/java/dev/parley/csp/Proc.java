package dev.parley.csp;

/// A process: something that runs on its own and communicates through channels. Compose processes with [Par] and [Seq].
///
/// ```java
/// Proc copy = () -> { for (var x : in) out.send(x); };
/// ```
@FunctionalInterface public interface Proc {
    /// Does what the process does, on the thread that calls; returns when it is done.
    void run() throws Exception;

    /// What reports and thread names call this process: by default its class, or where its lambda stands.
    default String name() {
        return ProcName.of(getClass());
    }

    /// Begins a process called `name`, for example `Proc.named("prefix").owning(in, out).does(() -> …)`.
    static Named named(String name) {
        return new NamedProc.Builder(name);
    }

    /// A process that has a name and needs a body. Each step gives a new one and leaves this as it is.
    interface Named {
        /// The process owns `end`: when the body ends, `end` is closed; when it fails, `end` is poisoned with the failure as cause. A body that
        /// finds that nobody receives from `end` any more ([ChannelPoisoned#receiverGone]), and throws that, has ended, not failed.
        Named owningOut(Sender<?> end);

        /// The process owns `end`: when the body ends, `end` is retired; when it fails, `end` is poisoned with the failure as cause.
        Named owningIn(Receiver<?> end);

        /// The process owns both.
        default Named owning(Receiver<?> in, Sender<?> out) {
            return owningIn(in).owningOut(out);
        }

        /// The process itself.
        Proc does(Proc body);
    }
}
