package winback.profile.subscribers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.transaction.support.TransactionTemplate;
import winback.infrastructure.LocalPostgres.Database;
import winback.infrastructure.junit.Infrastructure;
import winback.profile.RunningService;

/** Whoever writes about several subscribers takes them in the order of their ids, or two of them wait for each other. */
class LockOrderTest {

    @RegisterExtension
    static final Infrastructure infrastructure = Infrastructure.shared();

    private static RunningService service;

    @BeforeAll
    static void start() {
        service = new RunningService(infrastructure);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static Connection connect() throws SQLException {
        Database database = infrastructure.database("profile");
        Connection connection = DriverManager.getConnection(database.url(), database.user(), database.password());
        connection.setAutoCommit(false);
        return connection;
    }

    private static void insert(Connection connection, String id) throws SQLException {
        try (var statement = connection.prepareStatement("INSERT INTO subscriber (id) VALUES (?)")) {
            statement.setString(1, id);
            statement.executeUpdate();
        }
    }

    private static boolean somebodyWaits(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var waiting = statement.executeQuery("SELECT FROM pg_locks WHERE NOT granted")) {
            return waiting.next();
        }
    }

    @Test
    void thoseThatAreNewAreCreatedInTheOrderOfTheirIds() throws Exception {
        try (Connection other = connect();
                Connection third = connect();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // Not in order, and with the one that is taken in their midst.
            List<String> ids = IntStream.range(0, 100)
                    .mapToObj(i -> "s%02d".formatted(i * 37 % 100))
                    .toList();
            insert(other, "s50");
            Future<?> created =
                    threads.submit(() -> service.bean(TransactionTemplate.class).executeWithoutResult(transaction -> {
                        // Which would sort them by the way.
                        service.db.sql("SET LOCAL enable_mergejoin = off").update();
                        service.bean(Subscribers.class).create(ids);
                    }));
            await().atMost(Duration.ofSeconds(10)).until(() -> somebodyWaits(third));

            // What comes before is created, what comes after is not.
            try (var statement = third.createStatement()) {
                statement.execute("SET lock_timeout = '20ms'");
                third.commit();
            }
            for (String id : ids) {
                if (id.compareTo("s50") < 0) {
                    assertThatThrownBy(() -> insert(third, id)).as(id).isInstanceOf(SQLException.class);
                } else if (id.compareTo("s50") > 0) {
                    insert(third, id);
                }
                third.rollback();
            }
            other.rollback();
            created.get();
            try (var statement = third.createStatement();
                    var count = statement.executeQuery("SELECT count(*) FROM subscriber")) {
                count.next();
                assertThat(count.getInt(1)).isEqualTo(100);
            }
        }
    }
}
