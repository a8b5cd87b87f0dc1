package winback.prediction.scoring;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;
import winback.contracts.ScoresChanged;
import winback.contracts.ScoresChanged.Score;
import winback.prediction.models.Floats;

/** Vectors and scores in PostgreSQL. */
@Repository
class Scores {

    /**
     * What is kept of a subscriber.
     *
     * @param models the versions that were asked
     * @param scores as last published; absent before the first scoring
     */
    record Kept(Vector vector, String models, @Nullable ScoresChanged scores) {}

    private static final String KEPT = """
            SELECT v.subscriber_id, v.profile_version, v.features_as_of, v.feature_schema, v.features, v.periods,
                   s.version, s.profile_version AS scored_profile, s.features_as_of AS scored_as_of, s.scored_at,
                   s.models, s.scores
            FROM vector v LEFT JOIN score s ON s.subscriber_id = v.subscriber_id
            """;

    private final JdbcClient db;
    private final JdbcTemplate batch;
    private final Clock clock;
    private final JsonMapper json;

    Scores(JdbcClient db, JdbcTemplate batch, Clock clock, JsonMapper json) {
        this.db = db;
        this.batch = batch;
        this.clock = clock;
        this.json = json;
    }

    private Kept kept(ResultSet row, int n) throws SQLException {
        String id = row.getString("subscriber_id");
        Vector vector = new Vector(
                id,
                row.getLong("profile_version"),
                row.getTimestamp("features_as_of").toInstant(),
                row.getString("feature_schema"),
                Floats.fromBytes(row.getBytes("features")),
                row.getBytes("periods"));
        String scores = row.getString("scores");
        if (scores == null) {
            return new Kept(vector, "", null);
        }
        return new Kept(
                vector,
                row.getString("models"),
                new ScoresChanged(
                        id,
                        row.getLong("version"),
                        row.getTimestamp("scored_at").toInstant(),
                        row.getTimestamp("scored_as_of").toInstant(),
                        row.getLong("scored_profile"),
                        json.readValue(scores, new TypeReference<Map<String, Score>>() {})));
    }

    Optional<Kept> find(String subscriberId) {
        return db.sql(KEPT + " WHERE v.subscriber_id = :id")
                .param("id", subscriberId)
                .query(this::kept)
                .optional();
    }

    /** Those there are of them, by id. */
    Map<String, Kept> find(Collection<String> subscribers) {
        Map<String, Kept> found = new HashMap<>();
        db.sql(KEPT + " WHERE v.subscriber_id = ANY(:ids)")
                .param("ids", subscribers.toArray(String[]::new))
                .query(this::kept)
                .list()
                .forEach(kept -> found.put(kept.vector().subscriberId(), kept));
        return found;
    }

    /** Locked in the order of their ids until the transaction ends. */
    Map<String, Kept> lock(Collection<String> subscribers) {
        Map<String, Kept> found = new HashMap<>();
        if (!subscribers.isEmpty()) {
            db.sql(KEPT + " WHERE v.subscriber_id = ANY(:ids) ORDER BY v.subscriber_id FOR UPDATE OF v")
                    .param("ids", subscribers.toArray(String[]::new))
                    .query(this::kept)
                    .list()
                    .forEach(kept -> found.put(kept.vector().subscriberId(), kept));
        }
        return found;
    }

    /** The next subscribers in the order of their ids, locked. */
    List<Kept> lockAfter(String lastId, int limit) {
        return db.sql(KEPT + " WHERE v.subscriber_id > :last ORDER BY v.subscriber_id LIMIT :limit FOR UPDATE OF v")
                .param("last", lastId)
                .param("limit", limit)
                .query(this::kept)
                .list();
    }

    /** The vector that describes the latest instant. Reads all of the table, so it is for starts only. */
    Optional<Vector> newest() {
        return db.sql(KEPT + " ORDER BY v.features_as_of DESC LIMIT 1")
                .query(this::kept)
                .optional()
                .map(Kept::vector);
    }

    /** Whether anyone's scores are of other models. */
    boolean anyNotOf(String models) {
        return db.sql("""
                        SELECT EXISTS (SELECT FROM vector v LEFT JOIN score s ON s.subscriber_id = v.subscriber_id
                                       WHERE s.models IS DISTINCT FROM :models)
                        """).param("models", models).query(Boolean.class).single();
    }

    void keepVectors(Collection<Vector> vectors) {
        batch.batchUpdate(
                """
                INSERT INTO vector (subscriber_id, profile_version, features_as_of, feature_schema, features, periods)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (subscriber_id) DO UPDATE
                  SET profile_version = excluded.profile_version, features_as_of = excluded.features_as_of,
                      feature_schema = excluded.feature_schema, features = excluded.features,
                      periods = excluded.periods""",
                vectors.stream()
                        .map(vector -> new Object[] {
                            vector.subscriberId(),
                            vector.profileVersion(),
                            Timestamp.from(vector.featuresAsOf()),
                            vector.featureSchema(),
                            Floats.toBytes(vector.features()),
                            vector.periods()
                        })
                        .toList());
    }

    /**
     * Keeps new scores, each a version above the last.
     *
     * @return those to publish: with any score, or with none where there was one
     */
    List<ScoresChanged> keepScores(List<Vector> vectors, LiveModels.Scored scored, Map<String, Kept> before) {
        Instant now = clock.instant();
        List<ScoresChanged> toPublish = new ArrayList<>();
        List<Object[]> values = new ArrayList<>();
        for (int i = 0; i < vectors.size(); i++) {
            Vector vector = vectors.get(i);
            Kept old = before.get(vector.subscriberId());
            ScoresChanged last = old == null ? null : old.scores();
            ScoresChanged next = new ScoresChanged(
                    vector.subscriberId(),
                    last == null ? 1 : last.version() + 1,
                    now,
                    vector.featuresAsOf(),
                    vector.profileVersion(),
                    scored.scores().get(i));
            if (!next.scores().isEmpty() || last != null && !last.scores().isEmpty()) {
                toPublish.add(next);
            }
            values.add(new Object[] {
                next.subscriberId(),
                next.version(),
                next.profileVersion(),
                Timestamp.from(next.featuresAsOf()),
                Timestamp.from(now),
                scored.models(),
                json.writeValueAsString(next.scores())
            });
        }
        batch.batchUpdate("""
                INSERT INTO score (subscriber_id, version, profile_version, features_as_of, scored_at, models, scores)
                VALUES (?, ?, ?, ?, ?, ?, ?::jsonb)
                ON CONFLICT (subscriber_id) DO UPDATE
                  SET version = excluded.version, profile_version = excluded.profile_version,
                      features_as_of = excluded.features_as_of, scored_at = excluded.scored_at,
                      models = excluded.models, scores = excluded.scores""", values);
        return toPublish;
    }

    void remove(Collection<String> subscribers) {
        String[] ids = subscribers.toArray(String[]::new);
        // In the order in which others lock.
        db.sql("DELETE FROM vector WHERE subscriber_id = ANY(:ids)")
                .param("ids", ids)
                .update();
        db.sql("DELETE FROM score WHERE subscriber_id = ANY(:ids)")
                .param("ids", ids)
                .update();
    }
}
