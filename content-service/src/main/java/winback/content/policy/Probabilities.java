package winback.content.policy;

import java.nio.charset.StandardCharsets;
import java.util.AbstractMap;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The probabilities of all arms at one state of the posteriors, by arm id, in the order of the arms. With its JSON, since
 * every decision carries it. Immutable.
 */
public final class Probabilities extends AbstractMap<String, Double> {

    private final Map<String, Double> byArm;
    private final byte[] json;

    /** @param byArm ids of letters, digits, dots, underscores and hyphens */
    Probabilities(Map<String, Double> byArm) {
        this.byArm = Collections.unmodifiableMap(new LinkedHashMap<>(byArm));
        this.json = byArm.entrySet().stream()
                .map(arm -> "\"" + arm.getKey() + "\":" + arm.getValue())
                .collect(Collectors.joining(",", "{", "}"))
                .getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public Set<Entry<String, Double>> entrySet() {
        return byArm.entrySet();
    }

    @Override
    public @Nullable Double get(Object arm) {
        return byArm.get(arm);
    }

    /** A JSON object, as any library would write this map; not to be changed. */
    public byte[] json() {
        return json;
    }
}
