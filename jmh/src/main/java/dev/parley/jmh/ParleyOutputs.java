package dev.parley.jmh;

import dev.parley.csp.Alt;
import dev.parley.csp.Channel;
import dev.parley.csp.Guard;
import dev.parley.csp.Receiver;
import dev.parley.csp.Sender;
import dev.parley.net.Node;
import dev.parley.net.Security;
import java.util.ArrayList;
import java.util.List;

/// Ours at [Remote.Outputs]. The i-th partner is in the far JVM i modulo the number of them, so that neighbours have different homes.
final class ParleyOutputs {
    private ParleyOutputs() {}

    private static String name(int partner) { return "c" + partner; }

    /// A home of half of the channels, with their receivers.
    static final class Home extends ParleyHalf {
        private final Remote.Outputs question;
        private final int which;
        private final List<Receiver<byte[]>> inputs = new ArrayList<>();

        Home(Parley.Place place, Remote.Outputs question, int which) throws Exception {
            super(place, ParleyHalf::listen);
            this.question = question;
            this.which = which;
            for (int partner = which; partner < question.partners(); partner += question.fars())
                inputs.add(node.publish(Channel.rendezvous(name(partner)), CODEC));
        }

        @Override long inLoop(int n) throws Exception {
            var sums = new long[inputs.size()];
            var bodies = new ArrayList<Peer.Body>();
            for (int i = 0; i < sums.length; i++) {
                int self = i;
                int share = Remote.share(n, which + i * question.fars(), question.partners());
                bodies.add(() -> sums[self] = ParleyHalves.received(inputs.get(self), share));
            }
            parley.par(bodies);
            long sum = 0;
            for (long each : sums) sum += each;
            return sum;
        }
    }

    /// The one that chooses.
    static final class Chooser extends ParleyHalf {
        private final Remote.Outputs question;
        private final List<Sender<byte[]>> outputs = new ArrayList<>();

        Chooser(Parley.Place place, Remote.Outputs question, List<Integer> ports) throws Exception {
            super(place, () -> Node.open(Security.loopbackOnly()));
            this.question = question;
            for (int partner = 0; partner < question.partners(); partner++)
                outputs.add(node.sender(at(ports.get(partner % ports.size()), name(partner)), CODEC));
        }

        @Override long inLoop(int n) throws Exception {
            if (question.chooses()) {
                var alt = Alt.of(outputs.stream().map(out -> out.offering(() -> question.one(1)))
                        .toArray(Guard[]::new));
                for (int i = 0; i < n; i++) alt.select();
            } else {
                for (int i = 0; i < n; i++) outputs.get(i % outputs.size()).send(question.one(1));
            }
            return 0; // the homes have the sum
        }
    }
}
