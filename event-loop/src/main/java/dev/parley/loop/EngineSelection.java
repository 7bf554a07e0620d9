package dev.parley.loop;

import dev.parley.loop.internal.BatonEngine;
import dev.parley.loop.internal.CarrierEngine;
import dev.parley.loop.internal.Engine;
import dev.parley.loop.internal.GroupEngine;
import dev.parley.loop.internal.HostedEngine;
import dev.parley.loop.internal.JdkInternals;
import dev.parley.loop.waiting.Waiting;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Chooses the engine of a loop, and says once per JVM which and why.
@SuppressWarnings("ReferenceEquality") // there is one seam of the JDK
final class EngineSelection {
    private static final AtomicBoolean SAID = new AtomicBoolean();

    private EngineSelection() {}

    static Engine make(String name, EventLoop.Config config) {
        var host = Waiting.current();
        var around = Task.currentOrNull();
        boolean simulated = host != Waiting.ofTheJdk()
                && (around == null || around.loop().engine() instanceof HostedEngine);
        if (simulated) return HostedEngine.by(host);
        String missing = JdkInternals.missing();
        return switch (config.engine) {
            case CARRIER -> {
                if (missing != null)
                    throw new IllegalStateException(
                            "the carrier engine was asked for but cannot run: " + missing
                                    + ", or choose EngineChoice.AUTOMATIC");
                yield carriers(name, config);
            }
            case BATON -> config.carriers == 1 ? new BatonEngine(name) : HostedEngine.byTheJdk();
            case AUTOMATIC -> automatic(name, config, missing);
        };
    }

    private static Engine automatic(String name, EventLoop.Config config, @Nullable String missing) {
        String why = missing;
        if (why == null) {
            try {
                Engine engine = carriers(name, config);
                say("the carrier engine, as java.lang is open to it; the other is to be had by EngineChoice.BATON");
                return engine;
            } catch (IllegalStateException changedJdk) {
                why = String.valueOf(changedJdk.getMessage());
            }
        }
        say("the baton engine, since " + why);
        return config.carriers == 1 ? new BatonEngine(name) : HostedEngine.byTheJdk();
    }

    private static Engine carriers(String name, EventLoop.Config config) {
        return config.carriers == 1 ? new CarrierEngine(name) : new GroupEngine(name, config.carriers);
    }

    private static void say(String what) {
        if (SAID.compareAndSet(false, true))
            System.getLogger("dev.parley.loop").log(Level.INFO, "event loops run on " + what);
    }
}
