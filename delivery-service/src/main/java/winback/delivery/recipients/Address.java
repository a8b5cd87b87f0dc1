package winback.delivery.recipients;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An e-mail address as declared, without surrounding spaces. Its text stays out of logs. */
public record Address(String value) {

    /** RFC 5321: a path has at most 256 octets, two of them angle brackets. */
    private static final int LONGEST = 254;

    public Address {
        if (!plausible(value)) {
            throw new IllegalArgumentException("Not an e-mail address");
        }
    }

    /** The address in a trait; empty when there is none or it cannot be one. */
    public static Optional<Address> of(@Nullable Object trait) {
        return trait instanceof String text && plausible(text.strip())
                ? Optional.of(new Address(text.strip()))
                : Optional.empty();
    }

    private static boolean plausible(String text) {
        int at = text.lastIndexOf('@');
        return at > 0
                && at < text.length() - 1
                && text.length() <= LONGEST
                && text.chars().noneMatch(c -> c <= ' ' || c == 0x7f || Character.isWhitespace(c));
    }

    /** SHA-256 of the lower-cased address. */
    public byte[] hash() {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(value.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public String toString() {
        return "Address[withheld]";
    }
}
