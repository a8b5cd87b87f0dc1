package winback.content.templates;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * JSON being written in UTF-8, for one thread; afterwards it is only read. It writes what the path writes a thousand times a
 * second in the time that the bytes take; brackets and commas are the caller's.
 */
public final class JsonBytes {

    private static final byte[] HEX = ascii("0123456789abcdef");
    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");
    private static final int LONGEST_INSTANT = 32;
    private static final long SECONDS_OF_DAY = 86_400;
    private static final long FIRST_FOUR_DIGITS =
            Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
    private static final long LAST_FOUR_DIGITS =
            Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

    private byte[] bytes;
    private int size;

    /** @param usual bytes that are mostly enough */
    public JsonBytes(int usual) {
        bytes = new byte[usual];
    }

    /** Of a text of ASCII alone. */
    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** A text as it stands within the quotes of a JSON string. */
    static byte[] escaped(String text) {
        JsonBytes json = new JsonBytes(text.length() + text.length() / 8);
        json.text(text);
        return json.toByteArray();
    }

    /** In bytes. */
    public int size() {
        return size;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, size);
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }

    /** JSON that is there already. */
    public JsonBytes raw(byte[] json) {
        raw(json, 0, json.length);
        return this;
    }

    public JsonBytes raw(char ascii) {
        room(1);
        bytes[size++] = (byte) ascii;
        return this;
    }

    /** Text of ASCII without anything to be escaped. */
    public JsonBytes plain(String ascii) {
        int n = ascii.length();
        room(n);
        for (int i = 0; i < n; i++) {
            bytes[size++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    /** A string with its quotes; null when it is absent. */
    public JsonBytes string(@Nullable String text) {
        if (text == null) {
            return plain("null");
        }
        raw('"');
        text(text);
        return raw('"');
    }

    /** As {@link Instant#toString}, with quotes. */
    public JsonBytes instant(Instant instant) {
        long seconds = instant.getEpochSecond();
        if (seconds < FIRST_FOUR_DIGITS || seconds > LAST_FOUR_DIGITS) {
            return raw('"').plain(instant.toString()).raw('"');
        }
        LocalDate day = LocalDate.ofEpochDay(Math.floorDiv(seconds, SECONDS_OF_DAY));
        int time = (int) Math.floorMod(seconds, SECONDS_OF_DAY);
        room(LONGEST_INSTANT);
        return raw('"').digits(day.getYear(), 4)
                .raw('-')
                .digits(day.getMonthValue(), 2)
                .raw('-')
                .digits(day.getDayOfMonth(), 2)
                .raw('T')
                .digits(time / 3600, 2)
                .raw(':')
                .digits(time / 60 % 60, 2)
                .raw(':')
                .digits(time % 60, 2)
                .fraction(instant.getNano())
                .raw('Z')
                .raw('"');
    }

    /** In threes, as many as are needed. */
    private JsonBytes fraction(int nanos) {
        if (nanos == 0) {
            return this;
        }
        raw('.');
        return nanos % 1_000_000 == 0
                ? digits(nanos / 1_000_000, 3)
                : nanos % 1_000 == 0 ? digits(nanos / 1_000, 6) : digits(nanos, 9);
    }

    private JsonBytes digits(int number, int count) {
        room(count);
        int rest = number;
        for (int i = size + count - 1; i >= size; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += count;
        return this;
    }

    public JsonBytes number(long number) {
        return plain(Long.toString(number));
    }

    /** In the shortest form that gives the same number back; as a string when it is none or infinite. */
    public JsonBytes number(double number) {
        return Double.isFinite(number) ? plain(Double.toString(number)) : string(Double.toString(number));
    }

    public JsonBytes truth(boolean truth) {
        return raw(truth ? TRUE : FALSE);
    }

    /** Text within the quotes of a JSON string (RFC 8259, section 7). What is no character, half of a pair, becomes a question mark. */
    void text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int from = 0;
        for (int i = 0; i < utf8.length; i++) {
            byte b = utf8[i];
            if (b >= 0 && (b < ' ' || b == '"' || b == '\\')) {
                raw(utf8, from, i);
                escape(b);
                from = i + 1;
            }
        }
        raw(utf8, from, utf8.length);
    }

    private void raw(byte[] from, int start, int end) {
        room(end - start);
        System.arraycopy(from, start, bytes, size, end - start);
        size += end - start;
    }

    private void escape(byte b) {
        raw('\\');
        switch (b) {
            case '"', '\\' -> raw((char) b);
            case '\n' -> raw('n');
            case '\r' -> raw('r');
            case '\t' -> raw('t');
            default -> plain("u00").raw((char) HEX[b >> 4]).raw((char) HEX[b & 15]);
        }
    }
}
