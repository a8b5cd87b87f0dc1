package winback.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.JsonNode;
import winback.infrastructure.LocalPostgres.Database;
import winback.infrastructure.junit.Infrastructure;

/** A database of a release that kept no history of what was served. */
class ServingMigrationTest {

    private static final Instant NOW = Instant.parse("2026-06-30T23:00:00Z");

    @RegisterExtension
    final Infrastructure infra = Infrastructure.shared();

    @Test
    void whatIsLiveIsServedOnAndBeginsTheHistory() {
        Database database = infra.database("prediction");
        Flyway.configure()
                .dataSource(database.url(), database.user(), database.password())
                .defaultSchema(database.schema())
                .schemas(database.schema())
                .locations("classpath:db/migration/prediction")
                .target(MigrationVersion.fromVersion("2"))
                .load()
                .migrate();
        JdbcClient db =
                JdbcClient.create(new DriverManagerDataSource(database.url(), database.user(), database.password()));
        for (int number = 1; number <= 2; number++) {
            db.sql("""
                            INSERT INTO %s.model_version (version, job_id, name, number, created_at, live, verdict,
                                horizon_days, label_days, fit_cutoff, labels_until, row_count, feature_schema,
                                feature_names, parameters, metrics, artefact)
                            VALUES ('churn-' || :number, 't-' || :number, 'churn', :number,
                                make_date(2026, 6, :number), :live, 'It was better.',
                                30, 30, now(), now(), 100, 's', '[]', '{}', '{}', ''::bytea)
                            """.formatted(database.schema()))
                    .param("number", number)
                    .param("live", number == 2)
                    .update();
        }

        try (RunningService service = new RunningService(infra, NOW)) {
            JsonNode served = service.get("/v1/models/churn/history").body().get("served");
            assertThat(served).hasSize(1);
            assertThat(served.get(0).get("version").asString()).isEqualTo("churn-2");
            assertThat(served.get(0).get("share").asDouble()).isEqualTo(1);
            assertThat(served.get(0).has("to")).isFalse();
            assertThat(served.get(0).get("because").asString())
                    .isEqualTo("It was live before this history began. It was better.");
            JsonNode version = service.get("/v1/models/churn/versions/churn-1").body();
            assertThat(version.get("lineage").has("tookMillis")).isFalse();
            assertThat(service.post("/v1/models/churn/rollback", "")
                            .body()
                            .get("code")
                            .asString())
                    .isEqualTo("no-earlier-version");
        }
    }
}
