package winback.prediction.rollout;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.problems.Problem;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelVersion;
import winback.prediction.models.Registry;
import winback.prediction.recipes.Recipes;

/**
 * What is served of each model, now and before, in PostgreSQL. Changes of all models are made one at a time; instances
 * follow within a second, and then everyone is scored again.
 */
@Repository
public class Rollouts {

    private static final Logger log = LoggerFactory.getLogger(Rollouts.class);

    private static final int MOST_LISTED = 1_000;

    /**
     * What was served of a model for a while.
     *
     * @param share of the subscribers; 1 for the live version, less for a canary
     * @param promotedAt when a canary becomes, or became, the live version; absent for the live version, and of a canary
     *     that ended otherwise
     * @param to absent while it lasts
     * @param endedBecause absent while it lasts
     */
    public record Serving(
            ModelName name,
            String version,
            double share,
            Instant from,
            String because,
            @Nullable Instant promotedAt,
            @Nullable Instant to,
            @Nullable String endedBecause) {

        public boolean canary() {
            return share < 1;
        }
    }

    private static final RowMapper<Serving> MAPPER = (row, n) -> new Serving(
            ModelName.ofWireName(row.getString("name")).orElseThrow(),
            row.getString("version"),
            row.getDouble("share"),
            row.getTimestamp("began_at").toInstant(),
            row.getString("began_because"),
            instant(row.getTimestamp("promote_at")),
            instant(row.getTimestamp("ended_at")),
            row.getString("ended_because"));

    private static final String SERVING =
            "SELECT name, version, share, began_at, began_because, promote_at, ended_at, ended_because"
                    + " FROM model_serving ";

    private final JdbcClient db;
    private final TransactionTemplate transaction;
    private final Registry registry;
    private final Recipes recipes;
    private final Clock clock;

    Rollouts(JdbcClient db, TransactionTemplate transaction, Registry registry, Recipes recipes, Clock clock) {
        this.db = db;
        this.transaction = transaction;
        this.registry = registry;
        this.recipes = recipes;
        this.clock = clock;
    }

    private static @Nullable Instant instant(@Nullable Timestamp timestamp) {
        return timestamp == null ? null : timestamp.toInstant();
    }

    /** All that is served now: of each model its live version and perhaps a canary. */
    public List<Serving> now() {
        return db.sql(SERVING + "WHERE ended_at IS NULL ORDER BY name, share")
                .query(MAPPER)
                .list();
    }

    public Optional<Serving> canary(ModelName name) {
        return now().stream()
                .filter(serving -> serving.name() == name && serving.canary())
                .findFirst();
    }

    /** What was and is served of a model, newest first; the newest thousand. */
    public List<Serving> history(ModelName name) {
        return db.sql(SERVING + "WHERE name = :name ORDER BY serving_id DESC LIMIT " + MOST_LISTED)
                .param("name", name.wireName())
                .query(MAPPER)
                .list();
    }

    /**
     * Serves a version to everyone, from now on. What was served of its name ends, a canary too.
     *
     * @param because in a sentence
     */
    public void goLive(ModelName name, String version, String because) {
        transaction.executeWithoutResult(status -> {
            registry.lock();
            end(name, false, null, version + " went live.");
            end(name, true, version, version + " went live.");
            begin(name, version, 1, null, because);
            registry.markLive(name, version);
        });
        log.info("{} is live: {}", version, because);
    }

    /**
     * Serves a version to a share of the subscribers beside the live one. An earlier canary ends.
     *
     * @param share in (0, {@link CanaryShare#MOST}]
     * @param promotedAt when it becomes the live version by itself
     */
    public void startCanary(ModelName name, String version, double share, Instant promotedAt, String because) {
        transaction.executeWithoutResult(status -> {
            registry.lock();
            end(name, true, null, version + " became the canary.");
            begin(name, version, share, promotedAt, because);
        });
        log.info("{} is canary for {} of the subscribers until {}", version, share, promotedAt);
    }

    /**
     * Makes the canary the live version.
     *
     * @param version the canary meant; absent for whichever it is
     * @throws Problem 409 {@code no-canary} when there is none, or another
     */
    public void promote(ModelName name, @Nullable String version, String because) {
        transaction.executeWithoutResult(status -> {
            registry.lock();
            Serving canary = canary(name)
                    .filter(serving -> version == null || serving.version().equals(version))
                    .orElseThrow(() -> Problem.conflict(
                            "no-canary",
                            version == null
                                    ? "No version of this model is a canary."
                                    : "This version is not the canary of this model."));
            goLive(name, canary.version(), because);
        });
    }

    /**
     * Takes back what was rolled out last: the canary if there is one, else the live version, for the one that was live
     * before it first was. With a version given, that one is live again and a canary ends.
     *
     * @param version one that was live before; absent for the last
     * @throws Problem 404 or 409 when that cannot be
     */
    public void rollBack(ModelName name, @Nullable String version, String because) {
        transaction.executeWithoutResult(status -> {
            registry.lock();
            boolean canary = canary(name).isPresent();
            if (canary) {
                end(name, true, null, because);
            }
            if (version == null && canary) {
                log.info("the canary of {} ended: {}", name.wireName(), because);
                return;
            }
            String live = registry.live(name)
                    .map(ModelVersion::version)
                    .orElseThrow(() -> Problem.conflict("nothing-live", "No version is live."));
            if (version == null) {
                goLiveAgain(name, before(name, live), because);
            } else if (!version.equals(live)) {
                goLiveAgain(name, onceLive(name, version), because);
            } else if (!canary) {
                throw Problem.conflict("already-live", version + " is live already.");
            }
        });
    }

    private void goLiveAgain(ModelName name, String version, String because) {
        byte[] artefact = registry.artefact(version);
        try {
            recipes.load(name, artefact).close();
        } catch (RuntimeException unreadable) {
            log.warn("{} cannot be loaded: {}", version, unreadable.toString());
            throw Problem.conflict("not-loadable", version + " cannot be loaded by this release.");
        }
        goLive(name, version, because);
    }

    /** The one that was live before this one first was. */
    private String before(ModelName name, String live) {
        return db.sql("""
                        SELECT version FROM model_serving
                        WHERE name = :name AND share = 1 AND serving_id <
                            (SELECT min(serving_id) FROM model_serving WHERE version = :live AND share = 1)
                        ORDER BY serving_id DESC LIMIT 1
                        """)
                .param("name", name.wireName())
                .param("live", live)
                .query(String.class)
                .optional()
                .orElseThrow(() -> Problem.conflict(
                        "no-earlier-version", "No version is known to have been live before " + live + "."));
    }

    private String onceLive(ModelName name, String version) {
        if (registry.find(name, version).isEmpty()) {
            throw Problem.notFound("unknown-version", "There is no such version of this model.");
        }
        boolean was = db.sql("SELECT EXISTS (SELECT FROM model_serving WHERE version = :version AND share = 1)")
                .param("version", version)
                .query(Boolean.class)
                .single();
        if (!was) {
            throw Problem.conflict("never-live", version + " has never been live; only what was can be again.");
        }
        return version;
    }

    private void begin(ModelName name, String version, double share, @Nullable Instant promotedAt, String because) {
        db.sql("""
                        INSERT INTO model_serving (name, version, share, began_at, began_because, promote_at)
                        VALUES (:name, :version, :share, :now, :because, :promoteAt)
                        """)
                .param("name", name.wireName())
                .param("version", version)
                .param("share", share)
                .param("now", Timestamp.from(clock.instant()))
                .param("because", because)
                .param("promoteAt", promotedAt == null ? null : Timestamp.from(promotedAt))
                .update();
    }

    /** @param promoted the version that goes live; absent when none does */
    private void end(ModelName name, boolean canary, @Nullable String promoted, String because) {
        db.sql("UPDATE model_serving SET ended_at = :now, ended_because = :because,"
                        + " promote_at = CASE WHEN share < 1 AND version = :promoted::text THEN :now::timestamptz END"
                        + " WHERE name = :name AND ended_at IS NULL AND (share < 1) = :canary")
                .param("now", Timestamp.from(clock.instant()))
                .param("because", because)
                .param("promoted", promoted)
                .param("name", name.wireName())
                .param("canary", canary)
                .update();
    }
}
