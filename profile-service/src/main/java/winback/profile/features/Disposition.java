package winback.profile.features;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How somebody tends to decide, from what was declared and what was done; in the order in which they are looked for. Coarse
 * on purpose: what it means for a mail is learned from answers, not from this.
 */
public enum Disposition {
    /** Price decides: a declared price sensitivity of at least .6, or at least half of the orders with a discount. */
    BARGAIN(List.of(atLeast("declared_price_sensitivity", .6F), atLeast("discount_share", .5F))),
    /**
     * The moment decides: extraversion of at least .65, a declared novelty seeking of at least .6, or at least half of the
     * orders within 15 minutes of a visit's beginning.
     */
    LIVELY(List.of(
            atLeast("extraversion", .65F),
            atLeast("declared_novelty_seeking", .6F),
            atLeast("impulse_order_share", .5F))),
    /**
     * Comparing decides: conscientiousness of at least .65, at least eight product views for each order, or at least a week
     * from the first view to the order.
     */
    CAREFUL(List.of(
            atLeast("conscientiousness", .65F), atLeast("views_per_order", 8F), atLeast("view_to_order_days", 7F)));

    private record Sign(int feature, float least) {}

    private final List<Sign> signs;

    Disposition(List<Sign> signs) {
        this.signs = signs;
    }

    private static Sign atLeast(String feature, float least) {
        int place = FeatureSchema.CURRENT.names().indexOf(feature);
        if (place < 0) {
            throw new IllegalStateException("no feature " + feature);
        }
        return new Sign(place, least);
    }

    /** Such as {@code bargain}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @param features shape [p], of {@link FeatureSchema#CURRENT}; NaN, which is unknown, is no sign
     * @return absent when there is no sign of any
     */
    public static @Nullable Disposition of(float[] features) {
        for (Disposition disposition : values()) {
            for (Sign sign : disposition.signs) {
                if (features[sign.feature] >= sign.least) {
                    return disposition;
                }
            }
        }
        return null;
    }
}
