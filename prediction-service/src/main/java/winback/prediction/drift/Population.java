package winback.prediction.drift;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.Floats;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelVersion;

/** The customers as they are now: their newest vectors and scores. */
@Repository
class Population {

    /** Subscribers whom a model is not about are no customers: so many of them are looked past for each customer wanted. */
    private static final int LOOKED_PAST = 5;

    private static final int FETCHED = 500;

    private final JdbcClient db;
    private final TransactionTemplate transaction;

    Population(JdbcClient db, TransactionTemplate transaction) {
        this.db = db;
        this.transaction = transaction;
    }

    /**
     * @param features shape [n][p]
     * @param scores by the version that was asked for, shape [n]; NaN of whom it has not scored yet
     * @param ofOtherSchema subscribers left out because the version refuses their vectors
     */
    @SuppressWarnings("ArrayRecordComponent") // numeric matrices by design; compared nowhere
    record Drawn(float[][] features, float[] scores, int ofOtherSchema) {

        float[] column(int j) {
            float[] values = new float[features.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = features[i][j];
            }
            return values;
        }
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Row(String schema, float[] features, float score) {}

    /**
     * At most so many customers, the same each time but for those who come and go: the first by a hash of their ids.
     * They are those whom the model is about, as in {@link FeatureSchema#concerned}.
     */
    Drawn draw(ModelVersion version, int most) {
        return Objects.requireNonNull(transaction.execute(status -> {
            // Within a transaction rows come in portions.
            try (Stream<Row> rows = db
                    .sql("""
                            SELECT v.feature_schema, v.features,
                                   CASE WHEN s.scores -> :name ->> 'modelVersion' = :version
                                        THEN (s.scores -> :name ->> 'value')::float8 END
                            FROM vector v LEFT JOIN score s ON s.subscriber_id = v.subscriber_id
                            ORDER BY hashtextextended(v.subscriber_id, 0) LIMIT :limit
                            """)
                    .param("name", version.name().wireName())
                    .param("version", version.version())
                    .param("limit", most * LOOKED_PAST)
                    .withFetchSize(FETCHED)
                    .query((row, n) -> {
                        Double score = row.getObject(3, Double.class);
                        return new Row(
                                row.getString(1),
                                Floats.fromBytes(row.getBytes(2)),
                                score == null ? Float.NaN : score.floatValue());
                    })
                    .stream()) {
                return customers(rows, version.name(), version.schema(), most);
            }
        }));
    }

    private static Drawn customers(Stream<Row> rows, ModelName model, FeatureSchema schema, int most) {
        List<Row> customers = new ArrayList<>();
        int ofOtherSchema = 0;
        for (Row row : (Iterable<Row>) rows::iterator) {
            if (!row.schema().equals(schema.fingerprint())
                    || row.features().length != schema.names().size()) {
                ofOtherSchema++;
            } else if (schema.concerned(model, new float[][] {row.features()})[0]) {
                customers.add(row);
                if (customers.size() == most) {
                    break;
                }
            }
        }
        float[] scores = new float[customers.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = customers.get(i).score();
        }
        return new Drawn(customers.stream().map(Row::features).toArray(float[][]::new), scores, ofOtherSchema);
    }
}
