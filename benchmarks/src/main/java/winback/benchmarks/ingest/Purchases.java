package winback.benchmarks.ingest;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;
import winback.benchmarks.rig.ServiceProcess;

/** A CSV of purchases over three years, in order of time, and its way through the service. */
final class Purchases {

    private static final Duration SPAN = Duration.ofDays(3 * 365);

    private Purchases() {}

    /** @param prefix of the customers' and orders' ids, so that two files have nothing in common */
    static Path write(Path file, String prefix, int rows, int customers) throws IOException {
        SplittableRandom random = new SplittableRandom(2026);
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(SPAN);
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write("customer,at,amount,order\n");
            for (int i = 0; i < rows; i++) {
                out.write(prefix + random.nextInt(customers) + ","
                        + start.plusSeconds(SPAN.toSeconds() * i / rows) + "," + random.nextInt(3, 200) + "."
                        + random.nextInt(10, 100) + "," + prefix + "o" + i + "\n");
            }
        }
        return file;
    }

    /** Uploads a file and returns the import's id once Kafka has all of it. */
    static String upload(ServiceProcess service, Path file) throws IOException, InterruptedException {
        JsonNode accepted = service.post(
                "/v1/imports?columns=customer%3Dcustomer,at%3Dat,amount%3Damount,orderId%3Dorder&currency=USD",
                "text/csv", java.net.http.HttpRequest.BodyPublishers.ofFile(file));
        return accepted.path("importId").asString();
    }

    /** Whether every row has reached the profiles. */
    static boolean isDone(ServiceProcess service, String importId) throws IOException, InterruptedException {
        String state = service.get("/v1/imports/" + importId).path("state").asString();
        if (state.equals("failed")) {
            throw new IllegalStateException("the import failed");
        }
        return state.equals("done");
    }
}
