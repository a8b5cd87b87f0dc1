package winback.prediction.datasets;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;
import winback.chassis.identities.Erasure;
import winback.chassis.identities.Identities;
import winback.contracts.TrainingPartitionClosed;
import winback.contracts.TrainingRow;
import winback.contracts.TrainingSetRequested;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.Floats;
import winback.prediction.models.ModelName;
import winback.prediction.models.Sample;
import winback.prediction.progress.Progress;

/** The data sets of open jobs in PostgreSQL, where a restart finds them. */
@Repository
public class Datasets {

    private static final Logger log = LoggerFactory.getLogger(Datasets.class);

    private final JdbcClient db;
    private final JdbcTemplate batch;
    private final Clock clock;
    private final JsonMapper json;
    private final Identities identities;
    private final Counter refused;

    Datasets(
            JdbcClient db,
            JdbcTemplate batch,
            Clock clock,
            JsonMapper json,
            Identities identities,
            MeterRegistry meters) {
        this.db = db;
        this.batch = batch;
        this.clock = clock;
        this.json = json;
        this.identities = identities;
        this.refused = Counter.builder("winback.training.rows.refused")
                .description("Training rows as of another time than their data set's cutoff")
                .register(meters);
    }

    private record Part(
            int partition,
            int partitions,
            long rows,
            @Nullable String refusal) {}

    private record Known(
            String datasetId,
            String role,
            Instant cutoff,
            @Nullable Instant heardAt) {}

    /** A row received, with the partition it came by. */
    record Received(int partition, TrainingRow row) {}

    /** Notes what a job needs; nothing is asked for yet. */
    public void add(String jobId, List<Wanted> wanted) {
        for (Wanted one : wanted) {
            db.sql("""
                            INSERT INTO dataset (dataset_id, job_id, role, cutoff, label_days)
                            VALUES (:dataset, :job, :role, :cutoff, :labelDays)
                            """)
                    .param("dataset", datasetId(jobId, one.role()))
                    .param("job", jobId)
                    .param("role", one.role())
                    .param("cutoff", Timestamp.from(one.cutoff()))
                    .param("labelDays", one.labelDays())
                    .update();
        }
    }

    /** What is to be asked of profile-service for this job. */
    public List<TrainingSetRequested> unpublished(String jobId) {
        return db.sql("""
                        SELECT dataset_id, cutoff, label_days FROM dataset
                        WHERE job_id = :job AND published_at IS NULL ORDER BY dataset_id
                        """)
                .param("job", jobId)
                .query((row, n) -> new TrainingSetRequested(
                        row.getString(1), row.getTimestamp(2).toInstant(), row.getInt(3), clock.instant()))
                .list();
    }

    public void published(String datasetId) {
        db.sql("UPDATE dataset SET published_at = :now WHERE dataset_id = :dataset")
                .param("now", now())
                .param("dataset", datasetId)
                .update();
    }

    /** Keeps rows of open jobs; a row that is there already, or that nobody waits for, changes nothing. */
    void keep(List<Received> rows) {
        Identities.Known known =
                identities.known(rows.stream().map(r -> r.row().subscriberId()).toList());
        Map<String, Instant> open =
                open(rows.stream().map(r -> r.row().datasetId()).distinct().toList());
        List<Object[]> values = new ArrayList<>();
        Map<String, Received> ofAnotherTime = new LinkedHashMap<>();
        for (Received received : rows) {
            TrainingRow row = received.row();
            Instant cutoff = open.get(row.datasetId());
            if (cutoff == null) {
                continue;
            }
            if (!cutoff.equals(row.cutoff())) {
                refused.increment();
                ofAnotherTime.putIfAbsent(row.datasetId() + " " + received.partition(), received);
                continue;
            }
            Erasure erasure = known.erasure(row.subscriberId());
            boolean erased = erasure != null && !row.cutoff().isAfter(erasure.heardAt());
            TrainingRow.Labels labels = erased ? null : row.labels();
            values.add(new Object[] {
                row.datasetId(),
                erased ? nobody(row.subscriberId()) : row.subscriberId(),
                received.partition(),
                erased ? new byte[0] : Floats.toBytes(row.features()),
                erased ? new byte[0] : Floats.toBytes(Floats.flat(row.periods())),
                labels == null ? null : labels.orders(),
                labels == null ? null : labels.spend(),
                labels == null ? null : labels.visits(),
                labels == null ? null : labels.engaged()
            });
        }
        batch.batchUpdate("""
                INSERT INTO dataset_row (dataset_id, subscriber_id, partition, features, periods, orders, spend,
                    visits, engaged)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (dataset_id, subscriber_id) DO NOTHING""", values);
        ofAnotherTime.values().forEach(received -> refuse(received, open));
        heard(open.keySet());
    }

    /** One row that knows of another time than its data set's spoils it: the job fails, and says so, at its next look. */
    private void refuse(Received received, Map<String, Instant> open) {
        TrainingRow row = received.row();
        String refusal = "a row is as of %s, its data set as of %s, so it may know what came after."
                .formatted(row.cutoff(), open.get(row.datasetId()));
        log.warn("data set {}, partition {} is refused: {}", row.datasetId(), received.partition(), refusal);
        db.sql("""
                        INSERT INTO dataset_partition
                            (dataset_id, partition, partitions, row_count, feature_schema, feature_names, refusal)
                        VALUES (:dataset, :partition, :partition + 1, 0, '', '[]'::jsonb, :refusal)
                        ON CONFLICT (dataset_id, partition) DO UPDATE SET refusal = excluded.refusal
                        """)
                .param("dataset", row.datasetId())
                .param("partition", received.partition())
                .param("refusal", refusal)
                .update();
    }

    void close(TrainingPartitionClosed closed) {
        Set<String> open = open(List.of(closed.datasetId())).keySet();
        if (open.isEmpty()) {
            return;
        }
        db.sql("""
                        INSERT INTO dataset_partition
                            (dataset_id, partition, partitions, row_count, feature_schema, feature_names, feature_groups,
                             refusal)
                        VALUES (:dataset, :partition, :partitions, :rows, :schema, :names::jsonb, :groups::jsonb,
                             :refusal)
                        ON CONFLICT (dataset_id, partition) DO UPDATE
                          SET partitions = excluded.partitions, row_count = excluded.row_count,
                              feature_schema = excluded.feature_schema, feature_names = excluded.feature_names,
                              feature_groups = excluded.feature_groups,
                              refusal = coalesce(dataset_partition.refusal, excluded.refusal)
                        """)
                .param("dataset", closed.datasetId())
                .param("partition", closed.partition())
                .param("partitions", closed.partitions())
                .param("rows", closed.rows())
                .param("schema", closed.featureSchema())
                .param("names", json.writeValueAsString(closed.featureNames()))
                .param("groups", json.writeValueAsString(closed.featureGroups()))
                .param("refusal", closed.refusal())
                .update();
        heard(open);
    }

    /** Cutoffs of those of the data sets that an open job has, locked against its end. */
    private Map<String, Instant> open(List<String> datasets) {
        Map<String, Instant> open = new HashMap<>();
        if (!datasets.isEmpty()) {
            db.sql("SELECT dataset_id, cutoff FROM dataset WHERE dataset_id IN (:datasets) FOR KEY SHARE")
                    .param("datasets", datasets)
                    .query(row -> {
                        open.put(row.getString(1), row.getTimestamp(2).toInstant());
                    });
        }
        return open;
    }

    private void heard(Set<String> datasets) {
        if (!datasets.isEmpty()) {
            db.sql("UPDATE dataset SET heard_at = :now WHERE dataset_id IN (:datasets)")
                    .param("now", now())
                    .param("datasets", datasets)
                    .update();
        }
    }

    /** An erased subscriber stays as a count alone, so that the data set can still be complete. */
    public void forget(Set<String> subscribers, Erasure erasure) {
        for (String subscriber : subscribers) {
            db.sql("""
                            UPDATE dataset_row r SET subscriber_id = :nobody, features = ''::bytea, periods = ''::bytea,
                                orders = NULL, spend = NULL, visits = NULL, engaged = NULL
                            FROM dataset d
                            WHERE r.subscriber_id = :subscriber AND d.dataset_id = r.dataset_id AND d.cutoff <= :heardAt
                            """)
                    .param("nobody", nobody(subscriber))
                    .param("subscriber", subscriber)
                    .param("heardAt", Timestamp.from(erasure.heardAt()))
                    .update();
        }
    }

    /** What stands for an erased subscriber: each of them once. */
    private String nobody(String subscriberId) {
        return "erased:" + identities.code(subscriberId);
    }

    /** How far the data sets of a job are. */
    public Collection collection(String jobId) {
        List<Known> datasets = db.sql("""
                        SELECT dataset_id, role, cutoff, greatest(published_at, heard_at) FROM dataset
                        WHERE job_id = :job ORDER BY cutoff
                        """)
                .param("job", jobId)
                .query((row, n) -> {
                    Timestamp heard = row.getTimestamp(4);
                    return new Known(
                            row.getString(1),
                            row.getString(2),
                            row.getTimestamp(3).toInstant(),
                            heard == null ? null : heard.toInstant());
                })
                .list();
        List<String> missing = new ArrayList<>();
        @Nullable String refusal = null;
        Instant heardAt = Instant.EPOCH;
        double shares = 0;
        for (Known dataset : datasets) {
            String name =
                    "data set " + dataset.role() + " (as of " + dataset.cutoff().truncatedTo(ChronoUnit.SECONDS) + ")";
            if (dataset.heardAt() == null) {
                missing.add(name + ": not asked for yet");
                continue;
            }
            heardAt = dataset.heardAt().isAfter(heardAt) ? dataset.heardAt() : heardAt;
            Map<Integer, Long> counts = counts(dataset.datasetId());
            Map<Integer, Part> parts = parts(dataset.datasetId());
            if (parts.isEmpty()) {
                missing.add(name + ": no partition closed");
                continue;
            }
            int partitions = parts.values().iterator().next().partitions();
            double there = 0;
            for (int p = 0; p < partitions; p++) {
                Part part = parts.get(p);
                long count = counts.getOrDefault(p, 0L);
                if (part == null) {
                    missing.add(name + ": partition " + p + " of " + partitions + " not closed, " + count + " rows");
                    continue;
                }
                if (part.refusal() != null) {
                    refusal = part.refusal();
                }
                if (count != part.rows()) {
                    missing.add(name + ": partition " + p + " has " + count + " of " + part.rows() + " rows");
                }
                there += part.rows() == 0 ? 1 : Math.min(1, (double) count / part.rows());
            }
            shares += there / partitions;
        }
        return new Collection(
                refusal, List.copyOf(missing), datasets.isEmpty() ? 1 : shares / datasets.size(), heardAt);
    }

    private Map<Integer, Long> counts(String datasetId) {
        Map<Integer, Long> counts = new HashMap<>();
        db.sql("SELECT partition, count(*) FROM dataset_row WHERE dataset_id = :dataset GROUP BY partition")
                .param("dataset", datasetId)
                .query((row, n) -> counts.put(row.getInt(1), row.getLong(2)))
                .list();
        return counts;
    }

    private Map<Integer, Part> parts(String datasetId) {
        Map<Integer, Part> parts = new TreeMap<>();
        db.sql("SELECT partition, partitions, row_count, refusal FROM dataset_partition WHERE dataset_id = :dataset")
                .param("dataset", datasetId)
                .query((row, n) -> parts.put(
                        row.getInt(1), new Part(row.getInt(1), row.getInt(2), row.getLong(3), row.getString(4))))
                .list();
        return parts;
    }

    /** Those of a complete data set whom the model is about, in the order of their ids; by role. */
    public Map<String, Sample> samples(String jobId, ModelName about) {
        Map<String, Sample> samples = new HashMap<>();
        for (Wanted dataset : db.sql("SELECT role, cutoff, label_days FROM dataset WHERE job_id = :job")
                .param("job", jobId)
                .query((row, n) ->
                        new Wanted(row.getString(1), row.getTimestamp(2).toInstant(), row.getInt(3)))
                .list()) {
            samples.put(
                    dataset.role(),
                    sample(about, datasetId(jobId, dataset.role()), dataset.cutoff(), dataset.labelDays()));
        }
        return samples;
    }

    private static String datasetId(String jobId, String role) {
        return jobId + "-" + role;
    }

    private Sample sample(ModelName about, String datasetId, Instant cutoff, int labelDays) {
        // Who says groups comes first: instances of an older release may have closed partitions without.
        List<FeatureSchema> schemas = db
                .sql("""
                        SELECT DISTINCT feature_schema, feature_names, feature_groups, jsonb_array_length(feature_groups)
                        FROM dataset_partition WHERE dataset_id = :dataset ORDER BY 4 DESC
                        """)
                .param("dataset", datasetId)
                .query((row, n) -> schema(row.getString(1), row.getString(2), row.getString(3)))
                .list()
                .stream()
                .distinct()
                .toList();
        if (schemas.size() != 1) {
            throw new DataRefused("The partitions of a data set came with %d feature schemas; ask again once all"
                            .formatted(schemas.size())
                    + " instances of profile-service are of one release.");
        }
        FeatureSchema schema = schemas.getFirst();
        if (!schema.missing().isEmpty()) {
            throw new DataRefused("The rows lack the features " + String.join(", ", schema.missing()) + ".");
        }
        List<String> subscribers = new ArrayList<>();
        List<float[]> features = new ArrayList<>();
        List<float[]> periods = new ArrayList<>();
        List<Integer> orders = new ArrayList<>();
        List<Double> spend = new ArrayList<>();
        List<Integer> visits = new ArrayList<>();
        List<Double> engaged = new ArrayList<>();
        db.sql("""
                        SELECT subscriber_id, features, orders, spend, periods, visits, engaged FROM dataset_row
                        WHERE dataset_id = :dataset AND length(features) > 0 AND (orders IS NOT NULL OR :unlabelled)
                        ORDER BY subscriber_id COLLATE "C"
                        """)
                .param("dataset", datasetId)
                .param("unlabelled", labelDays == 0)
                .query(row -> {
                    Progress.stopIfInterrupted();
                    float[] vector = Floats.fromBytes(row.getBytes(2));
                    if (vector.length != schema.names().size()) {
                        throw new DataRefused("A row has " + vector.length + " features, its schema "
                                + schema.names().size() + ".");
                    }
                    subscribers.add(row.getString(1));
                    features.add(vector);
                    orders.add(row.getInt(3));
                    spend.add(row.getDouble(4));
                    periods.add(Floats.fromBytes(row.getBytes(5)));
                    // Of rows that were kept before it was noted: none.
                    visits.add(row.getInt(6));
                    Boolean answered = row.getObject(7, Boolean.class);
                    engaged.add(answered == null ? Double.NaN : answered ? 1. : 0.);
                });
        return Sample.of(
                about,
                schema,
                cutoff,
                labelDays,
                subscribers.toArray(String[]::new),
                features.toArray(float[][]::new),
                // Of one length, or of none at all: an older release kept none.
                periods.stream()
                                                .mapToInt(sequence -> sequence.length)
                                                .distinct()
                                                .count()
                                        == 1
                                && periods.getFirst().length > 0
                        ? periods.toArray(float[][]::new)
                        : new float[0][],
                labelDays == 0
                        ? null
                        : new Sample.Labels(
                                orders.stream().mapToInt(i -> i).toArray(),
                                spend.stream().mapToDouble(d -> d).toArray(),
                                visits.stream().mapToInt(i -> i).toArray(),
                                engaged.stream().mapToDouble(d -> d).toArray()));
    }

    private FeatureSchema schema(String fingerprint, String names, String groups) {
        List<String> features = List.of(json.readValue(names, String[].class));
        List<String> ofFeatures = List.of(json.readValue(groups, String[].class));
        if (!ofFeatures.isEmpty() && ofFeatures.size() != features.size()) {
            throw new DataRefused("Feature schema " + fingerprint + " has " + features.size() + " features and "
                    + ofFeatures.size() + " groups.");
        }
        return new FeatureSchema(fingerprint, features, ofFeatures);
    }

    /** The job ended: its rows go. */
    public void drop(String jobId) {
        db.sql("DELETE FROM dataset WHERE job_id = :job").param("job", jobId).update();
    }

    private Timestamp now() {
        return Timestamp.from(clock.instant());
    }
}
