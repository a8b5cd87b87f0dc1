package winback.profile.subscribers;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.kafka.KafkaException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import winback.profile.features.SubscriberState;
import winback.profile.money.ExchangeRates;

/** Rebuilds who has money of days whose exchange rates have changed. One that is interrupted goes on where it stood. */
@Component
class Revaluation {

    private static final Logger log = LoggerFactory.getLogger(Revaluation.class);
    private static final int CHUNK = 200;

    private final ExchangeRates rates;
    private final ActivityLog activity;
    private final Subscribers subscribers;
    private final ProfilePublication publication;
    private final TransactionTemplate transaction;
    private final Clock clock;

    Revaluation(
            ExchangeRates rates,
            ActivityLog activity,
            Subscribers subscribers,
            ProfilePublication publication,
            TransactionTemplate transaction,
            Clock clock) {
        this.rates = rates;
        this.activity = activity;
        this.subscribers = subscribers;
        this.publication = publication;
        this.transaction = transaction;
        this.clock = clock;
    }

    @Scheduled(fixedDelay = 1, timeUnit = TimeUnit.SECONDS)
    void run() {
        try {
            ExchangeRates.Change change;
            while ((change = rates.next()) != null) {
                carry(change);
            }
        } catch (DataAccessException | TransactionException | KafkaException away) {
            log.warn("the revaluation waits: {}", away.toString());
        }
    }

    private void carry(ExchangeRates.Change change) {
        String cursor = change.cursor();
        while (true) {
            List<String> ids = rates.concerned(change, cursor, CHUNK);
            if (ids.isEmpty()) {
                rates.carried(change, null);
                return;
            }
            List<Subscriber> rebuilt = Objects.requireNonNull(transaction.execute(status -> rebuild(ids)));
            publication.publish(rebuilt, List.of());
            cursor = ids.getLast();
            rates.carried(change, cursor);
        }
    }

    private List<Subscriber> rebuild(List<String> ids) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        List<Subscriber> locked = subscribers.lock(ids);
        Map<String, SubscriberState> states =
                activity.rebuild(locked.stream().map(Subscriber::id).toList());
        List<Subscriber> rebuilt = new ArrayList<>(locked.size());
        for (Subscriber subscriber : locked) {
            @Nullable SubscriberState state = states.get(subscriber.id());
            if (state != null && subscriber.version() > 0) {
                rebuilt.add(new Subscriber(subscriber.id(), subscriber.version(), state, subscriber.featuresAsOf())
                        .asOf(now));
            }
        }
        subscribers.save(rebuilt);
        return rebuilt;
    }
}
