package winback.delivery.deliveries;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;

/** What happens to deliveries, in numbers. */
@Component
class DeliveryMeters {

    private final MeterRegistry meters;
    private final AtomicLong lagMillis = new AtomicLong();

    DeliveryMeters(MeterRegistry meters) {
        this.meters = meters;
        Gauge.builder("winback.deliveries.lag", lagMillis, millis -> millis.get() / 1000.0)
                .baseUnit("seconds")
                .description("How long the oldest overdue delivery has been waiting")
                .register(meters);
    }

    /** Counts the state that the delivery has just come to. */
    void count(Delivery delivery) {
        String outcome = switch (delivery.state()) {
            case SCHEDULED -> delivery.moves() == 0 ? "scheduled" : "moved";
            case PUBLISHING -> "publishing";
            case DUE -> "due";
            case REFUSED -> "refused";
        };
        meters.counter("winback.deliveries", "outcome", outcome, "reason", delivery.reason())
                .increment();
    }

    void lag(Duration lag) {
        lagMillis.set(lag.toMillis());
    }

    /** How long fetching a mail took; {@code outcome} is {@code found}, {@code missing} or {@code away}. */
    Timer fetches(String outcome) {
        return meters.timer("winback.mail.fetch", "outcome", outcome);
    }
}
