package dev.parley.jmh;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/// The JVM's own continuation, without a thread around it: one run and one yield are what a switch of virtual threads is made of.
final class BareContinuation implements Contender {
    private final MethodHandle run, yield, make;

    BareContinuation() throws ReflectiveOperationException {
        var type = Class.forName("jdk.internal.vm.Continuation");
        var scopeType = Class.forName("jdk.internal.vm.ContinuationScope");
        var scope = scopeType.getConstructor(String.class).newInstance("bare");
        var lookup = MethodHandles.lookup();
        yield = lookup.findStatic(type, "yield", MethodType.methodType(boolean.class, scopeType)).bindTo(scope);
        run = lookup.findVirtual(type, "run", MethodType.methodType(void.class))
                .asType(MethodType.methodType(void.class, Object.class));
        make = lookup.findConstructor(type, MethodType.methodType(void.class, scopeType, Runnable.class)).bindTo(scope)
                .asType(MethodType.methodType(Object.class, Runnable.class));
    }

    @Override public boolean does(Question question) { return question instanceof Switch; }

    @Override public long answer(Question question, int n) throws Exception {
        int switches = question.operations(n);
        var count = new long[1];
        Runnable body = () -> {
            try {
                for (int i = 0; i < switches; i++) {
                    boolean yielded = (boolean) yield.invokeExact();
                    if (yielded) count[0]++;
                }
            } catch (Throwable failure) {
                throw new AssertionError(failure);
            }
        };
        try {
            Object continuation = (Object) make.invokeExact(body);
            for (int i = 0; i <= switches; i++) run.invokeExact(continuation);
        } catch (Throwable failure) {
            throw new IllegalStateException("the JDK's continuation cannot be run", failure);
        }
        return count[0];
    }
}
