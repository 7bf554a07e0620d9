package dev.parley.net;

import dev.parley.csp.Alt;
import dev.parley.csp.ChannelException;
import dev.parley.csp.Sender;

/// A look at whether a send would happen at once, without sending anything.
///
/// **Idea.** An output guard makes its element only when there is somebody for it, and if that fails nothing has happened. So a guard that always fails tells which of the two it was.
final class Glance {
    private static final class Found extends RuntimeException {
        private static final long serialVersionUID = 1;

        Found() {
            super("there is somebody", null, false, false);
        }
    }

    private final Alt look;

    <T> Glance(Sender<T> sender) {
        look = Alt.of(sender.offering(() -> {
            throw new Found();
        }, () -> {}), Alt.otherwise(() -> {}));
    }

    /// Whether somebody waits for an element, or there is room for it.
    ///
    /// @throws ChannelException if the channel has ended
    boolean findsTaker() {
        try {
            look.priSelect();
            return false;
        } catch (Found found) {
            return true;
        } catch (ChannelException ended) {
            throw ended;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } catch (Exception impossible) {
            throw new AssertionError(impossible); // neither guard has another
        }
    }
}
