package dev.parley.csp;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// A process with a name and the channel ends it owns.
record NamedProc(String name, List<Owned> ends, Proc body) implements Proc {
    /// An end of a channel, seen as what becomes of it when its owner ends.
    interface Owned {
        void retire();

        void poison(int strength, Throwable cause);

        /// Whether this is the sending end of the channel called `channel`.
        default boolean sendsTo(String channel) {
            return false;
        }
    }

    @Override public void run() throws Exception {
        try {
            body.run();
        } catch (Throwable failure) {
            if (!(failure instanceof ChannelPoisoned left && receiversLeft(left))) {
                int strength = failure instanceof ChannelPoisoned poisoned ? poisoned.strength() : 1;
                for (var end : ends) end.poison(strength, failure);
                throw failure;
            }
        }
        for (var end : ends) end.retire();
    }

    /// Whether the body ended because nobody receives any more from one of its own output ends, and nothing else went wrong on its way out: then it ended in
    /// order.
    private boolean receiversLeft(ChannelPoisoned end) {
        return end.receiverGone() && end.getSuppressed().length == 0
                && ends.stream().anyMatch(owned -> owned.sendsTo(end.channel()));
    }

    @Override public String toString() {
        return "process \"" + name + "\"";
    }

    record Builder(String name, List<Owned> ends) implements Named {
        Builder(String name) {
            this(Objects.requireNonNull(name, "name"), List.of());
        }

        @Override public Named owningOut(Sender<?> end) {
            return with(new Owned() {
                @Override public void retire() { end.close(); }

                @Override public void poison(int strength, Throwable cause) { end.poison(strength, cause); }

                @Override public boolean sendsTo(String channel) { return end.name().equals(channel); }
            });
        }

        @Override public Named owningIn(Receiver<?> end) {
            return with(new Owned() {
                @Override public void retire() { end.retire(); }

                @Override public void poison(int strength, Throwable cause) { end.poison(strength, cause); }
            });
        }

        private Builder with(Owned end) {
            var all = new ArrayList<>(ends);
            all.add(end);
            return new Builder(name, List.copyOf(all));
        }

        @Override public Proc does(Proc body) {
            return new NamedProc(name, ends, Objects.requireNonNull(body, "body"));
        }
    }
}
