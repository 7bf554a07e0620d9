package dev.parley.loop.testing;

import dev.parley.loop.testing.Simulation.Config;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.ReflectionSupport;

/// Runs the method of a [SimulatedTest] once per schedule in place of the one call JUnit would make.
final class SimulatedTestExtension implements InvocationInterceptor, ParameterResolver {
    @Override public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Simulation.class
                && context.getRequiredTestMethod().equals(parameter.getDeclaringExecutable());
    }

    /// A place holder; each schedule has its own.
    @Override public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return null;
    }

    @Override public void interceptTestMethod(Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> call, ExtensionContext context) {
        invocation.skip();
        var method = call.getExecutable();
        var target = call.getTarget().orElse(null);
        var given = call.getArguments();
        var how = method.getAnnotation(SimulatedTest.class);
        var config = Config.STANDARD.withFirstSeed(how.firstSeed()).withSpuriousWakeups(how.spuriousWakeups())
                .withInterrupts(how.interrupts()).withSlowness(how.slowness()).withPreemptions(how.preemptions())
                .withMaxSteps(how.maxSteps());
        var explorer = new Explorer(config, sim -> {
            var arguments = given.toArray();
            for (int i = 0; i < arguments.length; i++)
                if (method.getParameterTypes()[i] == Simulation.class) arguments[i] = sim;
            ReflectionSupport.invokeMethod(method, target, arguments);
        }, method.getDeclaringClass().getSimpleName() + "#" + method.getName());
        if (how.exhaustive()) explorer.exhaust(how.seeds());
        else explorer.explore(how.seeds());
    }
}
