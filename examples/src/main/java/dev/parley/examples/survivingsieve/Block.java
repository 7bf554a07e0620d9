package dev.parley.examples.survivingsieve;

import java.util.BitSet;

/// Some numbers that follow each other, and which of them nothing has struck out yet.
///
/// @param number of the block: it has the numbers from `number * SIZE` on
/// @param left a bit for each of them, as [BitSet#toByteArray] gives it
@SuppressWarnings("ArrayRecordComponent") // blocks are not compared
public record Block(int number, byte[] left) {
    /// How many numbers a block has.
    public static final int SIZE = 50_000;

    /// Block `number` with all its numbers but 0, 1, and those from `limit` on.
    public static Block of(int number, int limit) {
        var left = new BitSet(SIZE);
        left.set(0, Math.min(SIZE, limit - number * SIZE));
        if (number == 0) left.clear(0, 2);
        return new Block(number, left.toByteArray());
    }

    /// Without the multiples of each divisor, from its square on: lesser ones have a lesser divisor.
    Block without(int[] divisors) {
        long first = (long) number * SIZE;
        var still = BitSet.valueOf(left);
        for (long divisor : divisors) {
            long multiple = Math.max(divisor, Math.ceilDiv(first, divisor)) * divisor;
            for (long at = multiple - first; at < SIZE; at += divisor) still.clear((int) at);
        }
        return new Block(number, still.toByteArray());
    }

    /// How many numbers are left.
    public int count() {
        return BitSet.valueOf(left).cardinality();
    }
}
