package winback.benchmarks.ingest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import winback.benchmarks.ingest.Options.Part;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;
import winback.benchmarks.rig.ServiceProcess;
import winback.benchmarks.rig.Topics;

/** A CSV of 500,000 purchases of 100,000 customers: from the upload's first byte to the last published profile. */
final class ImportMeasurement implements IngestBench.Measurement {

    private static final int ROWS = 500_000;
    private static final int CUSTOMERS = 100_000;
    private static final String GROUP = "profile-imports";

    @Override
    public void run(Rig rig, Report report) throws IOException, InterruptedException {
        Options options = rig.options();
        int rows = options.scaled(ROWS);
        ServiceProcess service = rig.applying();
        rig.awaitApplied();
        Topics topics = rig.topics();
        Path file = Purchases.write(
                rig.directory().resolve("purchases.csv"),
                "i" + Long.toString(System.currentTimeMillis(), 36) + "-",
                rows,
                options.scaled(CUSTOMERS));
        report.add(Part.IMPORT, "file", Files.size(file) / 1e6, "MB");
        double atStart = service.heapAfterCollection();
        long feedback = topics.written(Topics.FEEDBACK);

        long began = System.nanoTime();
        CompletableFuture<String> upload = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return Purchases.upload(service, file);
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new CompletionException(e);
                    }
                },
                task -> Thread.ofVirtual().start(task));
        while (topics.written(Topics.FEEDBACK) < feedback + rows / 2 && !upload.isCompletedExceptionally()) {
            LockSupport.parkNanos(50_000_000);
        }
        double atHalf = service.heapAfterCollection();
        String id = upload.join();
        report.add(Part.IMPORT, "all rows acknowledged by Kafka after", (System.nanoTime() - began) / 1e9, "s");
        while (!Purchases.isDone(service, id)) {
            LockSupport.parkNanos(50_000_000);
        }
        topics.awaitCaughtUp(GROUP, Topics.IMPORTS, Duration.ofMinutes(1));
        double seconds = (System.nanoTime() - began) / 1e9;
        double atEnd = service.heapAfterCollection();
        Files.delete(file);

        report.add(Part.IMPORT, rows + " rows applied and published after", seconds, "s", Limit.atMost(120));
        report.add(Part.IMPORT, "rate", rows / seconds, "rows/s");
        report.add(Part.IMPORT, "heap after collection at the start", atStart, "MiB");
        report.add(Part.IMPORT, "heap after collection at half", atHalf, "MiB");
        report.add(Part.IMPORT, "heap after collection at the end", atEnd, "MiB");
        report.add(Part.IMPORT, "heap at the end / at half", atEnd / atHalf, "", Limit.atMost(1.2));
    }
}
