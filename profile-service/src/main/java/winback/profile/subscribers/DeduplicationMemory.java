package winback.profile.subscribers;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Forgets old message ids, so that the memory of them stays bounded. */
@Component
class DeduplicationMemory {

    /**
     * @param keep how long a message id is remembered, at least 30 days
     */
    @ConfigurationProperties("winback.deduplication")
    record Settings(@DefaultValue("35d") Duration keep) {
        Settings {
            if (!(keep.toDays() >= 30)) {
                throw new IllegalArgumentException(
                        "Invalid winback.deduplication.keep: " + keep + ", at least 30 days");
            }
        }
    }

    private static final Logger log = LoggerFactory.getLogger(DeduplicationMemory.class);

    private final ActivityLog activity;
    private final Clock clock;
    private final Settings settings;

    DeduplicationMemory(ActivityLog activity, Clock clock, Settings settings) {
        this.activity = activity;
        this.clock = clock;
        this.settings = settings;
    }

    @Scheduled(initialDelay = 10, fixedRate = 360, timeUnit = TimeUnit.MINUTES)
    void forget() {
        try {
            int forgotten = activity.forget(clock.instant().minus(settings.keep()));
            log.debug("forgot {} message ids", forgotten);
        } catch (DataAccessException away) {
            log.warn("cannot forget old message ids, will try again: {}", away.toString());
        }
    }
}
