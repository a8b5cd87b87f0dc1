package winback.profile.features;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** All features in their order. New ones go to the end; whatever changes changes the fingerprint. */
public final class FeatureSchema {

    /** Columns of the periods. */
    public static final List<String> PERIOD_NAMES =
            List.of("orders", "spend", "delivered", "opens", "clicks", "others");

    public static final FeatureSchema CURRENT = new FeatureSchema(declare());

    private final List<Feature> features;
    private final List<String> names;
    private final String fingerprint;

    private FeatureSchema(List<Feature> features) {
        this.features = List.copyOf(features);
        this.names = features.stream().map(Feature::name).toList();
        this.fingerprint = fingerprint(features);
        Set<String> distinct = new HashSet<>(names);
        if (distinct.size() != names.size()) {
            throw new IllegalStateException("two features of one name");
        }
    }

    public List<Feature> features() {
        return features;
    }

    public List<String> names() {
        return names;
    }

    /** Shape [p], in lower case. */
    public List<String> groups() {
        return features.stream()
                .map(feature -> feature.group().name().toLowerCase(Locale.ROOT))
                .toList();
    }

    /** 16 hexadecimal digits: the beginning of the SHA-256 of names, units and order. */
    public String fingerprint() {
        return fingerprint;
    }

    /**
     * @return shape [p], in schema order, unscaled; NaN means unknown
     */
    public float[] vector(SubscriberState state, Instant asOf) {
        float[] vector = new float[features.size()];
        long millis = asOf.toEpochMilli();
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) features.get(i).function().value(state, millis);
        }
        return vector;
    }

    private static String fingerprint(List<Feature> features) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (Feature feature : features) {
                sha.update((feature.name() + "|" + feature.unit() + "\n").getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(sha.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Feature> declare() {
        Declarations declarations = new Declarations();
        Behaviour.declare(declarations);
        Demographics.declare(declarations);
        Psychographics.declare(declarations);
        Context.declare(declarations);
        return declarations.features();
    }
}
