package winback.benchmarks.ingest;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * What PostgreSQL gives to a program that does nothing but the writing: in one transaction for each batch it inserts the
 * deduplication and activity rows of 500 events and reads, locked, and rewrites the states of their subscribers, over as many
 * connections as the service has consumers. Copies of the service's own tables hold copies of the service's own rows, all of
 * them, so sizes and indices are the same; nothing is parsed, computed or published.
 */
final class JdbcLoop implements AutoCloseable {

    private static final int BATCH = 500;
    /** As many as the service's {@code winback.listeners}. */
    private static final int CONNECTIONS = 4;

    private final Rig rig;
    private final List<String> activityColumns;
    private final String stateColumn;
    private final boolean stateIsBytes;
    private final List<Object[]> sample = new ArrayList<>();
    private final List<String> ids = new ArrayList<>();

    JdbcLoop(Rig rig) throws SQLException {
        this.rig = rig;
        try (Connection db = rig.servers().connect("profile")) {
            this.activityColumns = columns(db, "activity");
            this.stateColumn = largestColumn(db, "subscriber");
            this.stateIsBytes = columnType(db, "subscriber", stateColumn).equals("bytea");
            try (Statement statement = db.createStatement()) {
                for (String table : List.of("subscriber", "activity", "deduplication")) {
                    statement.execute("DROP TABLE IF EXISTS bench_" + table);
                    statement.execute("CREATE TABLE bench_" + table + " (LIKE " + table + " INCLUDING ALL)");
                    String columns = String.join(", ", columns(db, table));
                    statement.execute("INSERT INTO bench_" + table + " (" + columns + ") SELECT " + columns + " FROM "
                            + table + (table.equals("subscriber") ? " WHERE version > 0" : ""));
                    statement.execute("VACUUM ANALYZE bench_" + table);
                }
                try (ResultSet rows = statement.executeQuery("SELECT " + String.join(", ", activityColumns)
                        + " FROM activity ORDER BY at DESC LIMIT 20000")) {
                    while (rows.next()) {
                        Object[] row = new Object[activityColumns.size()];
                        for (int i = 0; i < row.length; i++) {
                            row[i] = rows.getObject(i + 1);
                        }
                        sample.add(row);
                    }
                }
                try (ResultSet rows = statement.executeQuery("SELECT id FROM bench_subscriber")) {
                    while (rows.next()) {
                        ids.add(rows.getString(1));
                    }
                }
            }
        }
        if (sample.isEmpty() || ids.isEmpty()) {
            throw new IllegalStateException("there are no rows to copy");
        }
    }

    /** The columns that an INSERT names. */
    static List<String> columns(Connection db, String table) throws SQLException {
        List<String> columns = new ArrayList<>();
        try (PreparedStatement query = db.prepareStatement("""
                SELECT column_name FROM information_schema.columns
                WHERE table_schema = current_schema() AND table_name = ?
                  AND is_generated = 'NEVER' AND coalesce(identity_generation, '') <> 'ALWAYS'
                ORDER BY ordinal_position""")) {
            query.setString(1, table);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    columns.add(rows.getString(1));
                }
            }
        }
        return columns;
    }

    private static String columnType(Connection db, String table, String column) throws SQLException {
        try (ResultSet columns = db.getMetaData().getColumns(null, db.getSchema(), table, column)) {
            return columns.next() ? columns.getString("TYPE_NAME") : "";
        }
    }

    private static String largestColumn(Connection db, String table) throws SQLException {
        String largest = "";
        double most = -1;
        for (String column : columns(db, table)) {
            try (Statement statement = db.createStatement();
                    ResultSet size = statement.executeQuery(
                            "SELECT coalesce(avg(pg_column_size(" + column + ")), 0) FROM (SELECT " + column + " FROM "
                                    + table + " WHERE version > 0 LIMIT 1000) AS few")) {
                size.next();
                if (size.getDouble(1) > most) {
                    most = size.getDouble(1);
                    largest = column;
                }
            }
        }
        return largest;
    }

    /** Events a second. */
    double run(Duration duration) throws SQLException, InterruptedException {
        long began = System.nanoTime();
        long deadline = began + duration.toNanos();
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            List<Future<Long>> loops = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                int number = i;
                loops.add(threads.submit(() -> loop(number, deadline)));
            }
            long events = 0;
            for (Future<Long> loop : loops) {
                events += loop.get();
            }
            return events / ((System.nanoTime() - began) / 1e9);
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof SQLException sql ? sql : new SQLException(failure.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private long loop(int number, long deadline) throws SQLException {
        SplittableRandom random = new SplittableRandom(number);
        long events = 0;
        try (Connection db = rig.servers().connect("profile")) {
            db.setAutoCommit(false);
            while (System.nanoTime() - deadline < 0) {
                transaction(db, number, events, random);
                events += BATCH;
            }
        }
        return events;
    }

    private void transaction(Connection db, int number, long first, SplittableRandom random) throws SQLException {
        TreeSet<String> touched = new TreeSet<>();
        List<String> subscribers = new ArrayList<>(BATCH);
        for (int i = 0; i < BATCH; i++) {
            // Each connection has subscribers of its own, as each partition has.
            int drawn = random.nextInt((ids.size() + CONNECTIONS - 1 - number) / CONNECTIONS) * CONNECTIONS + number;
            subscribers.add(ids.get(drawn));
        }
        touched.addAll(subscribers);
        insertDeduplication(db, number, first);
        insertActivity(db, number, first, subscribers, random);
        rewriteStates(db, touched);
        db.commit();
    }

    private static String messageId(int number, long event) {
        return "bench-message-%d-%012d".formatted(number, event);
    }

    private static void insertDeduplication(Connection db, int number, long first) throws SQLException {
        String[] messages = new String[BATCH];
        for (int i = 0; i < BATCH; i++) {
            messages[i] = messageId(number, first + i);
        }
        try (PreparedStatement insert = db.prepareStatement("""
                INSERT INTO bench_deduplication (source, message_id, seen_at)
                SELECT 'api:bench', id, now() FROM unnest(?::text[]) AS m (id) ON CONFLICT DO NOTHING""")) {
            insert.setArray(1, db.createArrayOf("text", messages));
            insert.executeUpdate();
        }
    }

    /** As one statement with many rows, into which the driver rewrites the batch. */
    private void insertActivity(
            Connection db, int number, long first, List<String> subscribers, SplittableRandom random)
            throws SQLException {
        String marks = String.join(", ", Collections.nCopies(activityColumns.size(), "?"));
        try (PreparedStatement insert = db.prepareStatement("INSERT INTO bench_activity ("
                + String.join(", ", activityColumns) + ") VALUES (" + marks + ") ON CONFLICT DO NOTHING")) {
            for (int i = 0; i < BATCH; i++) {
                Object[] row = sample.get(random.nextInt(sample.size()));
                for (int c = 0; c < row.length; c++) {
                    String column = activityColumns.get(c);
                    Object value = column.equals("subscriber_id")
                            ? subscribers.get(i)
                            : column.equals("activity_id") ? "api:bench:" + messageId(number, first + i) : row[c];
                    insert.setObject(c + 1, value);
                }
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private void rewriteStates(Connection db, TreeSet<String> touched) throws SQLException {
        Map<String, @Nullable Object> states = new HashMap<>();
        Array ids = db.createArrayOf("text", touched.toArray(String[]::new));
        try (PreparedStatement query =
                db.prepareStatement("SELECT * FROM bench_subscriber WHERE id = ANY(?) ORDER BY id FOR UPDATE")) {
            query.setArray(1, ids);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    states.put(
                            rows.getString("id"),
                            stateIsBytes ? rows.getBytes(stateColumn) : rows.getString(stateColumn));
                }
            }
        }
        String[] keys = states.keySet().toArray(String[]::new);
        // The driver takes bytes only in an array of their own type.
        Object[] values = stateIsBytes ? new byte[keys.length][] : new String[keys.length];
        for (int i = 0; i < keys.length; i++) {
            values[i] = states.get(keys[i]);
        }
        try (PreparedStatement update = db.prepareStatement("UPDATE bench_subscriber AS s SET version = version + 1, "
                + stateColumn + " = n.state FROM unnest(?::text[], "
                + (stateIsBytes ? "?::bytea[]" : "?::text[]::jsonb[]") + ") AS n (id, state) WHERE s.id = n.id")) {
            update.setArray(1, db.createArrayOf("text", keys));
            update.setArray(2, db.createArrayOf(stateIsBytes ? "bytea" : "text", values));
            update.executeUpdate();
        }
    }

    @Override
    public void close() throws SQLException {
        try (Connection db = rig.servers().connect("profile");
                Statement statement = db.createStatement()) {
            statement.execute("DROP TABLE bench_subscriber, bench_activity, bench_deduplication");
        }
    }
}
