package winback.benchmarks.ingest;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.HdrHistogram.Histogram;
import winback.benchmarks.ingest.Options.Part;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;
import winback.benchmarks.rig.Topics;

/** How much a subscriber with history takes in PostgreSQL and on {@code winback.profile}. */
final class SizeMeasurement implements IngestBench.Measurement {

    @Override
    public void run(Rig rig, Report report) throws IOException, InterruptedException, SQLException {
        try (Connection db = rig.servers().connect("profile");
                Statement statement = db.createStatement()) {
            statement.execute("VACUUM ANALYZE subscriber");
            try (ResultSet row = statement.executeQuery("""
                    SELECT count(*), avg(size), percentile_disc(0.99) WITHIN GROUP (ORDER BY size), max(size),
                      pg_total_relation_size('subscriber')::float8 / (SELECT count(*) FROM subscriber)
                    FROM (SELECT pg_column_size(s) AS size FROM subscriber AS s
                          WHERE version > 0 AND id ~ '^s[0-9]+$') AS rows""")) {
                row.next();
                report.add(Part.SIZE, "subscribers", row.getLong(1), "");
                report.add(Part.SIZE, "row in PostgreSQL, mean", row.getDouble(2), "B", Limit.atMost(4096));
                report.add(Part.SIZE, "row in PostgreSQL, p99", row.getDouble(3), "B");
                report.add(Part.SIZE, "row in PostgreSQL, max", row.getDouble(4), "B");
                report.add(Part.SIZE, "table, indices and dead rows / subscriber", row.getDouble(5), "B");
            }
        }
        Histogram bytes = new Histogram(3);
        rig.topics().read(Topics.PROFILE, record -> {
            if (record.value() != null && record.key().matches("s\\d+")) {
                bytes.recordValue(record.value().length);
            }
        });
        report.add(Part.SIZE, "ProfileChanged before compression, mean", bytes.getMean(), "B", Limit.atMost(2560));
        report.add(Part.SIZE, "ProfileChanged before compression, p99", bytes.getValueAtPercentile(99), "B");
        report.add(Part.SIZE, "ProfileChanged before compression, max", bytes.getMaxValue(), "B");
    }
}
