package winback.content.cache;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Reads what a {@link Packer} wrote, in the same order. Cheap to make, for one reading. */
final class Unpacker {

    private final byte[] bytes;
    private int at;

    Unpacker(byte[] bytes, int at) {
        this.bytes = bytes;
        this.at = at;
    }

    int at() {
        return at;
    }

    void skip(int length) {
        at += length;
    }

    int unsigned() {
        return bytes[at++] & 0xff;
    }

    long count() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = bytes[at++];
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    int small() {
        return (int) count();
    }

    long whole() {
        long value = count();
        return value >>> 1 ^ -(value & 1);
    }

    float real() {
        at += 4;
        return Packer.floatAt(bytes, at - 4);
    }

    double precise() {
        at += 8;
        return Packer.doubleAt(bytes, at - 8);
    }

    Instant instant() {
        long seconds = whole();
        return Instant.ofEpochSecond(seconds, count());
    }

    String text() {
        int length = small();
        at += length;
        return new String(bytes, at - length, length, StandardCharsets.UTF_8);
    }
}
