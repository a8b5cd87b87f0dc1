package winback.content.runs;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;
import winback.chassis.problems.Problem;
import winback.content.runs.Run.Counts;
import winback.content.runs.Run.Progress;
import winback.content.runs.Run.State;

/** Runs in PostgreSQL, and who works on which of their parts. */
@Component
class RunTables {

    /** The mixed hashes of subscribers are unsigned integers below this. */
    static final long POSITIONS = 1L << 32;

    /** Longer than two savings are apart, with much to spare. */
    private static final String LEASE = "interval '15 seconds'";

    private static final String COUNTS =
            "looked_at, mailed, held_out, live_already, suppressed, no_consent, no_address, failed";

    /**
     * A run within one partition.
     *
     * @param position all below it are done
     * @param granted how many mails of the cap it may decide on in all
     * @param counts of those done
     */
    record Part(Run run, int partition, long position, long granted, Counts counts) {}

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final JsonMapper json;

    RunTables(JdbcClient db, TransactionTemplate transactions, JsonMapper json) {
        this.db = db;
        this.transactions = transactions;
        this.json = json;
    }

    /** Throws a conflict when another run of the campaign is open. */
    void create(Run run, int partitions) {
        try {
            transactions.executeWithoutResult(transaction -> {
                db.sql("""
                                INSERT INTO campaign_run (run_id, campaign_id, audience, most, state, created_at)
                                VALUES (:id, :campaign, :audience::json, :most, 'running', :now)
                                """)
                        .param("id", run.runId())
                        .param("campaign", run.campaignId())
                        .param("audience", json.writeValueAsString(run.audience()))
                        .param("most", run.cap(), Types.BIGINT)
                        .param("now", Timestamp.from(run.createdAt()))
                        .update();
                db.sql("""
                                INSERT INTO campaign_run_part (run_id, partition)
                                SELECT :id, partition FROM generate_series(0, :last) AS partition
                                """)
                        .param("id", run.runId())
                        .param("last", partitions - 1)
                        .update();
            });
        } catch (DuplicateKeyException open) {
            throw Problem.conflict("run-open", "Another run of this campaign is open; cancel it or let it end.");
        }
    }

    private static final String RUN = """
            SELECT r.run_id, r.campaign_id, r.audience, r.most, r.state, r.reason, r.created_at, r.finished_at,
              avg(CASE WHEN p.done THEN 1 ELSE p.position / 4294967296.0 END),
              sum(p.looked_at)::bigint, sum(p.mailed)::bigint, sum(p.held_out)::bigint, sum(p.live_already)::bigint,
              sum(p.suppressed)::bigint, sum(p.no_consent)::bigint, sum(p.no_address)::bigint, sum(p.failed)::bigint
            FROM campaign_run r JOIN campaign_run_part p USING (run_id)
            """;

    Optional<Run> find(String campaignId, UUID runId) {
        return db.sql(RUN + "WHERE r.campaign_id = :campaign AND r.run_id = :id GROUP BY r.run_id")
                .param("campaign", campaignId)
                .param("id", runId)
                .query((row, n) -> run(row))
                .optional();
    }

    /** The newest first. */
    List<Run> list(String campaignId, @Nullable Instant before, int limit) {
        return db.sql(RUN + """
                        WHERE r.campaign_id = :campaign AND r.created_at < coalesce(:before, 'infinity'::timestamptz)
                        GROUP BY r.run_id ORDER BY r.created_at DESC LIMIT :limit
                        """)
                .param("campaign", campaignId)
                .param("before", before == null ? null : Timestamp.from(before), Types.TIMESTAMP)
                .param("limit", limit)
                .query((row, n) -> run(row))
                .list();
    }

    private Run run(ResultSet row) throws SQLException {
        return new Run(
                row.getObject(1, UUID.class),
                row.getString(2),
                json.readValue(row.getString(3), Audience.class),
                row.getObject(4, Long.class),
                State.valueOf(row.getString(5).toUpperCase(Locale.ROOT)),
                row.getString(6),
                row.getTimestamp(7).toInstant(),
                instant(row.getTimestamp(8)),
                new Progress(row.getDouble(9), counts(row, 10)));
    }

    private static Counts counts(ResultSet row, int from) throws SQLException {
        return new Counts(
                row.getLong(from),
                row.getLong(from + 1),
                row.getLong(from + 2),
                row.getLong(from + 3),
                row.getLong(from + 4),
                row.getLong(from + 5),
                row.getLong(from + 6),
                row.getLong(from + 7));
    }

    private static @Nullable Instant instant(@Nullable Timestamp time) {
        return time == null ? null : time.toInstant();
    }

    /** Whether the run was in one of these states and is in the new one now. */
    boolean change(UUID runId, Collection<State> from, State to, @Nullable String reason, Instant now) {
        return db.sql("""
                        UPDATE campaign_run SET state = :to, reason = :reason,
                          finished_at = CASE WHEN :over THEN :now::timestamptz END
                        WHERE run_id = :id AND state IN (:from)
                        """)
                        .param("to", name(to))
                        .param("reason", reason, Types.VARCHAR)
                        .param("over", to == State.CANCELLED || to == State.COMPLETED)
                        .param("now", Timestamp.from(now))
                        .param("id", runId)
                        .param("from", from.stream().map(RunTables::name).toList())
                        .update()
                == 1;
    }

    private static String name(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /** How many runs are open. */
    long open() {
        return db.sql("SELECT count(*) FROM campaign_run WHERE state = 'running'")
                .query(Long.class)
                .single();
    }

    /** A part of a running run that nobody else works on; it is this owner's until {@link #LEASE} after its last saving. */
    Optional<Part> lease(UUID owner, Collection<Integer> partitions) {
        if (partitions.isEmpty()) {
            return Optional.empty();
        }
        record Leased(UUID runId, String campaignId, int partition, long position, long granted, Counts counts) {}
        return db.sql("""
                        UPDATE campaign_run_part AS part SET owner = :owner, leased_until = now() + %s
                        FROM (
                          SELECT p.run_id, p.partition, r.campaign_id
                          FROM campaign_run_part p JOIN campaign_run r USING (run_id)
                          WHERE r.state = 'running' AND NOT p.done AND p.partition IN (:partitions)
                            AND (p.owner IS NULL OR p.owner = :owner OR p.leased_until < now())
                          ORDER BY r.created_at, p.partition LIMIT 1 FOR UPDATE OF p SKIP LOCKED) AS free
                        WHERE part.run_id = free.run_id AND part.partition = free.partition
                        RETURNING part.run_id, free.campaign_id, part.partition, part.position, part.granted, %s
                        """.formatted(LEASE, COUNTS))
                .param("owner", owner)
                .param("partitions", partitions)
                .query((row, n) -> new Leased(
                        row.getObject(1, UUID.class),
                        row.getString(2),
                        row.getInt(3),
                        row.getLong(4),
                        row.getLong(5),
                        counts(row, 6)))
                .optional()
                .flatMap(leased -> find(leased.campaignId(), leased.runId())
                        .map(run -> new Part(
                                run, leased.partition(), leased.position(), leased.granted(), leased.counts())));
    }

    /**
     * Saves how far a part is, and keeps it for longer.
     *
     * @param released whether it is given back
     * @return the run's state; empty when the part is no longer this owner's
     */
    Optional<State> save(UUID owner, UUID runId, int partition, long position, Counts counts, boolean released) {
        return db.sql("""
                        UPDATE campaign_run_part AS p SET position = :position, done = :done, looked_at = :looked,
                          mailed = :mailed, held_out = :held, live_already = :live, suppressed = :suppressed,
                          no_consent = :consent, no_address = :address, failed = :failed,
                          owner = CASE WHEN :released THEN NULL ELSE :owner END, leased_until = now() + %s
                        FROM campaign_run r
                        WHERE p.run_id = :run AND p.partition = :partition AND p.owner = :owner AND r.run_id = p.run_id
                        RETURNING r.state
                        """.formatted(LEASE))
                .param("position", position)
                .param("done", position >= POSITIONS)
                .param("looked", counts.lookedAt())
                .param("mailed", counts.mailed())
                .param("held", counts.heldOut())
                .param("live", counts.liveAlready())
                .param("suppressed", counts.suppressed())
                .param("consent", counts.noConsent())
                .param("address", counts.noAddress())
                .param("failed", counts.failed())
                .param("released", released)
                .param("owner", owner)
                .param("run", runId)
                .param("partition", partition)
                .query((row, n) -> State.valueOf(row.getString(1).toUpperCase(Locale.ROOT)))
                .optional();
    }

    /** Gives a part some more of the cap; returns how many, 0 when it is used up. */
    long grant(UUID runId, int partition, long wanted) {
        Long given = transactions.execute(transaction -> {
            long left = db.sql("SELECT most - granted FROM campaign_run WHERE run_id = :run FOR UPDATE")
                    .param("run", runId)
                    .query(Long.class)
                    .single();
            long more = Math.min(wanted, left);
            grantBy(runId, partition, more);
            return more;
        });
        return given == null ? 0 : given;
    }

    /** Takes back what a part did not need. */
    void takeBack(UUID runId, int partition, long unused) {
        transactions.executeWithoutResult(transaction -> grantBy(runId, partition, -unused));
    }

    private void grantBy(UUID runId, int partition, long more) {
        db.sql("UPDATE campaign_run SET granted = granted + :more WHERE run_id = :run")
                .param("more", more)
                .param("run", runId)
                .update();
        db.sql("UPDATE campaign_run_part SET granted = granted + :more WHERE run_id = :run AND partition = :partition")
                .param("more", more)
                .param("run", runId)
                .param("partition", partition)
                .update();
    }

    /** Completes the runs of which all parts are done, whoever did the last one and did not come to this. */
    void completeDone(Instant now) {
        db.sql("""
                        UPDATE campaign_run AS r SET state = 'completed', finished_at = :now
                        WHERE state = 'running'
                          AND NOT EXISTS (SELECT FROM campaign_run_part p WHERE p.run_id = r.run_id AND NOT p.done)
                        """).param("now", Timestamp.from(now)).update();
    }
}
