package dev.parley.net.protocol;

import java.security.SecureRandom;
import java.util.HexFormat;

/// 128 random bits that name a node or a session.
///
/// @param high the upper half
/// @param low the lower half
public record Id(long high, long low) {
    /// Names nothing: a session that is still to begin.
    public static final Id NONE = new Id(0, 0);

    public static Id random(SecureRandom random) {
        return new Id(random.nextLong(), random.nextLong());
    }

    @Override public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
