package winback.standalone.traces;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import winback.infrastructure.LocalPostgres;
import winback.infrastructure.LocalPostgres.Database;
import winback.standalone.cli.CommandFailed;

/**
 * A search through everything that a running platform holds: every column of every table in every schema, every record of
 * every topic, and every file of the data directory, but for those of the database and the broker, whose contents are
 * their tables and topics.
 */
public final class Traces {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int BLOCK = 1 << 20;

    private final Path dataDir;
    private final String kafka;
    private final Sought sought;

    /**
     * @param kafka bootstrap servers of the platform that runs on the data directory
     * @param texts ids and addresses
     */
    public Traces(Path dataDir, String kafka, List<String> texts) {
        this.dataDir = dataDir;
        this.kafka = kafka;
        this.sought = new Sought(texts);
    }

    public Findings search() {
        return Findings.of(List.of(tables(), topics(), files()));
    }

    private Findings tables() {
        Database database = LocalPostgres.superuserOf(dataDir.resolve("postgres"))
                .orElseThrow(() -> new CommandFailed("No PostgreSQL runs on " + dataDir + "."));
        Map<String, Long> places = new TreeMap<>();
        try (Connection connection = database.connect()) {
            Map<String, List<String[]>> tables = columns(connection);
            for (Map.Entry<String, List<String[]>> table : tables.entrySet()) {
                search(connection, table.getKey(), table.getValue(), places);
            }
            return new Findings(tables.size(), 0, 0, places);
        } catch (SQLException e) {
            throw new CommandFailed("The database cannot be searched: " + e.getMessage(), e);
        }
    }

    /** By table, as SQL names it: name and type of each column. Parent tables are seen by their partitions. */
    private static Map<String, List<String[]>> columns(Connection connection) throws SQLException {
        Map<String, List<String[]>> tables = new LinkedHashMap<>();
        try (PreparedStatement query = connection.prepareStatement("""
                        SELECT format('%I.%I', c.table_schema, c.table_name), c.column_name, c.data_type
                        FROM information_schema.columns c
                        JOIN pg_class r ON r.oid = format('%I.%I', c.table_schema, c.table_name)::regclass
                        WHERE c.table_schema NOT IN ('pg_catalog', 'information_schema') AND r.relkind IN ('r', 'm')
                        ORDER BY 1, c.ordinal_position
                        """);
                ResultSet row = query.executeQuery()) {
            while (row.next()) {
                tables.computeIfAbsent(row.getString(1), table -> new ArrayList<>())
                        .add(new String[] {row.getString(2), row.getString(3)});
            }
        }
        return tables;
    }

    private void search(Connection connection, String table, List<String[]> columns, Map<String, Long> places)
            throws SQLException {
        StringBuilder counts = new StringBuilder();
        for (String[] column : columns) {
            String name = '"' + column[0].replace("\"", "\"\"") + '"';
            counts.append(counts.isEmpty() ? "" : ", ")
                    .append("count(*) FILTER (WHERE ")
                    .append(
                            column[1].equals("bytea")
                                    ? "EXISTS (SELECT FROM unnest(?::bytea[]) AS s (bytes) WHERE position(bytes IN "
                                            + name + ") > 0)"
                                    : name + "::text ~ ?")
                    .append(")");
        }
        try (PreparedStatement query = connection.prepareStatement("SELECT " + counts + " FROM " + table)) {
            for (int i = 0; i < columns.size(); i++) {
                if (columns.get(i)[1].equals("bytea")) {
                    query.setArray(i + 1, connection.createArrayOf("bytea", sought.bytes()));
                } else {
                    query.setString(i + 1, sought.expression());
                }
            }
            try (ResultSet found = query.executeQuery()) {
                found.next();
                for (int i = 0; i < columns.size(); i++) {
                    if (found.getLong(i + 1) > 0) {
                        places.put("table " + table + ", column " + columns.get(i)[0], found.getLong(i + 1));
                    }
                }
            }
        }
    }

    private Findings topics() {
        Map<String, Long> places = new TreeMap<>();
        Map<String, Object> config = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka,
                ConsumerConfig.CLIENT_ID_CONFIG,
                "traces",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false);
        try (Admin admin = Admin.create(Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka));
                KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<String> topics = admin.listTopics().names().get(PATIENCE.toSeconds(), TimeUnit.SECONDS).stream()
                    .sorted()
                    .toList();
            for (String topic : topics) {
                long found = search(consumer, topic);
                if (found > 0) {
                    places.put("topic " + topic, found);
                }
            }
            return new Findings(0, topics.size(), 0, places);
        } catch (ExecutionException | TimeoutException | org.apache.kafka.common.KafkaException e) {
            throw new CommandFailed("Kafka cannot be searched: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("Interrupted while searching Kafka.", e);
        }
    }

    private long search(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        long found = 0;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                found += holds(record) ? 1 : 0;
                deadline = System.nanoTime() + PATIENCE.toNanos();
            }
            if (System.nanoTime() > deadline) {
                throw new CommandFailed("Kafka gave nothing more of " + topic + " before its end.");
            }
        }
        return found;
    }

    private boolean holds(ConsumerRecord<byte[], byte[]> record) {
        if (holds(record.key()) || holds(record.value())) {
            return true;
        }
        for (Header header : record.headers()) {
            if (holds(header.value())) {
                return true;
            }
        }
        return false;
    }

    private boolean holds(byte @Nullable [] bytes) {
        return bytes != null && sought.in(bytes);
    }

    private Findings files() {
        Path database = dataDir.resolve("postgres").resolve("data");
        Path broker = dataDir.resolve("kafka").resolve("log");
        Map<String, Long> places = new TreeMap<>();
        int searched = 0;
        try (Stream<Path> all = Files.walk(dataDir)) {
            for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(database) && !file.startsWith(broker))::iterator) {
                searched++;
                if (holds(file)) {
                    places.put("file " + dataDir.relativize(file), 1L);
                }
            }
            return new Findings(0, 0, searched, places);
        } catch (IOException | UncheckedIOException e) {
            throw new CommandFailed("The files in " + dataDir + " cannot be searched: " + e.getMessage(), e);
        }
    }

    /** Also the name: a file may be called after a person. */
    private boolean holds(Path file) throws IOException {
        if (holds(file.getFileName().toString().getBytes(java.nio.charset.StandardCharsets.UTF_8))) {
            return true;
        }
        // Blocks overlap, so that nothing is missed between them.
        int overlap = sought.longest() + 2;
        byte[] block = new byte[BLOCK + overlap];
        int kept = 0;
        try (InputStream in = Files.newInputStream(file)) {
            int read;
            while ((read = in.readNBytes(block, kept, BLOCK)) > 0) {
                int length = kept + read;
                if (sought.in(block, length)) {
                    return true;
                }
                kept = Math.min(overlap, length);
                System.arraycopy(block, length - kept, block, 0, kept);
            }
        } catch (java.nio.file.NoSuchFileException gone) {
            return false;
        }
        return false;
    }
}
