package dev.parley.examples;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class SquaresTest {
    @Test void printsThreeSquares() throws Exception {
        assertEquals("1\n4\n9\n", Program.run(Squares.class).answer());
    }
}
