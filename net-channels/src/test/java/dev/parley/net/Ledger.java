package dev.parley.net;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// The oracle of all storms: writers send numbers that name the writer and count, note what they were told, and what they were told is compared
/// with what was received.
final class Ledger {
    private static final int COUNTER = 24;

    /// What one writer was told of its elements.
    static final class Account {
        private final int writer;
        private final BitSet taken = new BitSet(), unknown = new BitSet();
        private final List<List<Integer>> firstParts = new ArrayList<>();
        private int next;

        private Account(int writer) {
            this.writer = writer;
        }

        /// An element that was never used before; what becomes of it is unknown until one of the next two is called.
        int element() {
            unknown.set(next);
            return writer << COUNTER | next++;
        }

        void taken(int element) {
            notTaken(element);
            taken.set(element & (1 << COUNTER) - 1);
        }

        void notTaken(int element) {
            unknown.clear(counter(element));
        }

        /// Of `elements` a first part was taken, and the rest was not.
        void firstPartTaken(List<Integer> elements) {
            for (int element : elements) notTaken(element);
            firstParts.add(elements);
        }

        private void settleFirstParts(BitSet got, String run) {
            for (var elements : firstParts) {
                boolean more = true;
                for (int element : elements) {
                    boolean came = got.get(counter(element));
                    assertTrue(more || !came, run + ": of " + elements + ", which were sent one after the other, "
                            + element + " was received, and not all before it");
                    more = came;
                    if (came) taken.set(counter(element));
                }
            }
        }

        private static int counter(int element) {
            return element & (1 << COUNTER) - 1;
        }
    }

    private final List<Account> accounts = new ArrayList<>();

    /// Elements whose writers do not know what became of them.
    int unknown() {
        return accounts.stream().mapToInt(account -> account.unknown.cardinality()).sum();
    }

    Account open() {
        accounts.add(new Account(accounts.size()));
        return accounts.getLast();
    }

    /// No duplicate; order per writer; what was taken is received; what is received was taken or unknown, so that nothing is received that was
    /// certainly not taken.
    void check(List<Integer> received, String run) {
        checkAll(List.of(received), run);
    }

    /// As [#check], for several readers: each element was received by one of them, and by each in order.
    void checkAll(List<List<Integer>> readers, String run) {
        for (var account : accounts) {
            var got = new BitSet();
            for (var received : readers) {
                int before = -1;
                for (int value : received) {
                    if (value >>> COUNTER != account.writer) continue;
                    int counter = value & (1 << COUNTER) - 1;
                    assertTrue(counter > before,
                            run + ": of writer " + account.writer + " came " + counter + " after " + before);
                    before = counter;
                    assertFalse(got.get(counter),
                            run + ": of writer " + account.writer + " came " + counter + " twice");
                    got.set(counter);
                }
            }
            account.settleFirstParts(got, run);
            var lost = (BitSet) account.taken.clone();
            lost.andNot(got);
            assertEquals(new BitSet(), lost, run + ": told to be taken and not received, of writer " + account.writer);
            got.andNot(account.taken);
            got.andNot(account.unknown);
            assertEquals(new BitSet(), got, run + ": received and told not to be, of writer " + account.writer);
        }
    }

    /// As [#check], when nothing may be uncertain.
    void checkCertain(List<Integer> received, String run) {
        checkAllCertain(List.of(received), run);
    }

    /// As [#checkAll], when nothing may be uncertain.
    void checkAllCertain(List<List<Integer>> readers, String run) {
        for (var account : accounts)
            assertEquals(new BitSet(), account.unknown, run + ": writer " + account.writer + " was left unsure");
        checkAll(readers, run);
    }
}
