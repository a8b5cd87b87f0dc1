package winback.content.templates;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Text within the quotes of a JSON string (RFC 8259, section 7), in UTF-8. */
final class JsonText {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private JsonText() {}

    static byte[] escaped(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length() + text.length() / 8 + 8);
        write(text, out);
        return out.toByteArray();
    }

    /** What is no character, half of a pair, becomes a question mark. */
    static void write(String text, ByteArrayOutputStream out) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int written = 0;
        for (int i = 0; i < utf8.length; i++) {
            byte b = utf8[i];
            // All bytes of what is not ASCII are negative.
            if (b >= 0 && b < 0x20 || b == '"' || b == '\\') {
                out.write(utf8, written, i - written);
                escape(b, out);
                written = i + 1;
            }
        }
        out.write(utf8, written, utf8.length - written);
    }

    private static void escape(byte b, ByteArrayOutputStream out) {
        out.write('\\');
        switch (b) {
            case '"', '\\' -> out.write(b);
            case '\n' -> out.write('n');
            case '\r' -> out.write('r');
            case '\t' -> out.write('t');
            default -> {
                out.write('u');
                out.write('0');
                out.write('0');
                out.write(HEX[b >> 4]);
                out.write(HEX[b & 15]);
            }
        }
    }
}
