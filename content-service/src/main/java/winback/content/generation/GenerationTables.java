package winback.content.generation;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.chassis.problems.Problem;

/** Generations in PostgreSQL. */
@Component
class GenerationTables {

    /**
     * One request for drafts.
     *
     * @param state {@code running}, {@code completed} or {@code failed}
     * @param reason why it failed, or why it was not done as it was asked for; absent where neither is so
     */
    record Row(
            UUID generationId,
            int briefVersion,
            JsonNode request,
            String state,
            @Nullable String reason,
            int passed,
            int blocked,
            Instant createdAt,
            @Nullable Instant finishedAt) {}

    private static final String SELECT = """
            SELECT generation_id, brief_version, request, state, reason, passed, blocked, created_at, finished_at
            FROM generation WHERE campaign_id = :campaign
            """;
    private static final RowMapper<Row> ROW = (row, n) -> {
        Timestamp finished = row.getTimestamp(9);
        return new Row(
                row.getObject(1, UUID.class),
                row.getInt(2),
                JsonMapper.shared().readTree(row.getString(3)),
                row.getString(4),
                row.getString(5),
                row.getInt(6),
                row.getInt(7),
                row.getTimestamp(8).toInstant(),
                finished == null ? null : finished.toInstant());
    };

    private final JdbcClient db;

    GenerationTables(JdbcClient db) {
        this.db = db;
    }

    /** Throws a conflict when one of the campaign is running. */
    void create(String campaignId, UUID id, int briefVersion, JsonNode request, Instant now) {
        try {
            db.sql("""
                            INSERT INTO generation (generation_id, campaign_id, brief_version, request, state,
                              created_at, alive_at)
                            VALUES (:id, :campaign, :version, CAST(:request AS json), 'running', :now, :now)
                            """)
                    .param("id", id)
                    .param("campaign", campaignId)
                    .param("version", briefVersion)
                    .param("request", request.toString())
                    .param("now", Timestamp.from(now))
                    .update();
        } catch (DuplicateKeyException open) {
            throw Problem.conflict("generation-open", "A generation of this campaign is running.");
        }
    }

    Optional<Row> find(String campaignId, UUID id) {
        return db.sql(SELECT + " AND generation_id = :id")
                .param("campaign", campaignId)
                .param("id", id)
                .query(ROW)
                .optional();
    }

    /** Newest first. */
    List<Row> list(String campaignId, @Nullable Instant before, int limit) {
        return db.sql(SELECT + """
                         AND (CAST(:before AS timestamptz) IS NULL OR created_at < :before)
                        ORDER BY created_at DESC LIMIT :limit
                        """)
                .param("campaign", campaignId)
                .param("before", before == null ? null : Timestamp.from(before))
                .param("limit", limit)
                .query(ROW)
                .list();
    }

    int count(String campaignId) {
        return db.sql("SELECT count(*) FROM generation WHERE campaign_id = :campaign")
                .param("campaign", campaignId)
                .query(Integer.class)
                .single();
    }

    void finish(UUID id, String state, @Nullable String reason, int passed, int blocked, Instant now) {
        db.sql("""
                        UPDATE generation SET state = :state, reason = :reason, passed = :passed, blocked = :blocked,
                          finished_at = :now
                        WHERE generation_id = :id AND state = 'running'
                        """)
                .param("id", id)
                .param("state", state)
                .param("reason", reason)
                .param("passed", passed)
                .param("blocked", blocked)
                .param("now", Timestamp.from(now))
                .update();
    }

    /** These are being worked on; what nobody has worked on for that long has failed. */
    void alive(Collection<UUID> mine, Instant now, Duration patience) {
        for (UUID id : mine) {
            db.sql("UPDATE generation SET alive_at = :now WHERE generation_id = :id")
                    .param("id", id)
                    .param("now", Timestamp.from(now))
                    .update();
        }
        db.sql("""
                        UPDATE generation SET state = 'failed', reason = 'interrupted', finished_at = :now
                        WHERE state = 'running' AND alive_at < :since
                        """)
                .param("now", Timestamp.from(now))
                .param("since", Timestamp.from(now.minus(patience)))
                .update();
    }
}
