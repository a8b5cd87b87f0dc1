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
    private static final int LONGEST_CHARACTER = 6;
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
        JsonBytes json = new JsonBytes(text.length() + text.length() / 8 + LONGEST_CHARACTER);
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
        room(json.length);
        System.arraycopy(json, 0, bytes, size, json.length);
        size += json.length;
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
        int n = text.length();
        room(n);
        int i = 0;
        while (i < n && isPlain(text.charAt(i))) {
            bytes[size + i] = (byte) text.charAt(i);
            i++;
        }
        size += i;
        if (i < n) {
            rest(text, i);
        }
    }

    private static boolean isPlain(char c) {
        return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
    }

    /** From that character on, whatever they are. */
    private void rest(String text, int from) {
        int n = text.length();
        room(LONGEST_CHARACTER * (n - from));
        byte[] to = bytes;
        int at = size;
        for (int i = from; i < n; i++) {
            char c = text.charAt(i);
            if (isPlain(c)) {
                to[at++] = (byte) c;
            } else if (c < 0x80) {
                at = escape(c, to, at);
            } else if (c < 0x800) {
                to[at++] = (byte) (0xc0 | c >> 6);
                to[at++] = (byte) (0x80 | c & 0x3f);
            } else if (!Character.isSurrogate(c)) {
                to[at++] = (byte) (0xe0 | c >> 12);
                to[at++] = (byte) (0x80 | c >> 6 & 0x3f);
                to[at++] = (byte) (0x80 | c & 0x3f);
            } else if (Character.isHighSurrogate(c) && i + 1 < n && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                int point = Character.toCodePoint(c, text.charAt(i));
                to[at++] = (byte) (0xf0 | point >> 18);
                to[at++] = (byte) (0x80 | point >> 12 & 0x3f);
                to[at++] = (byte) (0x80 | point >> 6 & 0x3f);
                to[at++] = (byte) (0x80 | point & 0x3f);
            } else {
                to[at++] = '?';
            }
        }
        size = at;
    }

    private static int escape(char c, byte[] to, int from) {
        int at = from;
        to[at++] = '\\';
        switch (c) {
            case '"', '\\' -> to[at++] = (byte) c;
            case '\n' -> to[at++] = 'n';
            case '\r' -> to[at++] = 'r';
            case '\t' -> to[at++] = 't';
            default -> {
                to[at++] = 'u';
                to[at++] = '0';
                to[at++] = '0';
                to[at++] = HEX[c >> 4];
                to[at++] = HEX[c & 15];
            }
        }
        return at;
    }
}
