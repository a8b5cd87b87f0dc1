package winback.content.decisions;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The newest decisions, as many as fit; the oldest leave as new ones come. For those who ask before the database has them.
 * They lie in memory that the garbage collector does not look at: thousands come and go every second, and to carry each
 * along for some seconds was most of what its pauses took.
 */
final class RecentDecisions {

    private static final int STRIPES = 8;
    private static final int LEAST_ENTRY_BYTES = 256;

    private final Stripe[] stripes;

    /** @param bytes of all together */
    RecentDecisions(long bytes) {
        stripes = Stream.generate(() -> new Stripe(Math.toIntExact(bytes / STRIPES)))
                .limit(STRIPES)
                .toArray(Stripe[]::new);
    }

    private Stripe stripe(int hash) {
        return stripes[hash >>> 29];
    }

    private static int hash(String decisionId) {
        return decisionId.hashCode() * 0x9E3779B1;
    }

    /** Remembers a decision, unless it is known. */
    void put(String decisionId, EncodedDecision decision) {
        int hash = hash(decisionId);
        stripe(hash).put(hash, utf8(decisionId), utf8(decision.subscriberId()), decision.json());
    }

    @Nullable
    EncodedDecision get(String decisionId) {
        int hash = hash(decisionId);
        return stripe(hash).get(hash, utf8(decisionId));
    }

    void remove(String decisionId) {
        int hash = hash(decisionId);
        stripe(hash).remove(hash, utf8(decisionId));
    }

    /** Overwrites those of these subscribers for which it is so. */
    void removeIf(Set<String> subscriberIds, Predicate<EncodedDecision> which) {
        for (Stripe stripe : stripes) {
            stripe.removeIf(decision -> subscriberIds.contains(decision.subscriberId()) && which.test(decision));
        }
    }

    /** What was one subscriber's is another's from now on. */
    void move(String from, String into) {
        for (Stripe stripe : stripes) {
            stripe.move(from, into);
        }
    }

    int size() {
        return Stream.of(stripes).mapToInt(Stripe::size).sum();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * A ring of entries, each: size, hash, lengths of id and subscriber, id, subscriber, JSON; and a hash table with linear
     * probing of where they are. Its lock is held for a copy of some kilobytes.
     */
    private static final class Stripe {

        private static final int HEAD_BYTES = 2 * Integer.BYTES + 2 * Short.BYTES;

        private final ByteBuffer ring;
        /** 1 + where the entry begins, counted from the first byte ever written; 0 where there is none. */
        private final long[] table;

        private final byte[] head = new byte[HEAD_BYTES];
        private final ByteBuffer headFields = ByteBuffer.wrap(head);
        private long oldest;
        private long written;
        private int size;

        Stripe(int bytes) {
            ring = ByteBuffer.allocateDirect(bytes);
            table = new long[Integer.highestOneBit(Math.max(1, bytes / LEAST_ENTRY_BYTES)) * 4];
        }

        /** An entry's fixed part. */
        private record Entry(long at, int bytes, int hash, int idBytes, int subscriberBytes) {
            int jsonBytes() {
                return bytes - HEAD_BYTES - idBytes - subscriberBytes;
            }
        }

        private Entry entry(long at) {
            read(at, head);
            return new Entry(
                    at, headFields.getInt(0), headFields.getInt(4), headFields.getShort(8), headFields.getShort(10));
        }

        private byte[] id(Entry entry) {
            return read(entry.at() + HEAD_BYTES, new byte[entry.idBytes()]);
        }

        private EncodedDecision decision(Entry entry) {
            long at = entry.at() + HEAD_BYTES + entry.idBytes();
            byte[] subscriber = read(at, new byte[entry.subscriberBytes()]);
            byte[] json = read(at + subscriber.length, new byte[entry.jsonBytes()]);
            return new EncodedDecision(new String(subscriber, StandardCharsets.UTF_8), json);
        }

        private byte[] read(long at, byte[] into) {
            int from = (int) (at % ring.capacity());
            int first = Math.min(into.length, ring.capacity() - from);
            ring.get(from, into, 0, first);
            ring.get(0, into, first, into.length - first);
            return into;
        }

        private long write(long at, byte[] bytes) {
            int from = (int) (at % ring.capacity());
            int first = Math.min(bytes.length, ring.capacity() - from);
            ring.put(from, bytes, 0, first);
            ring.put(0, bytes, first, bytes.length - first);
            return at + bytes.length;
        }

        /** The slot of that id, or the free one where it belongs. */
        private int slot(int hash, byte[] id) {
            int mask = table.length - 1;
            for (int i = hash & mask; ; i = (i + 1) & mask) {
                if (table[i] == 0) {
                    return i;
                }
                Entry found = entry(table[i] - 1);
                if (found.hash() == hash && Arrays.equals(id(found), id)) {
                    return i;
                }
            }
        }

        synchronized void put(int hash, byte[] id, byte[] subscriber, byte[] json) {
            int bytes = HEAD_BYTES + id.length + subscriber.length + json.length;
            // What would push out all others is not worth it.
            if (bytes > ring.capacity() / 4 || id.length > Short.MAX_VALUE || subscriber.length > Short.MAX_VALUE) {
                return;
            }
            while (written + bytes - oldest > ring.capacity() || 2 * (size + 1) > table.length) {
                dropOldest();
            }
            int slot = slot(hash, id);
            if (table[slot] != 0) {
                return;
            }
            long at = written;
            headFields.putInt(0, bytes).putInt(4, hash).putShort(8, (short) id.length);
            headFields.putShort(10, (short) subscriber.length);
            written = write(write(write(write(at, head), id), subscriber), json);
            table[slot] = at + 1;
            size++;
        }

        synchronized @Nullable EncodedDecision get(int hash, byte[] id) {
            int slot = slot(hash, id);
            return table[slot] == 0 ? null : decision(entry(table[slot] - 1));
        }

        synchronized void remove(int hash, byte[] id) {
            int slot = slot(hash, id);
            if (table[slot] != 0) {
                overwrite(entry(table[slot] - 1));
                free(slot);
            }
        }

        private void dropOldest() {
            Entry entry = entry(oldest);
            int slot = slotOf(entry);
            if (slot >= 0) {
                free(slot);
            }
            oldest += entry.bytes();
        }

        /** Negative when the entry was removed. */
        private int slotOf(Entry entry) {
            int mask = table.length - 1;
            for (int i = entry.hash() & mask; table[i] != 0; i = (i + 1) & mask) {
                if (table[i] - 1 == entry.at()) {
                    return i;
                }
            }
            return -1;
        }

        /** Those behind it in its row move up, so that none is cut off. */
        private void free(int slot) {
            int mask = table.length - 1;
            int gap = slot;
            for (int i = (slot + 1) & mask; table[i] != 0; i = (i + 1) & mask) {
                int home = entry(table[i] - 1).hash() & mask;
                if (((i - home) & mask) >= ((i - gap) & mask)) {
                    table[gap] = table[i];
                    gap = i;
                }
            }
            table[gap] = 0;
            size--;
        }

        private void overwrite(Entry entry) {
            write(entry.at() + HEAD_BYTES, new byte[entry.bytes() - HEAD_BYTES]);
        }

        synchronized void removeIf(Predicate<EncodedDecision> which) {
            for (long at = oldest; at < written; ) {
                Entry entry = entry(at);
                int slot = slotOf(entry);
                if (slot >= 0 && which.test(decision(entry))) {
                    overwrite(entry);
                    free(slot);
                }
                at += entry.bytes();
            }
        }

        synchronized void move(String from, String into) {
            long end = written;
            for (long at = oldest; at < end; at = Math.max(at, oldest)) {
                Entry entry = entry(at);
                at += entry.bytes();
                int slot = slotOf(entry);
                if (slot < 0) {
                    continue;
                }
                EncodedDecision decision = decision(entry);
                if (decision.subscriberId().equals(from)) {
                    byte[] id = id(entry);
                    overwrite(entry);
                    free(slot);
                    put(entry.hash(), id, utf8(into), decision.json());
                }
            }
        }

        synchronized int size() {
            return size;
        }
    }
}
