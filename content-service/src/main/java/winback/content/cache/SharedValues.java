package winback.content.cache;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What many subscribers have in common, each kept once. */
final class SharedValues {

    private static final int MOST = 65_000;

    /**
     * A model's version.
     *
     * @param calibratedAt absent in scores of an older release
     */
    record ModelVersion(String version, @Nullable Instant calibratedAt) {}

    /** Of traits, lifecycles, models, and of what was consented to. */
    final Dictionary<String> names = new Dictionary<>(MOST);

    final Dictionary<ModelVersion> modelVersions = new Dictionary<>(MOST);
    private final Dictionary<ZoneId> zones = new Dictionary<>(MOST);
    private final Map<String, Integer> zoneNumbers = new ConcurrentHashMap<>();

    /** The number of an IANA zone, {@link Dictionary#NONE} for none and for what is none. */
    int zone(@Nullable String name) {
        if (name == null) {
            return Dictionary.NONE;
        }
        Integer known = zoneNumbers.get(name);
        if (known != null) {
            return known;
        }
        try {
            int number = zones.add(ZoneId.of(name));
            if (number != Dictionary.NONE) {
                zoneNumbers.put(name, number);
            }
            return number;
        } catch (DateTimeException noZone) {
            return Dictionary.NONE;
        }
    }

    @Nullable
    ZoneId zone(int number) {
        return zones.value(number);
    }

    /** The number of a name that has to have one. */
    int name(String name) {
        int number = names.add(name);
        if (number == Dictionary.NONE) {
            throw new IllegalStateException("too many different names");
        }
        return number;
    }
}
