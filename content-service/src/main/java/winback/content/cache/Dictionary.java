package winback.content.cache;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Small numbers for values that many subscribers share, such as the names of traits. Grows only, up to a bound: what a
 * stranger sends must not fill the heap. Lookups are lock-free; adding is rare and locked.
 *
 * @param <T> values that are equal by content
 */
final class Dictionary<T> {

    /** Of what has no number. */
    static final int NONE = 0;

    private final int most;
    private final Map<T, Integer> numbers = new ConcurrentHashMap<>();
    private volatile @Nullable Object[] values = new Object[16];
    private int used = 1;

    /** @param most how many values it takes, ≥ 1 */
    Dictionary(int most) {
        this.most = most;
    }

    /** The number of a value, from 1, or {@link #NONE} when there is no room for another one. */
    int add(T value) {
        Integer known = numbers.get(value);
        return known == null ? addNew(value) : known;
    }

    private synchronized int addNew(T value) {
        Integer known = numbers.get(value);
        if (known != null) {
            return known;
        }
        if (used > most) {
            return NONE;
        }
        @Nullable Object[] grown = used < values.length ? values : Arrays.copyOf(values, 2 * values.length);
        grown[used] = value;
        // Whoever learns the number finds the value: this write comes before the number is told.
        values = grown;
        numbers.put(value, used);
        return used++;
    }

    /** The number of a value that was added, else {@link #NONE}. */
    int find(T value) {
        return numbers.getOrDefault(value, NONE);
    }

    /** The value of a number that was given here; null of {@link #NONE}. */
    @SuppressWarnings("unchecked")
    @Nullable
    T value(int number) {
        return (T) values[number];
    }
}
