package winback.standalone.orders;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import winback.standalone.cli.CommandFailed;
import winback.standalone.cli.Console;
import winback.standalone.cli.WrongCommandLine;
import winback.standalone.platform.Api;
import winback.standalone.platform.Service;

/**
 * The import of a file into a running platform, followed to its end. When the service goes away meanwhile and comes back,
 * the import goes on where it stood.
 */
public final class OrdersImport {

    private static final Duration UPLOAD_PATIENCE = Duration.ofHours(6);
    private static final Duration RESTART_PATIENCE = Duration.ofMinutes(2);
    private static final int MOST_TRIES = 5;

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
     * @param dropped rows older than what is kept, or than the erasure of whom they speak of
     * @param rejections the first hundred
     */
    public record Outcome(
            String importId,
            String state,
            long read,
            long accepted,
            long rejected,
            long duplicates,
            long dropped,
            List<Rejection> rejections) {

        public boolean done() {
            return state.equals("done");
        }

        /** Whether not one row could be taken. */
        boolean isUseless() {
            return accepted == 0;
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
     * Uploads a file of orders and returns when its rows have been applied.
     *
     * @param parameters of {@code POST /v1/imports} beyond the file's layout; a value may be repeated
     */
    public Outcome run(OrdersFile file, Map<String, List<String>> parameters) {
        Map<String, List<String>> all = new LinkedHashMap<>(parameters);
        all.put("columns", List.of(file.columns()));
        all.put("header", List.of(Boolean.toString(file.header())));
        all.put("delimiter", List.of(file.delimiter()));
        file.charset().ifPresent(charset -> all.put("charset", List.of(charset)));
        return run(file.path(), all);
    }

    /**
     * Uploads a file of any kind and returns when its rows have been applied.
     *
     * @param parameters of {@code POST /v1/imports}
     */
    public Outcome run(Path file, Map<String, List<String>> parameters) {
        String id = UUID.randomUUID().toString();
        String query = parameters.entrySet().stream()
                .flatMap(entry -> entry.getValue().stream().map(value -> entry.getKey() + "=" + Api.encoded(value)))
                .collect(Collectors.joining("&", "/v1/imports?id=" + id + "&", ""));
        return bring(file, id, query);
    }

    /** Goes on with an import that stopped. */
    public Outcome resume(Path file, String id) {
        JsonNode now = state(file, id);
        if (now == null) {
            throw new WrongCommandLine("There is no import " + id + ".");
        }
        if (stopped(now)) {
            return bring(file, id, resumption(id));
        }
        console.say("Import %s has been read to its end before: nothing of %s is read now.", id, file.getFileName());
        return follow(file, id);
    }

    private static String resumption(String id) {
        return "/v1/imports?resume=" + Api.encoded(id);
    }

    private static boolean stopped(JsonNode now) {
        return now.path("state").asString("").equals("failed");
    }

    private Outcome bring(Path file, String id, String firstQuery) {
        String query = firstQuery;
        for (int tries = 1; ; tries++) {
            String why;
            try {
                HttpResponse<String> answer = upload(file, id, query);
                if (!isPassing(answer)) {
                    Api.accepted(Service.PROFILE, query, answer);
                    return follow(file, id);
                }
                why = "it answered " + answer.statusCode();
            } catch (CommandFailed failure) {
                if (!(failure.getCause() instanceof IOException lost)) {
                    throw failure;
                }
                why = String.valueOf(lost.getMessage());
            }
            if (tries == MOST_TRIES) {
                throw new CommandFailed(
                        "The profile service did not take the file to its end (%s). %s".formatted(why, goOn(file, id)));
            }
            console.say("The profile service stopped taking the file (%s).", why);
            JsonNode now = state(file, id);
            if (now != null && !stopped(now)) {
                return follow(file, id);
            }
            query = now == null ? firstQuery : resumption(id);
            console.say(
                    "Going on%s.",
                    now == null
                            ? " from the start"
                            : String.format(
                                    Locale.ROOT,
                                    " after row %,d",
                                    now.path("rowsRead").asLong(0)));
        }
    }

    /** Away, busy, or not yet sure that the reader before is gone. */
    private static boolean isPassing(HttpResponse<String> answer) {
        return answer.statusCode() == 503
                || answer.statusCode() == 429
                || answer.statusCode() == 409
                        && (answer.body().contains("still-running")
                                || answer.body().contains("import-taken-over"));
    }

    private static String goOn(Path file, String id) {
        return "Go on when it is back, nothing is counted twice: ./winback import %s --resume %s".formatted(file, id);
    }

    /** How far the import is, once nobody reads it any more; null when it has not begun. Waits for a service that is away. */
    private @Nullable JsonNode state(Path file, String id) {
        long until = System.nanoTime() + RESTART_PATIENCE.toNanos();
        while (true) {
            try {
                if (api.ready(Service.PROFILE)) {
                    JsonNode now = api.find(Service.PROFILE, "/v1/imports/" + Api.encoded(id));
                    if (now == null || !now.path("state").asString("").equals("running")) {
                        return now;
                    }
                }
            } catch (CommandFailed failure) {
                if (!(failure.getCause() instanceof IOException)) {
                    throw failure;
                }
            }
            if (System.nanoTime() > until) {
                throw new CommandFailed("The profile service is away. " + goOn(file, id));
            }
            console.passing("waiting for the profile service …");
            pause();
        }
    }

    private HttpResponse<String> upload(Path file, String id, String query) {
        BodyPublisher body;
        try {
            body = BodyPublishers.ofFile(file);
        } catch (FileNotFoundException gone) {
            throw new WrongCommandLine("There is no file " + file + ".", gone);
        }
        CompletableFuture<HttpResponse<String>> answer = CompletableFuture.supplyAsync(
                () -> api.post(Service.PROFILE, query, "application/octet-stream", body, UPLOAD_PATIENCE),
                task -> Thread.ofVirtual().name("upload").start(task));
        while (!answer.isDone()) {
            tell(id);
            pause();
        }
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Says how far a file is that is being uploaded; nothing when that cannot be known just now. */
    private void tell(String id) {
        try {
            JsonNode now = api.find(Service.PROFILE, "/v1/imports/" + Api.encoded(id));
            if (now != null && now.path("state").asString("").equals("running")) {
                console.passing(line(now));
            }
        } catch (CommandFailed unknown) {
            // The upload itself will say what is wrong.
            console.passing("reading …");
        }
    }

    private Outcome follow(Path file, String id) {
        while (true) {
            JsonNode now = state(file, id);
            if (now == null) {
                throw new CommandFailed("The import " + id + " is not known any more.");
            }
            String state = now.path("state").asString("");
            if (state.equals("done") || state.equals("failed")) {
                return outcome(id, state, now);
            }
            console.passing(line(now));
            pause();
        }
    }

    /** Such as {@code applying … 80,000 of 120,000 rows, 5,100 rows/s, 8 s left}. */
    static String line(JsonNode now) {
        boolean reading = now.path("state").asString("").equals("running");
        StringBuilder line = new StringBuilder(reading ? "reading … " : "applying … ");
        long total = now.path("bytesTotal").asLong(0);
        long dealt = now.path("rowsApplied").asLong(0)
                + now.path("duplicates").asLong(0)
                + now.path("rowsDropped").asLong(0);
        if (reading) {
            line.append(
                    String.format(Locale.ROOT, "%,d rows", now.path("rowsRead").asLong(0)));
            if (total > 0) {
                line.append(String.format(
                        Locale.ROOT,
                        ", %d %% of %.1f MB",
                        100 * now.path("bytesRead").asLong(0) / total,
                        total / 1e6));
            }
        } else {
            line.append(String.format(
                    Locale.ROOT,
                    "%,d of %,d rows",
                    dealt,
                    now.path("rowsAccepted").asLong(0)));
        }
        if (now.path("ratePerSecond").isNumber()) {
            line.append(String.format(
                    Locale.ROOT, ", %,.0f rows/s", now.path("ratePerSecond").asDouble()));
        }
        if (now.path("secondsLeft").isNumber()) {
            long left = now.path("secondsLeft").asLong();
            line.append(
                    left < 120
                            ? String.format(Locale.ROOT, ", %d s left", left)
                            : String.format(Locale.ROOT, ", %d min left", (left + 30) / 60));
        }
        return line.toString();
    }

    private static Outcome outcome(String importId, String state, JsonNode now) {
        return new Outcome(
                importId,
                state,
                now.path("rowsRead").asLong(0),
                now.path("rowsAccepted").asLong(0),
                now.path("rowsRejected").asLong(0),
                now.path("duplicates").asLong(0),
                now.path("rowsDropped").asLong(0),
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
