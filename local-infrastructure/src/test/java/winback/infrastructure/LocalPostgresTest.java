package winback.infrastructure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import winback.infrastructure.LocalPostgres.Database;

class LocalPostgresTest {

    @TempDir
    static Path dir;

    static LocalPostgres postgres;

    @BeforeAll
    static void start() {
        postgres = LocalPostgres.start(dir, 0);
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @ParameterizedTest
    @CsvSource({
        "fsync, on",
        "synchronous_commit, on",
        "full_page_writes, on",
        "data_checksums, on",
        "password_encryption, scram-sha-256",
        "listen_addresses, 127.0.0.1",
        "unix_socket_directories, ''",
        "server_encoding, UTF8",
        "log_timezone, UTC",
        "max_connections, 200",
        "shared_buffers, 512MB"
    })
    void runsWith(String setting, String value) throws SQLException {
        assertThat(query(postgres.superuser(), "SHOW " + setting)).containsExactly(value);
    }

    @Test
    void everyWayInTakesAScramPassword() throws SQLException {
        assertThat(query(postgres.superuser(), "SELECT DISTINCT auth_method FROM pg_hba_file_rules"))
                .containsExactly("scram-sha-256");
        postgres.database("hashed");
        assertThat(query(postgres.superuser(), "SELECT rolpassword FROM pg_authid WHERE rolcanlogin"))
                .isNotEmpty()
                .allMatch(password -> password.startsWith("SCRAM-SHA-256$"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "guarded"})
    void refusesAWrongPassword(String user) {
        Database right = postgres.database("guarded");
        Database wrong = new Database(right.url(), user, right.password() + "x", right.schema());
        assertRefused("28P01", () -> wrong.connect().close());
    }

    @Test
    void aServiceSeesOnlyItsSchema() throws SQLException {
        Database mine = postgres.database("profile");
        Database other = postgres.database("content");
        execute(mine, "CREATE TABLE subscriber (id text)", "INSERT INTO subscriber VALUES ('s1')");

        assertThat(query(mine, "SELECT id FROM profile.subscriber")).containsExactly("s1");
        assertThat(query(mine, "SHOW search_path")).containsExactly("profile");
        assertRefused("42501", () -> query(other, "SELECT id FROM profile.subscriber"));
        assertRefused("42P01", () -> query(other, "SELECT id FROM subscriber"));
        assertRefused("42501", () -> execute(other, "CREATE TABLE public.t (id text)"));
        assertRefused("42501", () -> execute(other, "CREATE SCHEMA another"));
        Database elsewhere =
                new Database(other.url().replace("/winback", "/postgres"), other.user(), other.password(), "public");
        assertRefused("42501", () -> elsewhere.connect().close());
    }

    @Test
    void aDatabaseIsTheSameEachTimeAndItsPasswordStaysPrivate() throws Exception {
        Database first = postgres.database("delivery");
        assertThat(postgres.database("delivery")).isEqualTo(first);
        assertThat(first.url()).isEqualTo("jdbc:postgresql://127.0.0.1:" + postgres.port() + "/winback");
        assertThat(first.toString()).doesNotContain(first.password());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("passwords/delivery"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("superuser.password"))))
                .isEqualTo("rw-------");
        assertThat(dir.resolve("postgres.log"))
                .content()
                .doesNotContain(first.password(), postgres.superuser().password());
    }

    @Test
    void aLostPasswordIsReplaced() throws Exception {
        Database before = postgres.database("forgetful");
        execute(before, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (7)");
        Files.delete(dir.resolve("passwords/forgetful"));

        Database after = postgres.database("forgetful");
        assertThat(after.password()).isNotEqualTo(before.password());
        assertThat(query(after, "SELECT id FROM kept")).containsExactly("7");
        assertRefused("28P01", () -> before.connect().close());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Profile", "1st", "a-b", "a\"b", "pg_x", "public", "postgres"})
    void refusesANameThatIsNoService(String name) {
        assertThatThrownBy(() -> postgres.database(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRefusedStatementLeavesNoDataInTheLog() {
        assertRefused(
                "22P02", () -> query(postgres.superuser(), "SELECT 'somebody@example.org'::text, 'oops'::integer"));
        assertThat(dir.resolve("postgres.log")).content().doesNotContain("somebody@example.org");
    }

    @Test
    void aSecondStartOnTheDirectoryIsRefused() {
        assertThatExceptionOfType(DataDirectoryInUse.class)
                .isThrownBy(() -> LocalPostgres.start(dir, 0).close())
                .withMessageContaining(dir.getFileName().toString())
                .satisfies(e ->
                        assertThat(e.pid()).isEqualTo(ProcessHandle.current().pid()));
        // The refusal has not cost the first start its lock.
        assertThatExceptionOfType(DataDirectoryInUse.class)
                .isThrownBy(() -> LocalPostgres.start(dir, 0).close());
    }

    @Test
    void startsAfterAnInterruptedStartATakenPortAndAReusedPid(@TempDir Path fresh) throws Exception {
        Files.createDirectories(fresh.resolve("data.new"));
        Files.writeString(fresh.resolve("data.new/PG_VERSION"), "17");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> LocalPostgres.start(fresh, taken.getLocalPort()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(String.valueOf(taken.getLocalPort()));
        }
        Database database;
        try (LocalPostgres first = LocalPostgres.start(fresh, 0)) {
            database = first.database("profile");
            execute(database, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (1)");
        }
        assertThatThrownBy(() -> database.connect().close()).isInstanceOf(SQLException.class);
        // As after a restart of a container, where pids are small and soon taken.
        Files.writeString(
                fresh.resolve("data/postmaster.pid"),
                ProcessHandle.current().pid() + "\n" + fresh.resolve("data") + "\n");
        try (LocalPostgres second = LocalPostgres.start(fresh, 0)) {
            assertThat(query(second.database("profile"), "SELECT id FROM kept")).containsExactly("1");
            assertThat(second.database("profile").password()).isEqualTo(database.password());
        }
    }

    static List<String> query(Database database, String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> first = new ArrayList<>();
            while (rows.next()) {
                first.add(rows.getString(1));
            }
            return first;
        }
    }

    static void execute(Database database, String... statements) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static void assertRefused(String sqlState, org.assertj.core.api.ThrowableAssert.ThrowingCallable attempt) {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(attempt)
                .satisfies(e -> assertThat(e.getSQLState()).isEqualTo(sqlState));
    }
}
