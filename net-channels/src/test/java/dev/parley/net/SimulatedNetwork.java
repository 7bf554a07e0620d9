package dev.parley.net;

import dev.parley.loop.waiting.Waiting;
import dev.parley.net.Faults.Fate;
import dev.parley.net.Ground.Connected;
import dev.parley.net.Ground.Doorkeeper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Connections in virtual time, with [Faults]. What one end writes arrives at the other's [SimulatedGround] as tasks.
final class SimulatedNetwork {
    private static final int WRITABLE = 64 << 10;

    private record Door(SimulatedGround ground, Doorkeeper doorkeeper) {}

    private final Map<InetSocketAddress, Door> doors = new LinkedHashMap<>();
    private final List<End> ends = new ArrayList<>();
    private final Faults faults;
    private boolean partitioned;
    private int ports = 50_000;
    private long nodes;

    SimulatedNetwork(Faults faults) {
        this.faults = faults;
    }

    long nextNode() {
        return ++nodes;
    }

    void listen(InetSocketAddress where, SimulatedGround ground, Doorkeeper doorkeeper) {
        doors.put(where, new Door(ground, doorkeeper));
    }

    void deafen(InetSocketAddress where) {
        doors.remove(where);
    }

    /// Connections made so far.
    int connections() {
        return ends.size() / 2;
    }

    /// What went wrong on them.
    int faults() {
        return ends.stream().mapToInt(end -> end.faults.counted()).sum();
    }

    /// How often something was written to a connection, and how many bytes in all.
    record Written(int times, int bytes) {
        Written since(Written before) {
            return new Written(times - before.times, bytes - before.bytes);
        }
    }

    /// What `ground` has written so far.
    Written writtenBy(SimulatedGround ground) {
        int times = 0, bytes = 0;
        for (var end : ends) {
            if (end.ground != ground) continue;
            times += end.writes;
            bytes += end.written;
        }
        return new Written(times, bytes);
    }

    /// Connections made and not gone.
    int open() {
        return (int) ends.stream().filter(end -> !end.gone).count() / 2;
    }

    /// From here on nothing arrives, and nobody is told, until this is said with false; then what is written later arrives.
    void partition(boolean partitioned) {
        this.partitioned = partitioned;
    }

    /// Resets all connections.
    void reset() {
        for (var end : List.copyOf(ends)) end.reset();
    }

    /// Ends the process that stands on `ground`: its host resets its connections.
    void kill(SimulatedGround ground) {
        ground.kill();
        for (var end : List.copyOf(ends)) if (end.ground == ground) end.other.reset();
    }

    boolean connect(InetSocketAddress where, SimulatedGround from, Connected outcome) {
        var door = doors.get(where);
        if (door == null || partitioned) return false;
        var near = new End(from, Address.show(where), faults.another());
        var far = new End(door.ground, "10.0.0.1:" + ports++, faults.another());
        near.other = far;
        far.other = near;
        ends.add(near);
        ends.add(far);
        door.ground.tell(() -> {
            var wire = door.doorkeeper.open(far);
            if (wire == null) far.finish();
            else far.wire = wire;
        });
        near.wire = outcome.open(near);
        return true;
    }

    /// One end of a connection.
    private final class End implements Line {
        final SimulatedGround ground;
        final String peer;
        final Faults faults;
        final ByteBuf input = Unpooled.buffer();
        End other;
        Wire wire;
        ByteBuf unflushed = Unpooled.buffer();
        long arrival; // of the last bytes that were sent, in virtual time from here
        int underWay, writes, written;
        boolean finishing, silent, gone, inputEnded;

        End(SimulatedGround ground, String peer, Faults faults) {
            this.ground = ground;
            this.peer = peer;
            this.faults = faults;
        }

        @Override public ByteBuf buffer() {
            return Unpooled.buffer();
        }

        @Override public void write(ByteBuf bytes) {
            unflushed.writeBytes(bytes);
        }

        @Override public void flush() {
            var bytes = new byte[unflushed.readableBytes()];
            unflushed.readBytes(bytes);
            unflushed = Unpooled.buffer();
            if (bytes.length > 0 && !gone) send(bytes);
        }

        private void send(byte[] bytes) {
            writes++;
            written += bytes.length;

            for (var fate : faults.of(bytes, bytes.length)) {
                if (silent || partitioned || gone) return;
                switch (fate) {
                    case Fate.Arrive arrive -> {
                        underWay += arrive.bytes().length;
                        later(arrive.delay(), () -> {
                            underWay -= arrive.bytes().length;
                            other.arrive(arrive.bytes());
                            if (wire != null && !gone) ground.tell(wire::writable);
                        });
                    }
                    case Fate.Reset reset -> later(Duration.ZERO, this::reset);
                    case Fate.HalfClose end -> later(Duration.ZERO, other::inputEnd);
                    case Fate.Silence silence -> silent = true;
                }
            }
        }

        /// What is sent later arrives later.
        private void later(Duration delay, Runnable what) {
            long now = Waiting.current().nanoTime();
            if (arrival - now < 0 || arrival == 0) arrival = now;
            arrival += delay.toNanos();
            other.ground.after(Duration.ofNanos(arrival - now), what);
        }

        private void arrive(byte[] bytes) {
            if (gone || inputEnded || partitioned || wire == null) return;
            input.writeBytes(bytes);
            wire.bytes(input);
            input.discardReadBytes();
            wire.bytesEnd();
        }

        private void inputEnd() {
            if (gone || inputEnded) return;
            inputEnded = true;
            if (wire != null) wire.closed("the stream ended");
            cut();
        }

        /// On either's thread.
        void reset() {
            if (gone) return;
            gone = true;
            ground.tell(() -> {
                if (wire != null) wire.closed("reset");
            });
            other.reset();
        }

        @Override public boolean isWritable() {
            return !gone && !finishing && underWay < WRITABLE;
        }

        @Override public long untaken() {
            return underWay;
        }

        @Override public void finish() {
            flush();
            finishing = true;
            if (!gone) later(Duration.ZERO, () -> {
                other.inputEnd();
                gone = true;
            });
        }

        @Override public void finishOutput() {
            flush();
            finishing = true;
            if (!gone) later(Duration.ZERO, other::inputEnd);
        }

        @Override public void cut() {
            flush();
            if (gone) return;
            gone = true;
            if (!partitioned && !silent) later(Duration.ZERO, other::inputEnd);
            ground.tell(() -> {
                if (wire != null) wire.closed("the connection was closed");
            });
        }

        @Override public String subject() {
            return "";
        }

        @Override public String peer() {
            return peer;
        }
    }
}
