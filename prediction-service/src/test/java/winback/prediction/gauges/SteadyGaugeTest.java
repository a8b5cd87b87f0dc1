package winback.prediction.gauges;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SteadyGaugeTest {

    private static final Tags CHURN = Tags.of("model", "churn");
    private static final Tags VALUE = Tags.of("model", "value");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final SteadyGauge gauge = new SteadyGauge("auc", "of the newest back-test", meters);

    @Test
    void whatStaysIsTheSameMeterWithTheNewFigureAndWhatGoesIsGone() {
        gauge.set(Map.of(CHURN, .8));
        Gauge before = meters.get("auc").tags(CHURN).gauge();

        gauge.set(Map.of(CHURN, .9, VALUE, .7));

        assertThat(meters.get("auc").tags(CHURN).gauge()).isSameAs(before);
        assertThat(before.value()).isEqualTo(.9);
        assertThat(meters.get("auc").tags(VALUE).gauge().value()).isEqualTo(.7);
        gauge.set(Map.of(VALUE, .6));
        assertThat(meters.find("auc").tags(CHURN).gauge()).isNull();
        assertThat(meters.get("auc").tags(VALUE).gauge().value()).isEqualTo(.6);
    }
}
