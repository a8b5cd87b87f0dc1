package winback.profile.features;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The state's compact form. Each field passes through the same call whether it is written or read: a writer notes the
 * value and answers it, a reader answers the noted one. So the two cannot drift apart.
 *
 * <p>Whole numbers take seven bits a byte, numbers only the bytes that are not zero: little is mostly known of a
 * subscriber, and takes little room. Nothing is rounded.
 */
abstract sealed class Codec {

    /** A whole number from 0. */
    abstract long count(long value);

    /** Any double, to the bit. */
    abstract double number(double value);

    /** Text of at most 255 bytes in UTF-8. */
    abstract @Nullable String text(@Nullable String value);

    /** Epoch milliseconds, or {@link SubscriberState#NEVER}. */
    final long time(long value) {
        // Zigzag, so that instants before 1970 stay short as well.
        long noted = count(value == SubscriberState.NEVER ? 0 : ((value << 1) ^ (value >> 63)) + 1);
        return noted == 0 ? SubscriberState.NEVER : ((noted - 1) >>> 1) ^ -((noted - 1) & 1);
    }

    final void counts(long[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = count(values[i]);
        }
    }

    static final class Writer extends Codec {
        private ByteBuffer buffer = ByteBuffer.allocate(1024);

        private void room(int bytes) {
            if (buffer.remaining() < bytes) {
                ByteBuffer larger = ByteBuffer.allocate(buffer.capacity() * 2);
                larger.put(buffer.flip());
                buffer = larger;
            }
        }

        @Override
        long count(long value) {
            room(10);
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                buffer.put((byte) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            buffer.put((byte) rest);
            return value;
        }

        @Override
        double number(double value) {
            room(9);
            long bits = Double.doubleToLongBits(value);
            int zeros = bits == 0 ? 8 : Long.numberOfTrailingZeros(bits) / 8;
            buffer.put((byte) (8 - zeros));
            for (int shift = 56; shift >= 8 * zeros; shift -= 8) {
                buffer.put((byte) (bits >>> shift));
            }
            return value;
        }

        @Override
        @Nullable
        String text(@Nullable String value) {
            byte[] bytes = value == null ? new byte[0] : value.getBytes(StandardCharsets.UTF_8);
            room(1 + bytes.length);
            buffer.put((byte) bytes.length).put(bytes);
            return value;
        }

        byte[] bytes() {
            byte[] bytes = new byte[buffer.position()];
            buffer.flip().get(bytes);
            return bytes;
        }
    }

    static final class Reader extends Codec {
        private final ByteBuffer buffer;

        Reader(byte[] bytes) {
            this.buffer = ByteBuffer.wrap(bytes);
        }

        @Override
        long count(long ignored) {
            long value = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                byte next = buffer.get();
                value |= (next & 0x7fL) << shift;
                if (next >= 0) {
                    return value;
                }
            }
            throw new BufferUnderflowException();
        }

        @Override
        double number(double ignored) {
            int bytes = buffer.get();
            long bits = 0;
            for (int i = 0; i < bytes; i++) {
                bits |= (buffer.get() & 0xffL) << (56 - 8 * i);
            }
            return Double.longBitsToDouble(bits);
        }

        @Override
        @Nullable
        String text(@Nullable String ignored) {
            byte[] bytes = new byte[buffer.get() & 0xff];
            buffer.get(bytes);
            return bytes.length == 0 ? null : new String(bytes, StandardCharsets.UTF_8);
        }

        boolean atEnd() {
            return !buffer.hasRemaining();
        }
    }
}
