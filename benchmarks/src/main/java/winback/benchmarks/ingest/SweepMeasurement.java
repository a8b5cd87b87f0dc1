package winback.benchmarks.ingest;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import winback.benchmarks.ingest.Options.Part;
import winback.benchmarks.load.HttpLoad;
import winback.benchmarks.load.OpenLoad;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;
import winback.benchmarks.rig.ServiceProcess;

/**
 * The sweep over everybody beside 200 live events a second. Those beyond the subscribers with history are copies of their rows
 * under other ids: a sweep reads, recomputes, writes and publishes states and asks for nothing else.
 */
final class SweepMeasurement implements IngestBench.Measurement {

    private static final double LIVE_RATE = 200;
    private static final int CONNECTIONS = 16;

    @Override
    public void run(Rig rig, Report report) throws IOException, InterruptedException, SQLException {
        ServiceProcess service = rig.applying();
        rig.awaitApplied();
        long subscribers = fill(rig);

        AtomicBoolean over = new AtomicBoolean();
        AtomicReference<HttpLoad.@Nullable Result> live = new AtomicReference<>();
        OpenLoad load = new OpenLoad(
                ServiceProcess.HOST,
                service.port(),
                CONNECTIONS,
                index -> service.request("/v1/track", rig.calls().live(new SplittableRandom(index))),
                (index, nanos, body) -> {});
        Thread traffic = Thread.ofPlatform().name("live").start(() -> {
            try {
                live.set(load.run(LIVE_RATE, over::get));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            long began = System.nanoTime();
            JsonNode asked = service.post("/v1/sweeps", "application/json", BodyPublishers.ofString("{}"));
            String path = "/v1/sweeps/" + asked.path("sweepId").asString();
            JsonNode sweep = service.get(path);
            while (!sweep.path("state").asString().equals("done")) {
                LockSupport.parkNanos(200_000_000);
                sweep = service.get(path);
            }
            double minutes = (System.nanoTime() - began) / 60e9;
            report.add(Part.SWEEP, "subscribers", subscribers, "");
            report.add(Part.SWEEP, "swept in", minutes, "min", Limit.atMost(10));
            report.add(Part.SWEEP, "rate", subscribers / minutes / 60, "subscribers/s");
        } finally {
            over.set(true);
            traffic.join();
        }
        HttpLoad.Result result = live.get();
        if (result != null) {
            Report.checked(result);
            report.add(Part.SWEEP, "live traffic beside it", result.perSecond(), "events/s");
            report.add(Part.SWEEP, "p99 of its answers", result.millis(99), "ms");
        }
    }

    /** How many there are then. */
    private static long fill(Rig rig) throws SQLException {
        try (Connection db = rig.servers().connect("profile");
                Statement statement = db.createStatement()) {
            long there = count(statement);
            long missing = rig.options().sweep() - there;
            if (missing > 0) {
                Report.say("copying rows for %d more subscribers", missing);
                String others = JdbcLoop.columns(db, "subscriber").stream()
                        .filter(column -> !column.equals("id"))
                        .collect(Collectors.joining(", "));
                try (PreparedStatement copy = db.prepareStatement("INSERT INTO subscriber (id, " + others
                        + ") SELECT s.id || '.' || g, " + others
                        + " FROM generate_series(1, ?) AS g, subscriber AS s WHERE s.version > 0 AND s.id ~ '^s[0-9]+$'"
                        + " LIMIT ?")) {
                    copy.setLong(1, missing / rig.options().subscribers() + 1);
                    copy.setLong(2, missing);
                    copy.executeUpdate();
                }
                statement.execute("ANALYZE subscriber");
            }
            return count(statement);
        }
    }

    private static long count(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT count(*) FROM subscriber")) {
            row.next();
            return row.getLong(1);
        }
    }
}
