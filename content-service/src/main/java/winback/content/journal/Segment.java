package winback.content.journal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One file of a {@link Journal}, mapped into memory, so that what was written survives the process.
 *
 * <pre>
 * header     64 bytes: magic, then up to where the records have arrived
 * record     on a multiple of 8: length, CRC-32C of the bytes, the bytes
 *            length 0: nothing yet; negative: −length is being written, or was when the process died;
 *            with {@link #VOID}: nothing is to be read here
 * </pre>
 *
 * Many threads append, one reads. The mapping ends with {@link #delete}: one that waits for the collector would keep the
 * disk's room for hours. Who still looks at it then meets an {@link IllegalStateException}; nobody appends any more.
 */
final class Segment {

    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    static final int HEADER_BYTES = 64;
    static final int RECORD_HEADER_BYTES = 8;
    private static final int ALIGNMENT = 8;
    private static final long MAGIC = 0x314c_4e52_4a42_4e57L;
    private static final int ARRIVED_AT = 8;
    private static final int VOID = 1 << 30;
    private static final int ZEROS = 1 << 16;
    private static final byte[] NOTHING = new byte[4096];

    private final Path file;
    private final long number;
    private final ByteBuffer bytes;
    private final Arena mapping;
    /** Whether an earlier process wrote it. */
    private final boolean left;

    private final AtomicInteger reserved = new AtomicInteger(HEADER_BYTES);
    /** Where the first record would have begun that had no room any more; −1 before. */
    private volatile int sealedAt = -1;

    private Segment(Path file, long number, ByteBuffer bytes, Arena mapping, boolean left) {
        this.file = file;
        this.number = number;
        this.bytes = bytes;
        this.mapping = mapping;
        this.left = left;
    }

    /**
     * Makes a new file of full size: every block of it is there before the first record, since a disk that is full would
     * end the process at a write into the mapping.
     */
    @SuppressWarnings("MustBeClosedChecker") // ends with delete() or close()
    static Segment create(Path file, long number, int size) throws IOException {
        Arena mapping = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS);
            for (int written = 0; written < size; ) {
                zeros.clear().limit(Math.min(ZEROS, size - written));
                written += channel.write(zeros);
            }
            ByteBuffer mapped = map(channel, size, mapping);
            LONG.set(mapped, ARRIVED_AT, (long) HEADER_BYTES);
            LONG.setRelease(mapped, 0, MAGIC);
            return new Segment(file, number, mapped, mapping, false);
        } catch (IOException failed) {
            mapping.close();
            Files.deleteIfExists(file);
            throw failed;
        }
    }

    /** Opens what an earlier process left; nothing is appended to it. Null when that had not even begun it. */
    @SuppressWarnings("MustBeClosedChecker") // ends with delete() or close()
    static @Nullable Segment open(Path file, long number) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (channel.size() < HEADER_BYTES) {
                return null;
            }
            Arena mapping = Arena.ofShared();
            ByteBuffer mapped = map(channel, channel.size(), mapping);
            if ((long) LONG.getAcquire(mapped, 0) != MAGIC) {
                mapping.close();
                return null;
            }
            Segment segment = new Segment(file, number, mapped, mapping, true);
            // In case that the process died between the two.
            segment.wipe(HEADER_BYTES, segment.arrived());
            segment.sealedAt = segment.end();
            return segment;
        }
    }

    private static ByteBuffer map(FileChannel channel, long size, Arena mapping) throws IOException {
        return channel.map(FileChannel.MapMode.READ_WRITE, 0, size, mapping).asByteBuffer();
    }

    /** Behind the last whole record. What the process was writing as it died is passed over. */
    private int end() {
        int end = arrived();
        for (int at = end; at + RECORD_HEADER_BYTES <= bytes.capacity(); ) {
            int length = length(at);
            if (isWhole(at, length)) {
                at += size(length);
                end = at;
            } else if ((length & VOID) != 0 && length > 0) {
                at += size(length & ~VOID);
            } else {
                at += ALIGNMENT;
            }
        }
        return end;
    }

    private boolean isWhole(int at, int length) {
        return length > 0
                && (length & VOID) == 0
                && length <= bytes.capacity() - at - RECORD_HEADER_BYTES
                && crc(bytes.slice(at + RECORD_HEADER_BYTES, length)) == (int) INT.get(bytes, at + Integer.BYTES);
    }

    private static int crc(ByteBuffer record) {
        CRC32C crc = new CRC32C();
        crc.update(record);
        return (int) crc.getValue();
    }

    /** With its header, on a multiple of 8. */
    static int size(int length) {
        return (RECORD_HEADER_BYTES + length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    long number() {
        return number;
    }

    /** Bytes that are left for records; another thread may take them meanwhile. */
    int room() {
        return Math.max(0, bytes.capacity() - reserved.get());
    }

    /** Whether there was room for it. Without a lock; what is appended is read once it is whole. */
    boolean append(byte[] record) {
        int size = size(record.length);
        int at = reserved.getAndAdd(size);
        if (at < 0 || at > bytes.capacity()) {
            // So many were refused already that the sum is no place any more.
            reserved.set(bytes.capacity() + 1);
            return false;
        }
        if (at + size > bytes.capacity()) {
            sealedAt = at;
            return false;
        }
        INT.setRelease(bytes, at, -record.length);
        boolean written = false;
        try {
            bytes.put(at + RECORD_HEADER_BYTES, record);
            INT.set(bytes, at + Integer.BYTES, crc(ByteBuffer.wrap(record)));
            written = true;
        } finally {
            INT.setRelease(bytes, at, written ? record.length : record.length | VOID);
        }
        return true;
    }

    private int length(int at) {
        return (int) INT.getAcquire(bytes, at);
    }

    /** Up to where its records have arrived. */
    int arrived() {
        long arrived = (long) LONG.getAcquire(bytes, ARRIVED_AT);
        return (int) Math.clamp(arrived, HEADER_BYTES, bytes.capacity());
    }

    /** What has arrived is overwritten: nothing of anybody stays here that is elsewhere already. */
    void arrived(int upTo) {
        int from = arrived();
        LONG.setRelease(bytes, ARRIVED_AT, (long) upTo);
        wipe(from, upTo);
    }

    private void wipe(int from, int to) {
        for (int at = from; at < to; at += NOTHING.length) {
            bytes.put(at, NOTHING, 0, Math.min(NOTHING.length, to - at));
        }
    }

    /** What is at a place: a record, something to pass over, nothing yet, or the end. */
    Found at(int place) {
        int from = place;
        while (true) {
            int sealed = sealedAt;
            if (sealed >= 0 && from >= sealed || from + RECORD_HEADER_BYTES > bytes.capacity()) {
                return Found.END;
            }
            int length = length(from);
            boolean isVoid = length > 0 && (length & VOID) != 0;
            if (isVoid) {
                from += size(length & ~VOID);
            } else if (left ? isWhole(from, length) : length > 0) {
                byte[] record = new byte[length];
                bytes.get(from + RECORD_HEADER_BYTES, record);
                return new Found(record, from, from + size(length));
            } else if (left) {
                // The process died while it wrote this.
                from += ALIGNMENT;
            } else {
                return Found.NOTHING;
            }
        }
    }

    /** Takes back a record that was found: its bytes are overwritten. */
    void erase(int at) {
        int length = length(at);
        if (length > 0 && (length & VOID) == 0) {
            INT.setRelease(bytes, at, length | VOID);
            bytes.put(at + RECORD_HEADER_BYTES, new byte[length]);
        }
    }

    /** Ends the mapping, but leaves the file. */
    void close() {
        mapping.close();
    }

    void delete() throws IOException {
        close();
        Files.deleteIfExists(file);
    }

    /**
     * @param record absent when there is none
     * @param at where it is
     * @param next where to go on; negative at the end
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes, compared nowhere
    record Found(byte @Nullable [] record, int at, int next) {
        static final Found NOTHING = new Found(null, 0, 0);
        static final Found END = new Found(null, 0, -1);
    }
}
