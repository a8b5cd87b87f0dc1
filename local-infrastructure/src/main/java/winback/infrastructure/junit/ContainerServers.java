package winback.infrastructure.junit;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.postgresql.PostgreSQLContainer;
import winback.infrastructure.LocalPostgres.Database;
import winback.infrastructure.ServiceRoles;

/** The pair in containers. Needs Testcontainers on the class path: ask {@link #available} first. */
final class ContainerServers implements Servers {

    private final PostgreSQLContainer postgres = new PostgreSQLContainer("postgres:17-alpine")
            .withDatabaseName("winback")
            .withUsername("postgres")
            .withEnv("POSTGRES_HOST_AUTH_METHOD", "scram-sha-256");
    private final KafkaContainer kafka =
            new KafkaContainer("apache/kafka:4.3.1").withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false");
    private final ServiceRoles roles;

    ContainerServers() {
        Startables.deepStart(postgres, kafka).join();
        Database superuser = new Database(
                "jdbc:postgresql://" + postgres.getHost() + ":" + postgres.getMappedPort(5432) + "/winback",
                postgres.getUsername(),
                postgres.getPassword(),
                "public");
        roles = new ServiceRoles(superuser, name -> name + "-in-a-test-container");
    }

    static boolean available() {
        try {
            return DockerClientFactory.instance().isDockerAvailable();
        } catch (NoClassDefFoundError e) {
            return false; // an optional dependency
        }
    }

    @Override
    public String bootstrapServers() {
        return kafka.getBootstrapServers();
    }

    @Override
    public Database database(String name) {
        return roles.database(name);
    }

    @Override
    public void close() {
        kafka.stop();
        postgres.stop();
    }
}
