package winback.standalone.orders;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import winback.standalone.cli.CommandFailed;
import winback.standalone.cli.Console;
import winback.standalone.platform.Api;
import winback.standalone.platform.Service;

/** The import of a file of orders into a running platform, followed to its end. */
public final class OrdersImport {

    private static final Duration UPLOAD_PATIENCE = Duration.ofHours(6);

    private final Api api;
    private final Console console;

    public OrdersImport(Api api, Console console) {
        this.api = api;
        this.console = console;
    }

    /**
     * How an import ended.
     *
     * @param state {@code done} or {@code failed}
     * @param read rows of the file
     * @param duplicates rows that an earlier import had brought already
     * @param rejections the first hundred
     */
    public record Outcome(
            String importId,
            String state,
            long read,
            long accepted,
            long rejected,
            long duplicates,
            List<Rejection> rejections) {

        public boolean done() {
            return state.equals("done");
        }

        /** At most that many of the rejections a line, and how many more there are. */
        public List<String> rejections(int most) {
            List<String> lines = new ArrayList<>();
            rejections.stream().limit(most).forEach(rejection -> lines.add("  " + rejection));
            if (rejected > lines.size()) {
                lines.add(String.format(Locale.ROOT, "  … and %,d more.", rejected - lines.size()));
            }
            return lines;
        }
    }

    /**
     * A row that was not taken.
     *
     * @param row from 1, the header counted
     * @param column its name or number, empty when the whole row is meant
     */
    public record Rejection(long row, String column, String code, String detail) {

        @Override
        public String toString() {
            return "row %d%s: %s (%s)".formatted(row, column.isEmpty() ? "" : ", " + column, detail, code);
        }
    }

    /**
     * Uploads the file and returns when its rows have been applied.
     *
     * @param parameters of {@code POST /v1/imports} beyond the file's layout; a value may be repeated
     */
    public Outcome run(OrdersFile file, Map<String, List<String>> parameters) {
        Map<String, List<String>> all = new LinkedHashMap<>(parameters);
        all.put("columns", List.of(file.columns()));
        all.put("header", List.of(Boolean.toString(file.header())));
        all.put("delimiter", List.of(file.delimiter()));
        file.charset().ifPresent(charset -> all.put("charset", List.of(charset)));
        String query = all.entrySet().stream()
                .flatMap(entry -> entry.getValue().stream().map(value -> entry.getKey() + "=" + Api.encoded(value)))
                .collect(Collectors.joining("&", "/v1/imports?", ""));
        try {
            return follow(upload(file, query).path("importId").asString());
        } catch (CommandFailed failure) {
            if (failure.getCause() instanceof IOException lost && !api.ready(Service.PROFILE)) {
                throw new CommandFailed(
                        "The platform went away; start it and import the file again: nothing is counted twice.", lost);
            }
            throw failure;
        }
    }

    private JsonNode upload(OrdersFile file, String query) {
        AtomicLong sent = new AtomicLong();
        CompletableFuture<HttpResponse<String>> answer = CompletableFuture.supplyAsync(
                () -> api.post(
                        Service.PROFILE,
                        query,
                        "text/csv",
                        BodyPublishers.ofInputStream(() -> counted(file, sent)),
                        UPLOAD_PATIENCE),
                task -> Thread.ofVirtual().name("upload").start(task));
        while (!answer.isDone()) {
            console.passing(String.format(Locale.ROOT, "sending … %,d KB", sent.get() / 1024));
            pause();
        }
        try {
            return Api.accepted(Service.PROFILE, query, answer.join());
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private static InputStream counted(OrdersFile file, AtomicLong sent) {
        try {
            return new FilterInputStream(file.open()) {
                @Override
                public int read() throws IOException {
                    int value = super.read();
                    sent.addAndGet(value < 0 ? 0 : 1);
                    return value;
                }

                @Override
                public int read(byte[] buffer, int offset, int length) throws IOException {
                    int count = super.read(buffer, offset, length);
                    sent.addAndGet(Math.max(0, count));
                    return count;
                }
            };
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file.path(), e);
        }
    }

    private Outcome follow(String importId) {
        long began = System.nanoTime();
        while (true) {
            JsonNode now = api.get(Service.PROFILE, "/v1/imports/" + Api.encoded(importId));
            String state = now.path("state").asString();
            if (state.equals("done") || state.equals("failed")) {
                return outcome(importId, state, now);
            }
            long applied = now.path("rowsApplied").asLong(0);
            double seconds = (System.nanoTime() - began) / 1e9;
            console.passing(String.format(
                    Locale.ROOT,
                    "%s … %,d rows read, %,d applied (%,.0f rows/s)",
                    state,
                    now.path("rowsRead").asLong(0),
                    applied,
                    applied / Math.max(seconds, 0.1)));
            pause();
        }
    }

    private static Outcome outcome(String importId, String state, JsonNode now) {
        return new Outcome(
                importId,
                state,
                now.path("rowsRead").asLong(0),
                now.path("rowsAccepted").asLong(0),
                now.path("rowsRejected").asLong(0),
                now.path("duplicates").asLong(0),
                now.path("rejections").values().stream()
                        .map(rejection -> new Rejection(
                                rejection.path("row").asLong(0),
                                rejection.path("column").asString(""),
                                rejection.path("code").asString(""),
                                rejection.path("detail").asString("")))
                        .toList());
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("Interrupted while importing.", e);
        }
    }
}
