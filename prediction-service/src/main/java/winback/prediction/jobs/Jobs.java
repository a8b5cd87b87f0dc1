package winback.prediction.jobs;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;
import winback.prediction.datasets.Datasets;
import winback.prediction.datasets.Wanted;
import winback.prediction.models.ModelName;

/** All jobs, in PostgreSQL. */
@Repository
public class Jobs {

    private static final String COLUMNS =
            "job_id, kind, subject, request, state, progress, detail, model_version, result, created_at, updated_at";
    private static final String OPEN = "state IN ('requested', 'collecting', 'fitting')";

    private final JdbcClient db;
    private final TransactionTemplate transaction;
    private final Datasets datasets;
    private final Clock clock;
    private final JsonMapper json;
    private final MeterRegistry meters;
    private final RowMapper<Job> mapper;

    Jobs(
            JdbcClient db,
            TransactionTemplate transaction,
            Datasets datasets,
            Clock clock,
            JsonMapper json,
            MeterRegistry meters) {
        this.db = db;
        this.transaction = transaction;
        this.datasets = datasets;
        this.clock = clock;
        this.json = json;
        this.meters = meters;
        this.mapper = (row, n) -> new Job(
                row.getString("job_id"),
                row.getString("kind"),
                ModelName.ofWireName(row.getString("subject")).orElseThrow(),
                row.getString("request"),
                Job.State.valueOf(row.getString("state").toUpperCase(java.util.Locale.ROOT)),
                // Of a float column, so that .35 stays .35.
                Double.parseDouble(Float.toString(row.getFloat("progress"))),
                row.getString("detail"),
                row.getString("model_version"),
                result(row.getString("result")),
                row.getTimestamp("created_at").toInstant(),
                row.getTimestamp("updated_at").toInstant());
    }

    private @Nullable Map<String, Object> result(@Nullable String result) {
        return result == null ? null : json.readValue(result, new TypeReference<Map<String, Object>>() {});
    }

    /** Asks for a job; from here on it survives restarts. */
    public Job request(String kind, ModelName subject, Object request, List<Wanted> wanted) {
        // Ids grow with time, so that they are the order of listing.
        String id = "%s-%011x%s"
                .formatted(
                        kind.substring(0, 1),
                        clock.millis(),
                        HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(), 6));
        transaction.executeWithoutResult(status -> {
            db.sql("""
                            INSERT INTO job (job_id, kind, subject, request, state, progress, detail, created_at, updated_at)
                            VALUES (:id, :kind, :subject, :request::jsonb, 'requested', 0, :detail, :now, :now)
                            """)
                    .param("id", id)
                    .param("kind", kind)
                    .param("subject", subject.wireName())
                    .param("request", json.writeValueAsString(request))
                    .param("detail", "Asking for " + wanted.size() + " data sets.")
                    .param("now", now())
                    .update();
            datasets.add(id, wanted);
        });
        return find(kind, id).orElseThrow();
    }

    /** Asks for a job, unless one of this kind and subject is open: then it is that one. */
    public Job requestAlone(String kind, ModelName subject, Object request, List<Wanted> wanted) {
        return Objects.requireNonNull(transaction.execute(status -> {
            lock(kind, subject);
            return running(kind, subject).orElseGet(() -> request(kind, subject, request, wanted));
        }));
    }

    /** Asks for a job, unless one of this kind and subject is open or was asked for after {@code since}. */
    public Optional<Job> requestUnlessSince(
            Instant since, String kind, ModelName subject, Object request, List<Wanted> wanted) {
        return Objects.requireNonNull(transaction.execute(status -> {
            lock(kind, subject);
            boolean recent = newest(kind, subject).filter(since::isBefore).isPresent();
            return recent || running(kind, subject).isPresent()
                    ? Optional.<Job>empty()
                    : Optional.of(request(kind, subject, request, wanted));
        }));
    }

    private void lock(String kind, ModelName subject) {
        db.sql("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || :kind || ' ' || :subject, 0))")
                .param("kind", kind)
                .param("subject", subject.wireName())
                .query((row, n) -> 0)
                .single();
    }

    /** When the newest was asked for, however it ended; empty when none is remembered. */
    public Optional<Instant> newest(String kind, ModelName subject) {
        return db.sql("SELECT created_at FROM job WHERE kind = :kind AND subject = :subject"
                        + " ORDER BY created_at DESC LIMIT 1")
                .param("kind", kind)
                .param("subject", subject.wireName())
                .query(Timestamp.class)
                .optional()
                .map(Timestamp::toInstant);
    }

    public Optional<Job> find(String kind, String id) {
        return db.sql("SELECT " + COLUMNS + " FROM job WHERE kind = :kind AND job_id = :id")
                .param("kind", kind)
                .param("id", id)
                .query(mapper)
                .optional();
    }

    /** Newest first, from before {@code before}, which is absent on the first page. */
    public List<Job> list(String kind, int limit, @Nullable String before) {
        return db.sql("SELECT " + COLUMNS
                        + " FROM job WHERE kind = :kind AND (:before::text IS NULL OR job_id < :before)"
                        + " ORDER BY job_id DESC LIMIT :limit")
                .param("kind", kind)
                .param("before", before)
                .param("limit", limit)
                .query(mapper)
                .list();
    }

    /** Whether one for this subject has not ended. */
    public Optional<Job> running(String kind, ModelName subject) {
        return db.sql("SELECT " + COLUMNS + " FROM job WHERE kind = :kind AND subject = :subject AND " + OPEN
                        + " ORDER BY job_id LIMIT 1")
                .param("kind", kind)
                .param("subject", subject.wireName())
                .query(mapper)
                .optional();
    }

    List<Job> open() {
        return db.sql("SELECT " + COLUMNS + " FROM job WHERE " + OPEN + " ORDER BY created_at, job_id")
                .query(mapper)
                .list();
    }

    /** Moves an open job on; one that has ended stays as it is. */
    void move(String id, Job.State state, double progress, String detail) {
        db.sql("UPDATE job SET state = :state, progress = :progress, detail = :detail, updated_at = :now"
                        + " WHERE job_id = :id AND " + OPEN)
                .param("state", state.wireName())
                .param("progress", (float) progress)
                .param("detail", detail)
                .param("now", now())
                .param("id", id)
                .update();
    }

    /** Sends a job back to collecting. */
    void collectMore(String id, List<Wanted> more) {
        transaction.executeWithoutResult(status -> {
            datasets.add(id, more);
            move(id, Job.State.COLLECTING, 0, "Asking for " + more.size() + " more data sets.");
        });
    }

    /** How far an open job is within its state. */
    void progress(String id, double progress, String detail) {
        db.sql("UPDATE job SET progress = :progress, detail = :detail, updated_at = :now"
                        + " WHERE job_id = :id AND state = 'fitting'")
                .param("progress", (float) progress)
                .param("detail", detail)
                .param("now", now())
                .param("id", id)
                .update();
    }

    void fail(String id, String detail) {
        end(id, Job.State.FAILED, detail, OPEN);
        datasets.drop(id);
    }

    /**
     * Cancels an open job; what it collected goes soon, see {@link #dropRowsOfEnded}.
     *
     * @return whether it was open, and had not made a version yet
     */
    boolean cancel(String kind, String id) {
        return find(kind, id).isPresent()
                && end(id, Job.State.CANCELLED, "Cancelled.", OPEN + " AND model_version IS NULL");
    }

    private boolean end(String id, Job.State state, String detail, String condition) {
        Optional<String> kind = db.sql("UPDATE job SET state = :state, detail = :detail, updated_at = :now"
                        + " WHERE job_id = :id AND " + condition + " RETURNING kind")
                .param("state", state.wireName())
                .param("detail", detail)
                .param("now", now())
                .param("id", id)
                .query(String.class)
                .optional();
        kind.ifPresent(known -> countEnd(known, state));
        return kind.isPresent();
    }

    /**
     * Notes what a job made, in the transaction that keeps it. From here on it cannot be cancelled.
     *
     * @return whether the job was still open; else nothing is to be kept
     */
    public boolean made(String id, String version) {
        return db.sql("UPDATE job SET model_version = :version WHERE job_id = :id AND state = 'fitting'")
                        .param("version", version)
                        .param("id", id)
                        .update()
                == 1;
    }

    /** @return whether it was still open */
    boolean finish(String id, Work.Outcome outcome) {
        Optional<String> kind = db.sql("""
                        UPDATE job SET state = 'done', progress = 1, detail = :detail, model_version = :version,
                            result = :result::jsonb, updated_at = :now
                        WHERE job_id = :id AND state = 'fitting'
                        RETURNING kind
                        """)
                .param("detail", outcome.detail())
                .param("version", outcome.modelVersion())
                .param("result", json.writeValueAsString(outcome.result()))
                .param("now", now())
                .param("id", id)
                .query(String.class)
                .optional();
        kind.ifPresent(known -> countEnd(known, Job.State.DONE));
        datasets.drop(id);
        return kind.isPresent();
    }

    private void countEnd(String kind, Job.State state) {
        Counter.builder("winback.jobs.ended")
                .description("Trainings and evaluations that ended, by outcome: done, failed or cancelled")
                .tag("kind", kind)
                .tag("outcome", state.wireName())
                .register(meters)
                .increment();
    }

    /** Rows that ended jobs left: of those that were cancelled, or whose end was cut off. */
    void dropRowsOfEnded() {
        db.sql("SELECT DISTINCT d.job_id FROM dataset d JOIN job j ON j.job_id = d.job_id WHERE NOT j." + OPEN)
                .query(String.class)
                .list()
                .forEach(datasets::drop);
    }

    /** Ended jobs from before {@code instant} go. */
    int forgetBefore(Instant instant) {
        return db.sql("DELETE FROM job WHERE updated_at < :before AND NOT " + OPEN)
                .param("before", Timestamp.from(instant))
                .update();
    }

    private Timestamp now() {
        return Timestamp.from(clock.instant());
    }
}
