package winback.prediction.models;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Every model that was fitted, in PostgreSQL; at most one version of a name is live. */
@Repository
public class Registry {

    private static final String COLUMNS =
            "version, name, number, created_at, live, verdict, horizon_days, label_days, fit_cutoff, labels_until,"
                    + " row_count, feature_schema, feature_names, feature_groups, parameters, metrics, importance,"
                    + " job_id, parent, took_millis";

    private final JdbcClient db;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final JsonMapper json;
    private final RowMapper<ModelVersion> mapper;

    Registry(JdbcClient db, TransactionTemplate transaction, Clock clock, JsonMapper json) {
        this.db = db;
        this.transaction = transaction;
        this.clock = clock;
        this.json = json;
        this.mapper = (row, n) -> new ModelVersion(
                row.getString("version"),
                ModelName.ofWireName(row.getString("name")).orElseThrow(),
                row.getInt("number"),
                row.getTimestamp("created_at").toInstant(),
                row.getBoolean("live"),
                row.getString("verdict"),
                row.getInt("horizon_days"),
                new ModelVersion.Window(
                        row.getInt("label_days"),
                        row.getTimestamp("fit_cutoff").toInstant(),
                        row.getTimestamp("labels_until").toInstant(),
                        row.getInt("row_count")),
                new FeatureSchema(
                        row.getString("feature_schema"),
                        List.of(json.readValue(row.getString("feature_names"), String[].class)),
                        List.of(json.readValue(row.getString("feature_groups"), String[].class))),
                new ModelVersion.Lineage(
                        row.getString("job_id"), row.getString("parent"), row.getObject("took_millis", Long.class)),
                map(row.getString("parameters")),
                map(row.getString("metrics")),
                importance(row.getString("importance")));
    }

    private @Nullable Importance importance(@Nullable String value) {
        return value == null ? null : json.readValue(value, Importance.class);
    }

    private Map<String, Object> map(String value) {
        return json.readValue(value, new TypeReference<Map<String, Object>>() {});
    }

    /** Registrations and changes of what is served are made one at a time: until the transaction ends by this one. */
    public void lock() {
        db.sql("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || 'registry', 0))")
                .query((row, n) -> 0)
                .single();
    }

    /** Flags one version of a name as the live one. */
    public void markLive(ModelName name, String version) {
        db.sql("UPDATE model_version SET live = false WHERE name = :name AND live")
                .param("name", name.wireName())
                .update();
        db.sql("UPDATE model_version SET live = true WHERE version = :version")
                .param("version", version)
                .update();
    }

    /**
     * Keeps a model as the next version of its name; it is not served yet.
     *
     * @return its version
     */
    public String register(
            ModelVersion.Lineage lineage,
            Model model,
            ModelVersion.Window window,
            Map<String, Object> parameters,
            Map<String, Object> metrics,
            @Nullable Importance importance,
            String verdict) {
        byte[] artefact = model.toBytes();
        String name = model.name().wireName();
        return java.util.Objects.requireNonNull(transaction.execute(status -> {
            lock();
            int number = db.sql("SELECT coalesce(max(number), 0) + 1 FROM model_version WHERE name = :name")
                    .param("name", name)
                    .query(Integer.class)
                    .single();
            String version = name + "-" + number;
            db.sql("""
                            INSERT INTO model_version (version, job_id, name, number, created_at, live, verdict,
                                horizon_days, label_days, fit_cutoff, labels_until, row_count, feature_schema, feature_names,
                                feature_groups, parameters, metrics, importance, artefact, parent, took_millis)
                            VALUES (:version, :job, :name, :number, :now, false, :verdict, :horizon, :labelDays,
                                :cutoff, :until, :rows, :schema, :names::jsonb, :groups::jsonb, :parameters::jsonb, :metrics::jsonb,
                                :importance::jsonb, :artefact, :parent, :took)
                            """)
                    .param("version", version)
                    .param("job", lineage.jobId())
                    .param("parent", lineage.parent())
                    .param("took", lineage.tookMillis())
                    .param("name", name)
                    .param("number", number)
                    .param("now", Timestamp.from(clock.instant()))
                    .param("verdict", verdict)
                    .param("horizon", model.horizonDays())
                    .param("labelDays", window.labelDays())
                    .param("cutoff", Timestamp.from(window.fitCutoff()))
                    .param("until", Timestamp.from(window.labelsUntil()))
                    .param("rows", window.rows())
                    .param("schema", model.schema().fingerprint())
                    .param("names", json.writeValueAsString(model.schema().names()))
                    .param("groups", json.writeValueAsString(model.schema().groups()))
                    .param("parameters", json.writeValueAsString(parameters))
                    .param("metrics", json.writeValueAsString(metrics))
                    .param("importance", importance == null ? null : json.writeValueAsString(importance))
                    .param("artefact", artefact)
                    .update();
            return version;
        }));
    }

    /** What a job made, if it got so far before it was interrupted. */
    public Optional<ModelVersion> madeBy(String jobId) {
        return db.sql("SELECT " + COLUMNS + " FROM model_version WHERE job_id = :job")
                .param("job", jobId)
                .query(mapper)
                .optional();
    }

    /** Of all names, newest first within a name. */
    public List<ModelVersion> all() {
        return db.sql("SELECT " + COLUMNS + " FROM model_version ORDER BY name, number DESC")
                .query(mapper)
                .list();
    }

    /** When the newest version of a name was made; empty when there is none. */
    public Optional<Instant> newestAt(ModelName name) {
        return db.sql("SELECT created_at FROM model_version WHERE name = :name ORDER BY number DESC LIMIT 1")
                .param("name", name.wireName())
                .query(Timestamp.class)
                .optional()
                .map(Timestamp::toInstant);
    }

    public Optional<ModelVersion> find(ModelName name, String version) {
        return db.sql("SELECT " + COLUMNS + " FROM model_version WHERE name = :name AND version = :version")
                .param("name", name.wireName())
                .param("version", version)
                .query(mapper)
                .optional();
    }

    /** Newest first. */
    public List<ModelVersion> versions(ModelName name) {
        return db.sql("SELECT " + COLUMNS + " FROM model_version WHERE name = :name ORDER BY number DESC LIMIT 1000")
                .param("name", name.wireName())
                .query(mapper)
                .list();
    }

    public List<ModelVersion> live() {
        return db.sql("SELECT " + COLUMNS + " FROM model_version WHERE live ORDER BY name")
                .query(mapper)
                .list();
    }

    public Optional<ModelVersion> live(ModelName name) {
        return live().stream().filter(version -> version.name() == name).findFirst();
    }

    /** What {@link Model#toBytes()} gave. */
    public byte[] artefact(String version) {
        return db.sql("SELECT artefact FROM model_version WHERE version = :version")
                .param("version", version)
                .query((row, n) -> row.getBytes(1))
                .single();
    }
}
