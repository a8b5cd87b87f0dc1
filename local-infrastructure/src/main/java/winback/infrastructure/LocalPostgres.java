package winback.infrastructure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running PostgreSQL on loopback, as its own process, with durable commits and SCRAM passwords for everyone.
 *
 * <pre>
 * dataDir/
 *   lock                 held by the process that runs this
 *   data/                PostgreSQL's cluster; winback.conf in it is rewritten at every start and wins over
 *                        postgresql.conf; what ALTER SYSTEM sets wins over both
 *   superuser.password   mode 0600
 *   passwords/SERVICE    mode 0600
 *   postgres.log         the server's log; the previous one in postgres.log.1 once it is over 10 MB
 * </pre>
 */
public final class LocalPostgres implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LocalPostgres.class);

    private static final String SUPERUSER = "postgres";
    private static final String DATABASE = "winback";

    // A crash recovery replays at most max_wal_size (2 GB) or so: seconds, but on a slow disk a minute is not enough.
    private static final int START_SECONDS = 120;
    private static final int STOP_SECONDS = 60;
    private static final Duration INITDB_PATIENCE = Duration.ofMinutes(2);

    // A lost race for a free port, or backends of a postmaster killed a moment ago that are still going down.
    private static final int ATTEMPTS = 5;
    private static final long LOG_LIMIT_BYTES = 10_000_000;

    private final Path directory;
    private final DataDirectoryLock lock;
    private final ServerAccount account;
    private final Path binaries;
    private final String password;
    private int port;
    private ServiceRoles roles;
    private boolean closed;

    /**
     * How a service connects; the password does not show in {@link #toString}.
     *
     * @param url {@code jdbc:postgresql://HOST:PORT/winback}, without user, password and schema
     * @param schema what an unqualified name means to this user
     */
    public record Database(String url, String user, String password, String schema) {

        /** A new connection of its own, which the caller closes. */
        public Connection connect() throws SQLException {
            return DriverManager.getConnection(url, user, password);
        }

        @Override
        public String toString() {
            return "Database[url=" + url + ", user=" + user + ", schema=" + schema + "]";
        }
    }

    /**
     * Starts PostgreSQL on the directory, which is created and initialised if absent, and waits until it answers. A
     * server that a killed process left behind on this directory is stopped first.
     *
     * @param port 0 for any free one
     * @throws DataDirectoryInUse if the directory is held by a live process
     * @throws IllegalStateException if the port is taken or the server does not start; with the end of its log
     */
    public static LocalPostgres start(Path dataDir, int port) {
        DataDirectoryLock lock = DataDirectoryLock.acquire(dataDir);
        try {
            return new LocalPostgres(dataDir, lock, port);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private LocalPostgres(Path dataDir, DataDirectoryLock lock, int requestedPort) {
        long started = System.nanoTime();
        try {
            this.directory = dataDir.toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.lock = lock;
        this.account = ServerAccount.choose();
        this.binaries = PostgresBinaries.unpacked(account, directory);
        Path passwordFile = directory.resolve("superuser.password");
        if (Files.exists(data()) && !Files.exists(passwordFile)) {
            throw new IllegalStateException("There is a cluster but no " + passwordFile);
        }
        this.password = PrivateFiles.secret(passwordFile);
        giveToServer(passwordFile);
        if (!Files.exists(data())) {
            initialise(passwordFile);
        }
        stopOrphan();
        this.port = startServer(requestedPort);
        try {
            createDatabase();
            this.roles = new ServiceRoles(
                    superuser(),
                    service ->
                            PrivateFiles.secret(directory.resolve("passwords").resolve(service)));
        } catch (RuntimeException e) {
            stopServer();
            throw e;
        }
        log.info("PostgreSQL runs on port {} ({} ms)", port, (System.nanoTime() - started) / 1_000_000);
    }

    public int port() {
        return port;
    }

    /**
     * Creates, if absent, a login role and a schema of that name owned by it, with a random password kept in the data
     * directory. The role's search path is its schema; it can use no other and connect to no other database.
     *
     * @param service such as {@code profile}: lower-case letters, digits and underscores, letter first, at most 63
     */
    public Database database(String service) {
        return roles.database(service);
    }

    /** The superuser, in the services' database: for tests and for psql. */
    public Database superuser() {
        return new Database(url(DATABASE), SUPERUSER, password, "public");
    }

    /** The superuser of the server that another process runs on the directory; empty when none runs there. */
    public static Optional<Database> superuserOf(Path dataDir) {
        Path directory = dataDir.toAbsolutePath();
        Path pidFile = directory.resolve("data").resolve("postmaster.pid");
        try {
            if (!Files.exists(pidFile)) {
                return Optional.empty();
            }
            // The fourth line is the port.
            String port = Files.readAllLines(pidFile).get(3).strip();
            String password =
                    Files.readString(directory.resolve("superuser.password")).strip();
            return Optional.of(new Database(
                    "jdbc:postgresql://127.0.0.1:" + port + "/" + DATABASE, SUPERUSER, password, "public"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + pidFile, e);
        }
    }

    /** Stops the server: open transactions are rolled back, what was committed is on disk. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            stopServer();
        } finally {
            lock.close();
        }
    }

    private Path data() {
        return directory.resolve("data");
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    private String program(String name) {
        return binaries.resolve("bin").resolve(name).toString();
    }

    private void giveToServer(Path passwordFile) {
        account.own(passwordFile);
        account.own(directory);
        if (Files.exists(data())) {
            account.own(data());
        }
        if (account.isAnotherUser()
                && account.run(Duration.ofSeconds(10), List.of("test", "-w", directory.toString()))
                                .exitCode()
                        != 0) {
            throw new IllegalStateException("PostgreSQL does not run as root, and " + account.owner()
                    + " cannot reach " + directory + ": choose a data directory outside of root's home,"
                    + " or start as an ordinary user");
        }
    }

    private void initialise(Path passwordFile) {
        // Moved into place when complete, so that a killed initdb leaves nothing that looks like a cluster.
        Path fresh = directory.resolve("data.new");
        try {
            PrivateFiles.deleteTree(fresh);
            ServerAccount.Outcome initdb = account.run(
                    INITDB_PATIENCE,
                    List.of(
                            program("initdb"),
                            "--pgdata=" + fresh,
                            "--username=" + SUPERUSER,
                            "--pwfile=" + passwordFile,
                            "--auth=scram-sha-256",
                            "--encoding=UTF8",
                            // PostgreSQL's own locale: the same order and case everywhere, whatever is installed.
                            "--locale=C",
                            "--locale-provider=builtin",
                            "--builtin-locale=C.UTF-8",
                            "--data-checksums",
                            "--no-instructions"));
            if (initdb.exitCode() != 0) {
                throw new IllegalStateException(
                        "PostgreSQL could not initialise " + directory + ": " + initdb.output());
            }
            Path settings = fresh.resolve("postgresql.conf");
            Files.writeString(settings, Files.readString(settings) + "\ninclude 'winback.conf'\n");
            Files.move(fresh, data(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot initialise " + directory, e);
        }
    }

    private void writeSettings(int port) {
        Path file = data().resolve("winback.conf");
        try {
            Files.writeString(file, """
                    # Rewritten at every start. To override a setting, use ALTER SYSTEM.
                    cluster_name = 'winback'
                    listen_addresses = '127.0.0.1'
                    port = %d
                    unix_socket_directories = ''
                    password_encryption = 'scram-sha-256'
                    fsync = on
                    full_page_writes = on
                    synchronous_commit = on
                    shared_buffers = '512MB'
                    # A page's first change after a checkpoint is written whole; seldom checkpoints, small pages.
                    max_wal_size = '2GB'
                    checkpoint_timeout = '15min'
                    wal_compression = on
                    max_connections = 200
                    # A one-machine installation runs short statements, which compilation only delays.
                    jit = off
                    timezone = 'UTC'
                    log_timezone = 'UTC'
                    log_line_prefix = '%%m [%%p] %%u '
                    log_checkpoints = off
                    # Statements and error details would put subscribers' data into the log.
                    log_min_error_statement = 'panic'
                    log_error_verbosity = 'terse'
                    """.formatted(port));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
        account.own(file);
    }

    private int startServer(int requestedPort) {
        Path serverLog = directory.resolve("postgres.log");
        for (int attempt = 1; ; attempt++) {
            int candidate = FreePort.find(requestedPort);
            writeSettings(candidate);
            long logBefore = rotate(serverLog);
            ServerAccount.Outcome start = account.run(
                    Duration.ofSeconds(START_SECONDS + 10),
                    List.of(
                            program("pg_ctl"),
                            "start",
                            "--pgdata=" + data(),
                            "--log=" + serverLog,
                            "--wait",
                            "--silent",
                            "--timeout=" + START_SECONDS));
            if (start.exitCode() == 0) {
                return candidate;
            }
            // pg_ctl gives up waiting but leaves the server running.
            stopServer();
            if (attempt == ATTEMPTS) {
                throw new IllegalStateException("PostgreSQL did not start on " + directory + ", port " + candidate
                        + ": " + start.output() + tail(serverLog, logBefore));
            }
            log.debug("PostgreSQL did not start, attempt {}: {}", attempt, start.output());
            pause(Duration.ofMillis(100L << attempt));
        }
    }

    private void createDatabase() {
        try (Connection connection = new Database(url("postgres"), SUPERUSER, password, "public").connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT FROM pg_database WHERE datname = '" + DATABASE + "'")) {
            if (!rows.next()) {
                statement.execute("CREATE DATABASE " + DATABASE);
            }
            // Far cheaper than PostgreSQL's own compression, but not built into it everywhere.
            try (ResultSet lz4 = statement.executeQuery(
                    "SELECT FROM pg_settings WHERE name = 'wal_compression' AND 'lz4' = ANY (enumvals)")) {
                if (lz4.next()) {
                    statement.execute("ALTER DATABASE " + DATABASE + " SET wal_compression = 'lz4'");
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot create the database " + DATABASE, e);
        }
    }

    /** A postmaster outlives the process that started it; with the lock in hand, one on this directory has no owner. */
    private void stopOrphan() {
        Optional<ProcessHandle> recorded = recordedProcess();
        if (recorded.isEmpty()) {
            return;
        }
        if (isOurPostmaster(recorded.get())) {
            log.warn(
                    "Stopping the PostgreSQL with pid {} that a killed process left behind",
                    recorded.get().pid());
            stopServer();
        } else {
            // The pid has been given to another process since (always so after a restart of a container). PostgreSQL
            // would take that for a live server and refuse to start.
            try {
                Files.delete(pidFile());
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot delete the stale " + pidFile(), e);
            }
        }
    }

    private Path pidFile() {
        return data().resolve("postmaster.pid");
    }

    /** The live process, of whatever kind, whose pid the server's pid file holds. */
    private Optional<ProcessHandle> recordedProcess() {
        try {
            return Files.exists(pidFile())
                    ? ProcessHandle.of(Long.parseLong(
                            Files.readAllLines(pidFile()).getFirst().strip()))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + pidFile(), e);
        }
    }

    private boolean isOurPostmaster(ProcessHandle process) {
        ProcessHandle.Info info = process.info();
        return info.command()
                        .map(command ->
                                Path.of(command).getFileName().toString().startsWith("postgres"))
                        .orElse(false)
                && info.arguments()
                        .map(arguments -> Arrays.asList(arguments).contains(data().toString()))
                        .orElse(false);
    }

    private void stopServer() {
        Optional<ProcessHandle> server = recordedProcess().filter(this::isOurPostmaster);
        if (server.isEmpty()) {
            return;
        }
        ServerAccount.Outcome stop = stop("fast");
        if (stop.exitCode() != 0 && server.get().isAlive()) {
            log.warn("PostgreSQL did not stop within {} s, aborting it: {}", STOP_SECONDS, stop.output());
            stop("immediate");
        }
    }

    private ServerAccount.Outcome stop(String mode) {
        return account.run(
                Duration.ofSeconds(STOP_SECONDS + 10),
                List.of(
                        program("pg_ctl"),
                        "stop",
                        "--pgdata=" + data(),
                        "--mode=" + mode,
                        "--wait",
                        "--silent",
                        "--timeout=" + STOP_SECONDS));
    }

    /** Returns the length of the log that stays. */
    private static long rotate(Path serverLog) {
        try {
            if (!Files.exists(serverLog)) {
                return 0;
            }
            if (Files.size(serverLog) > LOG_LIMIT_BYTES) {
                Files.move(
                        serverLog,
                        serverLog.resolveSibling(serverLog.getFileName() + ".1"),
                        StandardCopyOption.REPLACE_EXISTING);
                return 0;
            }
            return Files.size(serverLog);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot rotate " + serverLog, e);
        }
    }

    private static String tail(Path serverLog, long from) {
        try {
            byte[] bytes = Files.exists(serverLog) ? Files.readAllBytes(serverLog) : new byte[0];
            int begin = Math.max((int) from, bytes.length - 4_000);
            return begin < bytes.length ? new String(bytes, begin, bytes.length - begin) : "";
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while starting PostgreSQL", e);
        }
    }
}
