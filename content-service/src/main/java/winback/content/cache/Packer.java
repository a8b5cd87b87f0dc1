package winback.content.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * Writes values one after the other into bytes: whole numbers in as few bytes as they need (LEB128, signed ones zigzag),
 * floats and doubles as they are. Used again and again by one thread.
 */
final class Packer {

    private static final VarHandle FLOAT = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle DOUBLE =
            MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes = new byte[1024];
    private int size;

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }

    /** What {@link #putWhole} put first. */
    long firstWhole() {
        return new Unpacker(bytes, 0).whole();
    }

    byte[] toArray() {
        return Arrays.copyOf(bytes, size);
    }

    private int room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
        return size;
    }

    void put(int value) {
        room(1);
        bytes[size++] = (byte) value;
    }

    void put(byte[] value, int from, int length) {
        int at = room(length);
        System.arraycopy(value, from, bytes, at, length);
        size += length;
    }

    void put(Packer other) {
        put(other.bytes, 0, other.size);
    }

    /** ≥ 0 in 1 to 9 bytes. */
    void putCount(long count) {
        room(10);
        long rest = count;
        while ((rest & ~0x7fL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    void putWhole(long value) {
        putCount(value << 1 ^ value >> 63);
    }

    void putFloat(float value) {
        FLOAT.set(bytes, room(4), value);
        size += 4;
    }

    void putDouble(double value) {
        DOUBLE.set(bytes, room(8), value);
        size += 8;
    }

    void putInstant(Instant instant) {
        putWhole(instant.getEpochSecond());
        putCount(instant.getNano());
    }

    /** UTF-8 with its length before it. */
    void putText(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        putCount(utf8.length);
        put(utf8, 0, utf8.length);
    }

    /** Leaves room for bytes that are set later; returns where. */
    int skip(int length) {
        int at = room(length);
        Arrays.fill(bytes, at, at + length, (byte) 0);
        size += length;
        return at;
    }

    /** Sets bits of a byte that {@link #skip} left. */
    void or(int at, int bits) {
        bytes[at] |= (byte) bits;
    }

    static float floatAt(byte[] bytes, int at) {
        return (float) FLOAT.get(bytes, at);
    }

    static double doubleAt(byte[] bytes, int at) {
        return (double) DOUBLE.get(bytes, at);
    }
}
