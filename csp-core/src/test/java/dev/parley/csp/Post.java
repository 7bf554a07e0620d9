package dev.parley.csp;

import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.stream.IntStream;

/// Letters at a post office, which answers when its clerk gets round to it.
class Post implements Event.Distant<String> {
    final Queue<String> letters = new ConcurrentLinkedQueue<>();
    final Queue<Offer<String>> asked = new ConcurrentLinkedQueue<>();
    final Set<Offer<String>> registered = new CopyOnWriteArraySet<>();
    boolean likely = true;
    int passed;

    @Override public synchronized boolean isLikely() { return likely; }

    @Override public synchronized void ask(Offer<String> offer) { asked.add(offer); }

    @Override public synchronized void passedOver() { passed++; }

    @Override public synchronized void register(Offer<String> offer) { registered.add(offer); }

    @Override public synchronized void withdraw(Offer<String> offer) { registered.remove(offer); }

    /// Answers one who asks, or gives a letter to one who waits.
    void serve() {
        Offer<String> offer;
        boolean claimed;
        synchronized (this) {
            offer = asked.poll();
            claimed = offer != null;
            if (offer == null && !letters.isEmpty()) offer = registered.stream().findFirst().orElse(null);
        }
        if (offer == null || (!claimed && !offer.claim())) return;
        String letter;
        synchronized (this) {
            letter = letters.poll();
        }
        if (letter == null) offer.release();
        else offer.complete(letter);
    }

    static List<String> letters(int n) {
        return IntStream.range(0, n).mapToObj(i -> "letter " + i).toList();
    }
}
