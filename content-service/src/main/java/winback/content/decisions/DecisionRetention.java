package winback.content.decisions;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Removes decisions made long ago, a bounded number at a time. What the posteriors learned from them stays. */
@Component
class DecisionRetention {

    private static final Logger log = LoggerFactory.getLogger(DecisionRetention.class);
    private static final int AT_ONCE = 2000;
    private static final int TIMES = 50;

    private final DecisionTables tables;
    private final Duration keep;
    private final Clock clock;

    DecisionRetention(DecisionTables tables, DecisionSettings settings, Clock clock) {
        this.tables = tables;
        this.keep = settings.keep();
        this.clock = clock;
    }

    @Scheduled(
            fixedDelayString = "${winback.decisions.purge-every:1h}",
            initialDelayString = "${winback.decisions.purge-every:1h}")
    void purge() {
        Instant before = clock.instant().minus(keep);
        try {
            for (int i = 0; i < TIMES; i++) {
                int removed = tables.removeBefore(before, AT_ONCE);
                log.debug("removed {} old decisions", removed);
                if (removed < AT_ONCE) {
                    tables.removeDrawnFromBefore(before);
                    return;
                }
            }
        } catch (DataAccessException | TransactionException away) {
            log.debug("removing old decisions waits for the database", away);
        }
    }
}
