package winback.prediction.gauges;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A gauge of one figure by tags, of which some come, change and go. What stays is registered once: a {@link MultiGauge} that
 * is told to overwrite takes rows out and puts them in again, and Prometheus, if it looks in between, sees a row twice and is
 * answered with an error.
 */
public final class SteadyGauge {

    private final MultiGauge gauge;
    private final Map<Tags, Double> figures = new ConcurrentHashMap<>();

    public SteadyGauge(String name, String description, MeterRegistry meters) {
        this.gauge = MultiGauge.builder(name).description(description).register(meters);
    }

    /** All there is from now on. */
    public void set(Map<Tags, ? extends Number> now) {
        now.forEach((tags, figure) -> figures.put(tags, figure.doubleValue()));
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        now.keySet().forEach(tags -> rows.add(MultiGauge.Row.of(tags, () -> figures.getOrDefault(tags, Double.NaN))));
        gauge.register(rows);
        figures.keySet().retainAll(now.keySet());
    }
}
