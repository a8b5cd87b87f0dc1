package winback.content.decisions;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The newest entries by order of arrival; the oldest leave as new ones come. Lock-free. */
final class RecentMap<V> {

    private final Map<String, V> byKey = new ConcurrentHashMap<>();
    private final AtomicReferenceArray<@Nullable String> ring;
    private final AtomicLong next = new AtomicLong();

    RecentMap(int capacity) {
        ring = new AtomicReferenceArray<>(capacity);
    }

    void put(String key, V value) {
        if (byKey.putIfAbsent(key, value) == null) {
            String oldest = ring.getAndSet((int) (next.getAndIncrement() % ring.length()), key);
            if (oldest != null) {
                byKey.remove(oldest);
            }
        }
    }

    @Nullable
    V get(String key) {
        return byKey.get(key);
    }

    int size() {
        return byKey.size();
    }
}
