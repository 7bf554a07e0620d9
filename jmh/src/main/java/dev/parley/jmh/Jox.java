package dev.parley.jmh;

import com.softwaremill.jox.Channel;
import com.softwaremill.jox.Select;
import com.softwaremill.jox.SelectClause;
import com.softwaremill.jox.Sink;
import com.softwaremill.jox.Source;
import java.util.ArrayList;
import java.util.List;

/// Jox channels between virtual threads. Its select prefers the first clause that is ready. Clauses are prepared once, which its examples do not do.
final class Jox extends Threads {
    Jox() {
        super(Queue.NONE);
    }

    @Override public boolean does(Question question) {
        return switch (question) {
            case Switch _,Spawning _,Callbacks _,Remote _,Echo _ -> false;
            default -> true;
        };
    }

    @Override public Link link(int capacity, Ends ends) {
        return new JoxLink(switch (capacity) {
            case 0 -> Channel.newRendezvousChannel();
            case UNBOUNDED -> Channel.newUnlimitedChannel();
            default -> Channel.newBufferedChannel(capacity);
        });
    }

    private record JoxLink(Channel<Integer> channel) implements Link {
        @Override public void send(Integer element) throws InterruptedException { channel.send(element); }

        @Override public Integer receive() throws InterruptedException { return channel.receive(); }
    }

    @Override public Choice choice(List<Link> inputs, List<Link> outputs) {
        var clauses = new ArrayList<SelectClause<?>>();
        for (var link : inputs) clauses.add(((Source<?>) ((JoxLink) link).channel).receiveClause());
        for (var link : outputs) clauses.add(((Sink<Integer>) ((JoxLink) link).channel).sendClause(OFFERED));
        var all = clauses.toArray(SelectClause<?>[]::new);
        return () -> (Integer) Select.select(all);
    }
}
