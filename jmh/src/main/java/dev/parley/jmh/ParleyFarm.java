package dev.parley.jmh;

import dev.parley.csp.Channel;
import dev.parley.csp.Receiver;
import dev.parley.csp.Sender;
import dev.parley.net.Node;
import dev.parley.net.Security;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Ours at [Remote.Farmed]: as in one JVM, the same two channels and the same loops. The channels are at home where the farmer is, so that a worker has the next task when it asks for it, and the farmer
/// waits for nothing but results.
final class ParleyFarm {
    private static final String TASKS = "tasks", RESULTS = "results", WORKER = "worker";

    private ParleyFarm() {}

    static final class Worker extends ParleyHalf {
        private final Remote.Farmed question;
        private @Nullable Receiver<byte[]> tasks;
        private @Nullable Sender<byte[]> results;

        Worker(Parley.Place place, Remote.Farmed question) throws Exception {
            super(place, ParleyHalf::listen);
            this.question = question;
            node.receiver(WORKER, CODEC); // by this name the farmer's node finds this one, and makes the link
        }

        @Override long inLoop(int n) throws InterruptedException {
            var from = tasks == null ? node.receiverEnd(TASKS, CODEC) : tasks;
            var to = results == null ? node.sender(RESULTS, CODEC) : results;
            tasks = from;
            results = to;
            for (byte task = from.receive()[0]; task != Farm.STOP; task = from.receive()[0])
                to.send(question.one(task));
            return 0; // the farmer has the sum
        }
    }

    static final class Farmer extends ParleyHalf {
        private final Remote.Farmed question;
        private final Channel<byte[]> tasks, results;

        Farmer(Parley.Place place, Remote.Farmed question, List<Integer> ports) throws Exception {
            super(place, () -> Node.open(Security.loopbackOnly()));
            this.question = question;
            tasks = node.publish(Channel.buffered(TASKS, Farm.OUTSTANDING), CODEC);
            results = node.publish(Channel.buffered(RESULTS, Farm.OUTSTANDING), CODEC);
            for (int port : ports) node.sender(at(port, WORKER), CODEC);
        }

        @Override long inLoop(int n) throws InterruptedException {
            long got = 0;
            for (int i = 0; i < n; i++) {
                if (i >= Farm.OUTSTANDING) got += results.receive()[0];
                tasks.send(question.bytes(i));
            }
            for (int i = Math.min(n, Farm.OUTSTANDING); i > 0; i--) got += results.receive()[0];
            for (int i = 0; i < Farm.WORKERS; i++) tasks.send(question.one(Farm.STOP));
            return got;
        }
    }
}
