package winback.prediction.scoring;

import java.sql.Timestamp;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.events.EventPublisher;
import winback.contracts.Topic;

/**
 * Scores everyone again when the live models have changed, from the vectors at hand, at a bounded rate below live traffic.
 * How far it is stands in PostgreSQL, where a restart goes on.
 */
@Component
class Rescoring {

    private static final Logger log = LoggerFactory.getLogger(Rescoring.class);

    private static final int TICK_MILLIS = 100;

    private final JdbcClient db;
    private final Scores scores;
    private final LiveModels models;
    private final EventPublisher events;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final int perTick;

    /** The live models that everyone is known to have been scored by. */
    private String done = "";

    Rescoring(
            JdbcClient db,
            Scores scores,
            LiveModels models,
            EventPublisher events,
            TransactionTemplate transaction,
            Clock clock,
            ScoringSettings settings) {
        this.db = db;
        this.scores = scores;
        this.models = models;
        this.events = events;
        this.transaction = transaction;
        this.clock = clock;
        this.perTick = Math.max(1, settings.rescoredPerSecond() * TICK_MILLIS / 1000);
    }

    private record Place(String lastId, boolean done) {}

    @Scheduled(fixedRate = TICK_MILLIS, initialDelay = 1000)
    void tick() {
        String label = models.label();
        if (label.equals(done)) {
            return;
        }
        try {
            transaction.executeWithoutResult(status -> step(label));
        } catch (RuntimeException failure) {
            log.warn("rescoring by {} has to wait: {}", label, failure.toString());
        }
    }

    private void step(String label) {
        db.sql("""
                        INSERT INTO rescoring (models, last_id, done, started_at) VALUES (:models, '', false, :now)
                        ON CONFLICT (models) DO NOTHING
                        """)
                .param("models", label)
                .param("now", Timestamp.from(clock.instant()))
                .update();
        // Another instance that is at it holds the row.
        List<Place> places = db.sql("SELECT last_id, done FROM rescoring WHERE models = :models FOR UPDATE SKIP LOCKED")
                .param("models", label)
                .query((row, n) -> new Place(row.getString(1), row.getBoolean(2)))
                .list();
        if (places.isEmpty()) {
            return;
        }
        Place place = places.getFirst();
        if (place.done()) {
            // They may have been live before, and others since.
            if (scores.anyNotOf(label)) {
                moveTo(label, "", false);
            } else {
                done = label;
            }
            return;
        }
        List<Scores.Kept> next = scores.lockAfter(place.lastId(), perTick);
        if (next.isEmpty()) {
            // Someone may have been scored behind our back by an instance that did not know the new models yet.
            boolean complete = !scores.anyNotOf(label);
            moveTo(label, "", complete);
            if (complete) {
                log.info("everyone is scored by {}", label);
            }
            return;
        }
        Map<String, Scores.Kept> before = new HashMap<>();
        next.forEach(kept -> before.put(kept.vector().subscriberId(), kept));
        List<Vector> vectors = next.stream()
                .filter(kept -> kept.scores() == null || !kept.models().equals(label))
                .map(Scores.Kept::vector)
                .toList();
        if (!vectors.isEmpty()) {
            events.publishAll(Topic.SCORES, scores.keepScores(vectors, models.score(vectors), before));
        }
        moveTo(label, next.getLast().vector().subscriberId(), false);
    }

    private void moveTo(String label, String lastId, boolean complete) {
        db.sql("UPDATE rescoring SET last_id = :last, done = :done WHERE models = :models")
                .param("last", lastId)
                .param("done", complete)
                .param("models", label)
                .update();
    }
}
