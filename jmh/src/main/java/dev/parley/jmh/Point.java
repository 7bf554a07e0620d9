package dev.parley.jmh;

import java.util.Locale;

/// One point of a curve, by the same protocol as the programs in other languages (see [Programs]): contender, row, size, operations, warm-up in seconds,
/// iterations, seconds of an iteration. JMH is for the table; a curve to a million processes needs no nanoseconds. Warm-up is in
/// seconds of processor time, since on a busy machine others take the time in which a compiler would be done.
final class Point {
    private Point() {}

    public static void main(String[] arguments) throws Exception {
        var question = Questions.named(arguments[1]);
        int n = Integer.parseInt(arguments[2]);
        double warmUp = Double.parseDouble(arguments[4]);
        int iterations = Integer.parseInt(arguments[5]);
        double length = Double.parseDouble(arguments[6]);
        try (var contender = Contenders.named(arguments[0]).open()) {
            while (Costs.cpu() < warmUp * 1e9) answer(contender, question, n);
            for (int i = 0; i < iterations; i++) {
                long begin = System.nanoTime();
                long cpu = Costs.cpu();
                long works = 0;
                do {
                    answer(contender, question, n);
                    works++;
                } while (seconds(begin) < length);
                double operations = (double) works * question.operations(n);
                System.out.printf(Locale.ROOT, "sample %f - %f%n", seconds(begin) * 1e9 / operations,
                        (Costs.cpu() - cpu) / operations);
            }
        }
    }

    private static void answer(Contender contender, Question question, int n) throws Exception {
        System.out.println("answer " + contender.answer(question, n));
    }

    private static double seconds(long begin) { return (System.nanoTime() - begin) / 1e9; }
}
