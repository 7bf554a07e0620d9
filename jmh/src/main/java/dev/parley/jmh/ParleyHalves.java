package dev.parley.jmh;

import dev.parley.csp.Alt;
import dev.parley.csp.Channel;
import dev.parley.csp.Guard;
import dev.parley.csp.Receiver;
import dev.parley.csp.Sender;
import dev.parley.jmh.Parley.Place;
import dev.parley.net.Codec;
import dev.parley.net.Node;
import dev.parley.net.Security;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Ours over two nodes, with the processes of both halves, and the nodes if that engine can, in an event loop on one of its engines.
final class ParleyHalves implements Halves {
    private static final Codec<byte[]> CODEC = Codec.of(byte[].class);

    private final Place place;

    ParleyHalves(Place place) {
        this.place = place;
    }

    @Override public boolean does(Remote question) { return place == Place.CARRIER || place == Place.JDK; }

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
            all.add(node.publish(channel, CODEC));
        }
        return all;
    }

    @Override public Far far(Remote question) throws Exception {
        var parley = new Parley(place);
        var node = parley.inside(() -> Node.listen("127.0.0.1:0", Security.loopbackOnly()));
        return new Far() {
            private @Nullable List<? extends Receiver<byte[]>> inputs = isAway(question)
                    ? null
                    : publish(node, question);

            @Override public int port() { return node.port(); }

            @Override public long work(int n) throws Exception {
                return parley.inside(() -> {
                    var from = inputs;
                    if (from == null) inputs = from = ends();
                    return from.size() == 1 ? received(from.getFirst(), n) : chosen(from, n);
                });
            }

            private List<Receiver<byte[]>> ends() throws InterruptedException {
                var all = new ArrayList<Receiver<byte[]>>();
                for (int i = 0; i < channels(question); i++) all.add(node.receiverEnd("c" + i, CODEC));
                return all;
            }

            @Override public void close() {
                node.close();
                parley.close();
            }
        };
    }

    private static long received(Receiver<byte[]> from, int n) throws InterruptedException {
        long sum = 0;
        for (int i = 0; i < n; i++) sum += from.receive()[0];
        return sum;
    }

    private static long chosen(List<? extends Receiver<byte[]>> from, int n) throws Exception {
        var sum = new long[1];
        var alt = Alt.of(from.stream().map(input -> input.on(element -> sum[0] += element[0])).toArray(Guard[]::new));
        for (int i = 0; i < n; i++) alt.select();
        return sum[0];
    }

    @Override public Half near(Remote question, int port) throws Exception {
        var parley = new Parley(place);
        var node = parley.inside(() -> Node.connect("127.0.0.1:" + port, Security.loopbackOnly()));
        var outputs = new ArrayList<Sender<byte[]>>();
        if (isAway(question)) outputs.addAll(publish(node, question));
        else for (int i = 0; i < partners(question); i++) outputs.add(node.sender("c" + i % channels(question), CODEC));
        return new Half() {
            @Override public long work(int n) throws Exception {
                return parley.inside(() -> {
                    switch (question) {
                        case Remote.RoundTrip _ -> {
                            for (int i = 0; i < n; i++) outputs.getFirst().send(question.bytes(i));
                        }
                        case Remote.OneWay _ -> outputs.getFirst().sendAll(elements(question, n));
                        case Remote.Choice _ -> parley.par(partners(question, outputs, n));
                    }
                    return 0L;
                });
            }

            @Override public void close() {
                node.close();
                parley.close();
            }
        };
    }

    private static int partners(Remote question) {
        return question instanceof Remote.Choice ? Remote.Choice.PARTNERS : 1;
    }

    private static List<Peer.Body> partners(Remote question, List<Sender<byte[]>> outputs, int n) {
        var bodies = new ArrayList<Peer.Body>();
        for (int partner = 0; partner < Remote.Choice.PARTNERS; partner++) {
            var output = outputs.get(partner % outputs.size());
            int share = Remote.Choice.share(n, partner);
            bodies.add(() -> {
                for (int i = 0; i < share; i++) output.send(question.bytes(1));
            });
        }
        return bodies;
    }

    /// A list that makes its elements when they are asked for.
    private static List<byte[]> elements(Remote question, int n) {
        return new AbstractList<>() {
            @Override public byte[] get(int i) { return question.bytes(i); }

            @Override public int size() { return n; }
        };
    }
}
