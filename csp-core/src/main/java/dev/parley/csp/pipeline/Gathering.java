package dev.parley.csp.pipeline;

import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Received;
import dev.parley.csp.Receiver;
import java.util.concurrent.CancellationException;
import java.util.stream.Gatherer;
import org.jspecify.annotations.Nullable;

/// A [Gatherer] as the body of a stage.
final class Gathering {
    private Gathering() {}

    static <T, A, R> void run(Gatherer<? super T, A, R> gatherer, Receiver<T> in, Link.Outlet<R> out)
            throws InterruptedException {
        var downstream = new Downstream<>(out);
        A state = gatherer.initializer().get();
        var integrator = gatherer.integrator();
        boolean more = true;
        while (more && !downstream.isRejecting() && in.receiveOrClosed() instanceof Received<T>(var x)) {
            more = integrator.integrate(state, x, downstream);
            downstream.throwFailure();
        }
        gatherer.finisher().accept(state, downstream);
        downstream.throwFailure();
    }

    /// Sends what it is given. A gatherer may not throw what a channel does, so failures are also kept here, in case it does not let
    /// them through.
    private static final class Downstream<R> implements Gatherer.Downstream<R> {
        private final Link.Outlet<R> out;
        private boolean rejecting;
        private @Nullable RuntimeException failure;

        Downstream(Link.Outlet<R> out) {
            this.out = out;
        }

        @Override public boolean push(R element) {
            throwFailure();
            if (rejecting) return false;
            try {
                out.send(element);
                return true;
            } catch (ChannelPoisoned end) {
                if (!end.receiverGone()) throw kept(end);
                rejecting = true;
                return false;
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                var cancelled = new CancellationException("interrupted while sending on " + out.end());
                cancelled.initCause(interrupted);
                throw kept(cancelled);
            }
        }

        private RuntimeException kept(RuntimeException thrown) {
            failure = thrown;
            return thrown;
        }

        @Override public boolean isRejecting() {
            return rejecting;
        }

        void throwFailure() {
            if (failure != null) throw failure;
        }
    }
}
