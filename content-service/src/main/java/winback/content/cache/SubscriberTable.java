package winback.content.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The subscribers of one partition: a hash table with linear probing whose entries are packed bytes, each with its key in
 * it. Any thread reads without a lock and sees a subscriber whole, as before or as after a change; one thread writes.
 * It grows and shrinks with what it holds.
 */
final class SubscriberTable {

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(byte[][].class);
    private static final VarHandle HASH = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** Of a slot whose subscriber is gone, over which probing goes on. */
    private static final byte[] REMOVED = new byte[Integer.BYTES];

    private static final int LEAST_SLOTS = 16;

    /** An array's header, and what a reference takes. */
    private static final int HEADER_BYTES = 16;

    private static final int REFERENCE_BYTES = 4;
    private static final int ALIGNMENT_BYTES = 8;

    private volatile byte[] @Nullable [] slots = new byte[LEAST_SLOTS][];
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicLong packedBytes = new AtomicLong();
    /** Slots that are taken, by subscribers or by those removed. */
    private int taken;

    /** How many subscribers. */
    int size() {
        return size.get();
    }

    /** What all this takes of the heap, in bytes. */
    long heapBytes() {
        return packedBytes.get() + HEADER_BYTES + (long) REFERENCE_BYTES * slots.length;
    }

    /**
     * A subscriber's packed bytes, null when there is none.
     *
     * @param hash of the key, see {@link #hash}
     */
    byte @Nullable [] find(int hash, byte[] key) {
        byte[] @Nullable [] in = slots;
        int mask = in.length - 1;
        for (int i = hash & mask; ; i = (i + 1) & mask) {
            byte[] found = (byte[]) SLOT.getAcquire(in, i);
            if (found == null) {
                return null;
            }
            if (isOf(found, hash, key)) {
                return found;
            }
        }
    }

    private static boolean isOf(byte[] packed, int hash, byte[] key) {
        if (packed == REMOVED || (int) HASH.get(packed, 0) != hash) {
            return false;
        }
        Unpacker head = new Unpacker(packed, Integer.BYTES);
        int length = head.small();
        return length == key.length && Arrays.equals(packed, head.at(), head.at() + length, key, 0, length);
    }

    /** Puts a subscriber there, in the place of what was known of the same. */
    void put(int hash, byte[] key, byte[] packed) {
        if (3 * (taken + 1) > 2 * slots.length) {
            rebuild();
        }
        byte[] @Nullable [] in = slots;
        int mask = in.length - 1;
        int free = -1;
        for (int i = hash & mask; ; i = (i + 1) & mask) {
            byte[] found = in[i];
            if (found == null) {
                if (free < 0) {
                    free = i;
                    taken++;
                }
                size.lazySet(size.get() + 1);
                count(packed, 1);
                SLOT.setRelease(in, free, packed);
                return;
            }
            if (found == REMOVED) {
                free = free < 0 ? i : free;
            } else if (isOf(found, hash, key)) {
                count(found, -1);
                count(packed, 1);
                SLOT.setRelease(in, i, packed);
                return;
            }
        }
    }

    /** Removes a subscriber, if it is there. */
    void remove(int hash, byte[] key) {
        byte[] @Nullable [] in = slots;
        int mask = in.length - 1;
        for (int i = hash & mask; in[i] != null; i = (i + 1) & mask) {
            byte[] found = in[i];
            if (found != null && isOf(found, hash, key)) {
                size.lazySet(size.get() - 1);
                count(found, -1);
                SLOT.setRelease(in, i, REMOVED);
                if (in.length > LEAST_SLOTS && 8 * size.get() < in.length) {
                    rebuild();
                }
                return;
            }
        }
    }

    /** Of one writer; others only read the sum. */
    private void count(byte[] packed, int times) {
        int bytes = (HEADER_BYTES + packed.length + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
        packedBytes.lazySet(packedBytes.get() + (long) times * bytes);
    }

    /** The hashes of all that are there now, each once, in the order of unsigned numbers. */
    int[] hashes() {
        byte[] @Nullable [] in = slots;
        int[] hashes = new int[in.length];
        int count = 0;
        for (int i = 0; i < in.length; i++) {
            byte[] found = (byte[]) SLOT.getAcquire(in, i);
            if (found != null && found != REMOVED) {
                hashes[count++] = (int) HASH.get(found, 0) ^ Integer.MIN_VALUE;
            }
        }
        return IntStream.of(Arrays.copyOf(hashes, count))
                .sorted()
                .distinct()
                .map(hash -> hash ^ Integer.MIN_VALUE)
                .toArray();
    }

    /** All of one hash: mostly one, sometimes more, none when it was removed. */
    List<byte[]> with(int hash) {
        List<byte[]> all = new ArrayList<>(1);
        byte[] @Nullable [] in = slots;
        int mask = in.length - 1;
        for (int i = hash & mask; ; i = (i + 1) & mask) {
            byte[] found = (byte[]) SLOT.getAcquire(in, i);
            if (found == null) {
                return all;
            }
            if (found != REMOVED && (int) HASH.get(found, 0) == hash) {
                all.add(found);
            }
        }
    }

    /** Into so many slots that a quarter to a half of them are taken. */
    private void rebuild() {
        int room = LEAST_SLOTS;
        while (room < 2 * (size.get() + 1)) {
            room *= 2;
        }
        byte[] @Nullable [] into = new byte[room][];
        int mask = room - 1;
        for (byte[] packed : slots) {
            if (packed != null && packed != REMOVED) {
                int i = (int) HASH.get(packed, 0) & mask;
                while (into[i] != null) {
                    i = (i + 1) & mask;
                }
                into[i] = packed;
            }
        }
        taken = size.get();
        slots = into;
    }

    /** What is written first of every subscriber. */
    static byte[] head(int hash) {
        byte[] head = new byte[Integer.BYTES];
        HASH.set(head, 0, hash);
        return head;
    }

    /** Mixes a hash whose lower bits are the same in all of a partition. */
    static int hash(int ofKafka) {
        int mixed = ofKafka * 0x9E3779B1;
        return mixed ^ mixed >>> 15;
    }
}
