package winback.profile.imports;

/** How often each row of a file has been seen, by the first 64 bits of its hash: 12 bytes a slot, no objects. */
final class RowCounts {

    private long[] keys = new long[1024];
    private int[] counts = new int[1024];
    private int size;

    /** Counts one more of these and returns how many there are now. */
    int increment(long hash) {
        // 2 × size ≤ slots keeps probes short.
        if (2 * size >= keys.length) {
            grow();
        }
        int slot = slot(hash);
        if (counts[slot] == 0) {
            keys[slot] = hash;
            size++;
        }
        return ++counts[slot];
    }

    private int slot(long hash) {
        int mask = keys.length - 1;
        int slot = (int) hash & mask;
        while (counts[slot] != 0 && keys[slot] != hash) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldCounts = counts;
        keys = new long[2 * oldKeys.length];
        counts = new int[2 * oldCounts.length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldCounts[i] != 0) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                counts[slot] = oldCounts[i];
            }
        }
    }
}
