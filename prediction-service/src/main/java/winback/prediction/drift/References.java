package winback.prediction.drift;

import java.sql.Timestamp;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;
import winback.prediction.models.Model;
import winback.prediction.models.Sample;

/** What each version saw when it was fitted, in PostgreSQL; goes with the version. */
@Repository
public class References {

    private final JdbcClient db;
    private final TransactionTemplate transaction;
    private final JsonMapper json;

    References(JdbcClient db, TransactionTemplate transaction, JsonMapper json) {
        this.db = db;
        this.transaction = transaction;
        this.json = json;
    }

    /** Registers a model together with what it was fitted on: neither is there without the other. */
    public interface Keeping {

        /**
         * @param registration keeps the model and answers its version
         * @return the version
         */
        String with(Supplier<String> registration);
    }

    /**
     * What a model was fitted on, ready to be kept.
     *
     * @param newest the customers as last known
     * @param earlier the customers at the cutoffs that the model learned from
     */
    public Keeping of(Model model, Sample newest, List<Sample> earlier) {
        Reference reference = Reference.of(model, newest, earlier);
        return registration -> keep(reference, registration);
    }

    private String keep(Reference reference, Supplier<String> registration) {
        return Objects.requireNonNull(transaction.execute(status -> {
            String version = registration.get();
            db.sql("""
                            INSERT INTO drift_reference (version, as_of, row_count, bins)
                            VALUES (:version, :asOf, :rows, :bins::jsonb)
                            """)
                    .param("version", version)
                    .param("asOf", Timestamp.from(reference.asOf()))
                    .param("rows", reference.rows())
                    .param("bins", json.writeValueAsString(reference.bins()))
                    .update();
            return version;
        }));
    }

    /** Absent for versions that were registered before references were kept. */
    Optional<Reference> find(String version) {
        return db.sql("SELECT as_of, row_count, bins FROM drift_reference WHERE version = :version")
                .param("version", version)
                .query((row, n) -> new Reference(
                        row.getTimestamp(1).toInstant(),
                        row.getInt(2),
                        json.readValue(row.getString(3), Reference.Kept.class)))
                .optional();
    }
}
