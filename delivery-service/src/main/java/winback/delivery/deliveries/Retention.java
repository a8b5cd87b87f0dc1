package winback.delivery.deliveries;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Removes deliveries that ended long ago, a bounded number at a time. */
@Component
class Retention {

    private static final Logger log = LoggerFactory.getLogger(Retention.class);
    private static final int AT_ONCE = 2000;
    private static final int TIMES = 50;

    private final Deliveries deliveries;
    private final Duration keep;
    private final Clock clock;

    Retention(Deliveries deliveries, RetentionSettings settings, Clock clock) {
        this.deliveries = deliveries;
        this.keep = settings.keep();
        this.clock = clock;
    }

    @Scheduled(
            fixedDelayString = "${winback.deliveries.purge-every:1h}",
            initialDelayString = "${winback.deliveries.purge-every:1h}")
    void purge() {
        Instant before = clock.instant().minus(keep);
        try {
            for (int i = 0; i < TIMES && deliveries.removeEndedBefore(before, AT_ONCE) == AT_ONCE; i++) {
                log.debug("removed {} old deliveries", AT_ONCE);
            }
        } catch (DataAccessException | TransactionException away) {
            log.debug("removing old deliveries waits for the database", away);
        }
    }
}
