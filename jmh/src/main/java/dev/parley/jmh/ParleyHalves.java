package dev.parley.jmh;

import dev.parley.csp.Alt;
import dev.parley.csp.Channel;
import dev.parley.csp.Guard;
import dev.parley.csp.Receiver;
import dev.parley.csp.Sender;
import dev.parley.jmh.Parley.Place;
import dev.parley.net.Node;
import dev.parley.net.Security;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Ours over two or more nodes.
final class ParleyHalves implements Halves {
    private final Place place;

    ParleyHalves(Place place) {
        this.place = place;
    }

    @Override public boolean does(Remote question) { return place == Place.CARRIER || place == Place.JDK; }

    @Override public Far far(Remote question, int which) throws Exception {
        return switch (question) {
            case Remote.Farmed farm -> new ParleyFarm.Worker(place, farm);
            case Remote.Outputs outputs -> new ParleyOutputs.Home(place, outputs, which);
            case Remote.RoundTrip _,Remote.OneWay _,Remote.Choice _ -> new Receiving(place, question);
        };
    }

    @Override public Half near(Remote question, List<Integer> ports) throws Exception {
        return switch (question) {
            case Remote.Farmed farm -> new ParleyFarm.Farmer(place, farm, ports);
            case Remote.Outputs outputs -> new ParleyOutputs.Chooser(place, outputs, ports);
            case Remote.RoundTrip _,Remote.OneWay _,Remote.Choice _ -> new Sending(place, question, ports.getFirst());
        };
    }

    private static boolean isAway(Remote question) { return question instanceof Remote.Choice choice && choice.away(); }

    private static int channels(Remote question) {
        return question instanceof Remote.Choice choice ? choice.channels() : 1;
    }

    private static List<Channel<byte[]>> publish(Node node, Remote question) {
        var all = new ArrayList<Channel<byte[]>>();
        for (int i = 0; i < channels(question); i++) {
            Channel<byte[]> channel = question instanceof Remote.OneWay
                    ? Channel.buffered("c" + i, Remote.OneWay.CAPACITY)
                    : Channel.rendezvous("c" + i);
            all.add(node.publish(channel, ParleyHalf.CODEC));
        }
        return all;
    }

    /// The sum of the next `n` elements.
    static long received(Receiver<byte[]> from, int n) throws InterruptedException {
        long sum = 0;
        for (int i = 0; i < n; i++) sum += from.receive()[0];
        return sum;
    }

    /// The far half, with the one process that receives, or chooses.
    private static final class Receiving extends ParleyHalf {
        private final Remote question;
        private @Nullable List<? extends Receiver<byte[]>> inputs;

        Receiving(Place place, Remote question) throws Exception {
            super(place, ParleyHalf::listen);
            this.question = question;
            inputs = isAway(question) ? null : publish(node, question);
        }

        @Override long inLoop(int n) throws Exception {
            var from = inputs;
            if (from == null) inputs = from = ends();
            return from.size() == 1 ? received(from.getFirst(), n) : chosen(from, n);
        }

        private List<Receiver<byte[]>> ends() throws InterruptedException {
            var all = new ArrayList<Receiver<byte[]>>();
            for (int i = 0; i < channels(question); i++) all.add(node.receiverEnd("c" + i, CODEC));
            return all;
        }

        private static long chosen(List<? extends Receiver<byte[]>> from, int n) throws Exception {
            var sum = new long[1];
            var alt = Alt.of(
                    from.stream().map(input -> input.on(element -> sum[0] += element[0])).toArray(Guard[]::new));
            for (int i = 0; i < n; i++) alt.select();
            return sum[0];
        }
    }

    /// The near half, with the one process that sends, or all the partners of a choice.
    private static final class Sending extends ParleyHalf {
        private final Remote question;
        private final List<Sender<byte[]>> outputs = new ArrayList<>();

        Sending(Place place, Remote question, int port) throws Exception {
            super(place, () -> Node.connect("127.0.0.1:" + port, Security.loopbackOnly()));
            this.question = question;
            if (isAway(question)) outputs.addAll(publish(node, question));
            else for (int i = 0; i < partners(); i++) outputs.add(node.sender("c" + i % channels(question), CODEC));
        }

        @Override long inLoop(int n) throws Exception {
            switch (question) {
                case Remote.RoundTrip _ -> {
                    for (int i = 0; i < n; i++) outputs.getFirst().send(question.bytes(i));
                }
                case Remote.OneWay _ -> outputs.getFirst().sendAll(elements(n));
                default -> parley.par(partners(n));
            }
            return 0;
        }

        private int partners() { return question instanceof Remote.Choice ? Remote.Choice.PARTNERS : 1; }

        private List<Peer.Body> partners(int n) {
            var bodies = new ArrayList<Peer.Body>();
            for (int partner = 0; partner < partners(); partner++) {
                var output = outputs.get(partner % outputs.size());
                int share = Remote.share(n, partner, partners());
                bodies.add(() -> {
                    for (int i = 0; i < share; i++) output.send(question.one(1));
                });
            }
            return bodies;
        }

        /// A list that makes its elements when they are asked for.
        private List<byte[]> elements(int n) {
            return new AbstractList<>() {
                @Override public byte[] get(int i) { return question.bytes(i); }

                @Override public int size() { return n; }
            };
        }
    }
}
