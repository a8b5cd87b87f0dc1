package winback.benchmarks.predict;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import winback.benchmarks.predict.Options.Part;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;
import winback.benchmarks.rig.ServiceProcess;
import winback.benchmarks.rig.Topics;
import winback.prediction.models.Floats;
import winback.prediction.models.ModelName;

/**
 * Everyone scored again when a new model goes live: until all scores are kept and published, and until
 * content-service's cache has read them. The vectors are copied into the service's table, since how they came there
 * does not matter; the first scores are the service's own, and what is measured replaces them.
 */
final class RescoreMeasurement implements PredictBench.OnServers {

    private static final int SUBSCRIBERS = 1_000_000;
    private static final double MOST_MINUTES = 5;

    /** The rest of the heap that four services on one machine have. */
    private static final String CONTENT_JAVA_OPTIONS = "-Xmx2560m -Xmn256m -XX:+UseSerialGC -XX:SweeperThreshold=60";

    /** Different vectors; more would say nothing more. */
    private static final int VECTORS = 5_000;

    private static final long POLL_NANOS = 100_000_000;

    @Override
    public void run(PredictionRig rig, Report report) throws IOException, InterruptedException, SQLException {
        rig.serviceWithModels();
        rig.stopService();
        int subscribers = rig.options().scaled(SUBSCRIBERS, 2_000);
        Report.say("copying %d vectors", subscribers);
        try (Connection db = rig.servers().connect(PredictionRig.PREDICTION)) {
            fill(db, subscribers);
            report.add(Part.RESCORE, "subscribers", subscribers, "");

            long published = rig.topics().written(Topics.SCORES);
            ServiceProcess service = rig.service();
            double first = awaitScored(rig, db, published + subscribers);
            report.add(Part.RESCORE, "scored for the first time, by " + label(db) + ", in", first / 60, "min");

            try (ServiceProcess content = ServiceProcess.start(
                    "content-service",
                    rig.options().home(),
                    rig.servers(),
                    0,
                    CONTENT_JAVA_OPTIONS,
                    Map.of(
                            "winback.journal.dir",
                            rig.directory().resolve("journal").toString()),
                    rig.directory().resolve("content.log"),
                    ServiceProcess.Until.READY)) {
                awaitCached(content);
                String before = label(db);
                published = rig.topics().written(Topics.SCORES);
                try (TrainingRows rows = rig.fewRows()) {
                    rig.train(ModelName.CHURN, seen -> {});
                }
                long began = System.nanoTime();
                while (label(db).equals(before)) {
                    LockSupport.parkNanos(POLL_NANOS);
                }
                awaitScored(rig, db, published + subscribers);
                double minutes = (System.nanoTime() - began) / 60e9;
                awaitCached(content);
                double cached = (System.nanoTime() - began) / 60e9;
                report.add(Part.RESCORE, "rescored and published", minutes, "min", Limit.atMost(MOST_MINUTES));
                report.add(Part.RESCORE, "and cached by content-service", cached, "min", Limit.atMost(MOST_MINUTES));
                report.add(Part.RESCORE, "rate", subscribers / minutes / 60, "subscribers/s");
                report.add(
                        Part.RESCORE, "content-service's heap after collection", content.heapAfterCollection(), "MiB");
            }
            report.add(Part.RESCORE, "heap after collection", service.heapAfterCollection(), "MiB");
            report.add(Part.RESCORE, "vectors on disk", megabytes(db, "vector"), "MB");
            report.add(Part.RESCORE, "scores on disk", megabytes(db, "score"), "MB");
            report.add(Part.RESCORE, "Kafka on disk", size(rig.directory().resolve("servers/kafka")) / 1e6, "MB");
        }
    }

    private static void fill(Connection db, int subscribers) throws SQLException {
        GeneratedCustomers customers = new GeneratedCustomers(VECTORS, GeneratedCustomers.COLUMNS);
        String[] features = new String[VECTORS];
        for (int i = 0; i < VECTORS; i++) {
            features[i] = HexFormat.of()
                    .formatHex(Floats.toBytes(customers.customer(i, 0, 1).features()));
        }
        String rest = "\t1\t" + Instant.now() + "\t" + customers.schema().fingerprint() + "\t\\\\x";
        try (Statement statement = db.createStatement()) {
            statement.execute("TRUNCATE vector, score, rescoring");
            CopyIn copy = db.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY vector (subscriber_id, profile_version, features_as_of, feature_schema, features)"
                            + " FROM STDIN");
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < subscribers; i++) {
                lines.append('c')
                        .append(i)
                        .append(rest)
                        .append(features[i % VECTORS])
                        .append('\n');
                if (lines.length() > 1 << 20 || i == subscribers - 1) {
                    byte[] bytes = lines.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII);
                    copy.writeToCopy(bytes, 0, bytes.length);
                    lines.setLength(0);
                }
            }
            copy.endCopy();
            statement.execute("ANALYZE vector");
        }
    }

    /** Seconds until everyone is scored by what is live, and so many records are on the topic. */
    private static double awaitScored(PredictionRig rig, Connection db, long published) throws SQLException {
        long began = System.nanoTime();
        while (rig.topics().written(Topics.SCORES) < published || !done(db)) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        return (System.nanoTime() - began) / 1e9;
    }

    /** Returns when content-service has read all there is. */
    private static void awaitCached(ServiceProcess content) throws IOException, InterruptedException {
        while (content.metric("winback_cache_lag") > 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private static boolean done(Connection db) throws SQLException {
        try (Statement statement = db.createStatement();
                ResultSet row = statement.executeQuery("SELECT done FROM rescoring ORDER BY started_at DESC LIMIT 1")) {
            return row.next() && row.getBoolean(1);
        }
    }

    /** The models that everyone is being scored by, or was last. */
    private static String label(Connection db) throws SQLException {
        try (Statement statement = db.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT models FROM rescoring ORDER BY started_at DESC LIMIT 1")) {
            return row.next() ? row.getString(1) : "";
        }
    }

    private static double megabytes(Connection db, String table) throws SQLException {
        try (Statement statement = db.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_total_relation_size('" + table + "')")) {
            row.next();
            return row.getLong(1) / 1e6;
        }
    }

    private static double size(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(RescoreMeasurement::length)
                    .sum();
        }
    }

    private static long length(Path file) {
        try {
            return Files.size(file);
        } catch (java.nio.file.NoSuchFileException gone) {
            return 0; // a segment that was deleted meanwhile
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
