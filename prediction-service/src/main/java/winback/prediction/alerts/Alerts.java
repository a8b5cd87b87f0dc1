package winback.prediction.alerts;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;
import winback.prediction.alerts.Alert.Finding;
import winback.prediction.alerts.Alert.Kind;
import winback.prediction.models.ModelName;

/** All alerts, in PostgreSQL, where a restart finds them. */
@Repository
public class Alerts {

    private static final Logger log = LoggerFactory.getLogger(Alerts.class);

    private static final String COLUMNS =
            "alert_id, model, version, kind, subject, value, threshold, sentence, opened_at, updated_at,"
                    + " closed_at, closing";

    private final JdbcClient db;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final MeterRegistry meters;

    Alerts(JdbcClient db, TransactionTemplate transaction, Clock clock, MeterRegistry meters) {
        this.db = db;
        this.transaction = transaction;
        this.clock = clock;
        this.meters = meters;
        // Each is there at 0 from the start, so that a first alert is an increase.
        for (ModelName model : ModelName.values()) {
            for (Kind kind : Kind.values()) {
                raised(model, kind);
            }
        }
    }

    /**
     * Brings the alerts of a kind in line with what was found: opens what is new, updates what is open already, and
     * closes what was not found any more. Doing it again changes nothing but the time of the update.
     *
     * @param closing why those are closed that were not found, in a sentence
     */
    public void settle(ModelName model, String version, Kind kind, Collection<Finding> found, String closing) {
        transaction.executeWithoutResult(status -> {
            for (Finding finding : found) {
                open(model, version, kind, finding);
            }
            String[] subjects = found.stream().map(Finding::subject).toArray(String[]::new);
            closed(
                    db.sql("UPDATE alert SET closed_at = :now, closing = :closing"
                                    + " WHERE model = :model AND kind = :kind AND closed_at IS NULL"
                                    + " AND NOT subject = ANY(:subjects) RETURNING " + COLUMNS)
                            .param("kind", kind.wireName())
                            .param("subjects", subjects),
                    model,
                    closing);
        });
    }

    /** Closes what was found of versions other than this one; absent when none is served. */
    public void closeOfOthers(ModelName model, @Nullable String version, String closing) {
        closed(
                db.sql("UPDATE alert SET closed_at = :now, closing = :closing"
                                + " WHERE model = :model AND closed_at IS NULL AND version IS DISTINCT FROM :version"
                                + " RETURNING " + COLUMNS)
                        .param("version", version),
                model,
                closing);
    }

    private void closed(JdbcClient.StatementSpec update, ModelName model, String closing) {
        update.param("now", now())
                .param("closing", closing)
                .param("model", model.wireName())
                .query(Alerts::alert)
                .list()
                .forEach(alert -> log.info(
                        "alert {} closed, {} {} of {}: {}",
                        alert.alertId(),
                        alert.kind(),
                        alert.subject(),
                        alert.version(),
                        closing));
    }

    private void open(ModelName model, String version, Kind kind, Finding finding) {
        // Ids grow with time, so that they are the order of listing.
        String id = "a-%011x%s"
                .formatted(
                        clock.millis(),
                        HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(), 6));
        String open = db.sql("""
                        INSERT INTO alert (alert_id, model, version, kind, subject, value, threshold, sentence,
                            opened_at, updated_at)
                        VALUES (:id, :model, :version, :kind, :subject, :value, :threshold, :sentence, :now, :now)
                        ON CONFLICT (model, kind, subject) WHERE closed_at IS NULL DO UPDATE
                          SET version = excluded.version, value = excluded.value, threshold = excluded.threshold,
                              sentence = excluded.sentence, updated_at = excluded.updated_at
                        RETURNING alert_id
                        """)
                .param("id", id)
                .param("model", model.wireName())
                .param("version", version)
                .param("kind", kind.wireName())
                .param("subject", finding.subject())
                .param("value", finding.value())
                .param("threshold", finding.threshold())
                .param("sentence", finding.sentence())
                .param("now", now())
                .query(String.class)
                .single();
        if (open.equals(id)) {
            raised(model, kind).increment();
            log.warn("alert {}: {}", id, finding.sentence());
        }
    }

    private Counter raised(ModelName model, Kind kind) {
        return Counter.builder("winback.alerts.raised")
                .description("Alerts opened")
                .tag("model", model.wireName())
                .tag("kind", kind.wireName())
                .register(meters);
    }

    /** Those of a model that are open, oldest first. */
    public List<Alert> open(ModelName model) {
        return db.sql("SELECT " + COLUMNS + " FROM alert WHERE model = :model AND closed_at IS NULL ORDER BY alert_id")
                .param("model", model.wireName())
                .query(Alerts::alert)
                .list();
    }

    /**
     * Newest first, from before {@code before}, which is absent on the first page.
     *
     * @param open whether open or closed ones; absent for both
     */
    List<Alert> list(@Nullable Boolean open, int limit, @Nullable String before) {
        return db.sql("SELECT " + COLUMNS + " FROM alert"
                        + " WHERE (:before::text IS NULL OR alert_id < :before)"
                        + " AND (:open::boolean IS NULL OR (closed_at IS NULL) = :open)"
                        + " ORDER BY alert_id DESC LIMIT :limit")
                .param("before", before)
                .param("open", open)
                .param("limit", limit)
                .query(Alerts::alert)
                .list();
    }

    /** Removes those that were closed before {@code instant}. */
    public void forgetBefore(Instant instant) {
        db.sql("DELETE FROM alert WHERE closed_at < :before")
                .param("before", Timestamp.from(instant))
                .update();
    }

    private static Alert alert(ResultSet row, int n) throws SQLException {
        Timestamp closedAt = row.getTimestamp("closed_at");
        return new Alert(
                row.getString("alert_id"),
                row.getString("model"),
                row.getString("version"),
                row.getString("kind"),
                row.getString("subject"),
                row.getDouble("value"),
                row.getDouble("threshold"),
                row.getString("sentence"),
                row.getTimestamp("opened_at").toInstant(),
                row.getTimestamp("updated_at").toInstant(),
                closedAt == null ? null : closedAt.toInstant(),
                row.getString("closing"));
    }

    private Timestamp now() {
        return Timestamp.from(clock.instant());
    }
}
