package winback.profile.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DispositionTest {

    @ParameterizedTest
    @CsvSource({
        "declared_price_sensitivity, .6, BARGAIN",
        "declared_price_sensitivity, .59, ",
        "discount_share, .5, BARGAIN",
        "extraversion, .65, LIVELY",
        "impulse_order_share, .5, LIVELY",
        "conscientiousness, .65, CAREFUL",
        "views_per_order, 8, CAREFUL",
        "view_to_order_days, 6.9, ",
        "orders, 100, "
    })
    void followsFromOneSign(String feature, float value, @Nullable Disposition expected) {
        float[] features = new float[FeatureSchema.CURRENT.names().size()];
        Arrays.fill(features, Float.NaN);
        features[FeatureSchema.CURRENT.names().indexOf(feature)] = value;

        assertThat(Disposition.of(features)).isEqualTo(expected);
    }
}
