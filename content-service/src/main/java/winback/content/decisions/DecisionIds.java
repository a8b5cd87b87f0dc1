package winback.content.decisions;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * UUIDs of version 7 (RFC 9562, section 5.7): ordered by time for the index, unguessable for the links. Random bytes are
 * taken from the system a few kilobytes at a time, since it gives them to one thread after the other.
 */
final class DecisionIds {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int STOCK_BYTES = 4096;
    private static final int ID_BYTES = 16;

    /** Each is with one thread at a time. */
    private static final Queue<ByteBuffer> STOCKS = new ConcurrentLinkedQueue<>();

    private DecisionIds() {}

    static String next(Instant now) {
        ByteBuffer stock = STOCKS.poll();
        if (stock == null || stock.remaining() < ID_BYTES) {
            stock = stock == null ? ByteBuffer.allocate(STOCK_BYTES) : stock.clear();
            RANDOM.nextBytes(stock.array());
        }
        long first = stock.getLong();
        long second = stock.getLong();
        STOCKS.offer(stock);
        return of(now, first, second);
    }

    /**
     * The same for the same.
     *
     * @param code at least 32 hexadecimal digits that nobody can guess
     */
    static String of(Instant time, String code) {
        return of(time, Long.parseUnsignedLong(code, 0, 16, 16), Long.parseUnsignedLong(code, 16, 32, 16));
    }

    private static String of(Instant time, long first, long second) {
        long high = time.toEpochMilli() << 16 | 0x7000 | first & 0x0fff;
        return new UUID(high, second & 0x3fffffffffffffffL | 0x8000000000000000L).toString();
    }
}
