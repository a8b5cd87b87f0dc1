package winback.standalone.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import winback.standalone.cli.Arguments;
import winback.standalone.cli.CommandFailed;
import winback.standalone.cli.Console;
import winback.standalone.cli.Logs;
import winback.standalone.cli.Table;
import winback.standalone.evaluation.EvaluateCommand;
import winback.standalone.evaluation.Evaluations.Plan;
import winback.standalone.evaluation.ResultTable;
import winback.standalone.orders.OrdersFile;
import winback.standalone.orders.OrdersImport;
import winback.standalone.orders.OrdersImport.Outcome;
import winback.standalone.platform.Api;
import winback.standalone.platform.Instance;
import winback.standalone.platform.Platform;
import winback.standalone.platform.Ports;
import winback.standalone.platform.Service;

/** {@code ./winback demo}: from real purchases to win-back mails that are due, each step shown and timed. */
public final class Demo {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String ORDERS = "cdnow_sample.txt.gz";
    private static final String LAYOUT = "customer=2,at=3,quantity=4,amount=5";
    private static final LocalDate LAST_PURCHASE = LocalDate.of(1998, 6, 30);

    /** Half of the history to learn from, the other half to be judged by; as the literature on this data set splits it. */
    private static final Plan VALUE = new Plan("value", LocalDate.of(1997, 3, 31), LocalDate.of(1997, 9, 30), 273);

    private static final Plan CHURN = new Plan("churn", LocalDate.of(1998, 2, 28), LocalDate.of(1998, 5, 31), 30);

    private static final List<String> MODELS = List.of("churn", "value");
    private static final int CALLERS = 16;
    private static final int STEPS = 7;
    private static final Duration SCORED_WITHIN = Duration.ofSeconds(180);
    private static final Duration DUE_WITHIN = Duration.ofSeconds(90);

    private final PrintStream out;
    private final Console console;
    private final Path dataDir;
    /** The options to repeat to go on from here. */
    private final String options;

    private final long began = System.nanoTime();
    private long stepBegan;
    private int step;

    private Demo(Path dataDir, String options, PrintStream out) {
        this.dataDir = dataDir;
        this.options = options;
        this.out = out;
        this.console = new Console(out, Boolean.getBoolean("winback.terminal.out"));
    }

    /** Exit code 0 with the closing table, otherwise a {@link CommandFailed} that says which step failed and why. */
    public static int run(Path dataDir, Ports ports, String options, Arguments arguments) throws IOException {
        arguments.atMost(0);
        if (Instance.holder(dataDir).isEmpty()) {
            Platform.createDirectory(dataDir);
            Logs.configureForShow(dataDir.resolve("winback.log"), arguments.flag("verbose"));
        }
        new Demo(dataDir, options, System.out).show(ports, arguments);
        return 0;
    }

    private void show(Ports ports, Arguments arguments) throws IOException {
        Instance.holder(dataDir).ifPresent(process -> {
            throw new CommandFailed("Something runs on %s already (pid %d); `./winback down` stops it, or give the demo"
                            .formatted(dataDir, process.pid())
                    + " a directory of its own: --data DIR --port-offset 100.");
        });
        console.say("Winback's demo: real purchases in, personalised win-back mails out.\n"
                + "Data: the 1/10 sample of CDNOW, a CD shop: 2,357 real customers who first bought in early 1997 and all\n"
                + "they bought until June 1998. Source: Fader and Hardie, brucehardie.com/datasets.");
        DemoState state =
                DemoState.read(dataDir).orElseGet(() -> DemoState.first(LAST_PURCHASE, DemoState.now(clock())));
        OrdersFile orders =
                new OrdersFile(ordersFile(), "whitespace", false, LAYOUT, Optional.empty(), Optional.empty());

        state = backTest(orders, state);
        JsonNode backTest = Objects.requireNonNull(state.backTest());

        Platform platform = Platform.on(dataDir)
                .ports(ports)
                .host(arguments.option("host").orElse("127.0.0.1"))
                .kafkaPort(arguments.number("kafka-port", 0))
                .progress(line -> console.say("     " + line))
                .build();
        Thread stop = new Thread(platform::close, "demo-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            step("Start PostgreSQL, Kafka and the four services on " + dataDir);
            platform.start();
            Api api = platform.api();
            importOrders(api, orders, state);
            train(api);
            List<String> lapsed = lapsed(api);
            awaitScores(api, lapsed);
            createCampaign(api);
            Run run = decide(api, lapsed);
            showMails(run);
            try (DeliveryEvents events = new DeliveryEvents(platform.kafka())) {
                schedule(events, run);
                close(api, backTest, lapsed, run, events);
            }
        } finally {
            platform.close();
        }
        Runtime.getRuntime().removeShutdownHook(stop);
    }

    private static Clock clock() {
        String offset = System.getenv("WINBACK_CLOCK_OFFSET");
        return offset == null || offset.isBlank()
                ? Clock.systemUTC()
                : Clock.offset(Clock.systemUTC(), Duration.parse(offset));
    }

    private void step(String what) {
        step++;
        stepBegan = System.nanoTime();
        console.say("%n%d/%d  %s", step, STEPS, what);
    }

    private void done(String format, Object... values) {
        console.say("     " + String.format(Locale.ROOT, format, values) + " [" + Console.since(stepBegan) + "]");
    }

    private Path ordersFile() {
        Path file = dataDir.resolve(ORDERS);
        try (InputStream shipped = Objects.requireNonNull(Demo.class.getResourceAsStream(ORDERS), ORDERS)) {
            Files.copy(shipped, file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private DemoState backTest(OrdersFile orders, DemoState state) {
        step(
                "Ask the models about a past that is known: back-tests on the unshifted dates, in a platform that is thrown away");
        if (state.backTest() != null) {
            done("Kept from the demo before.");
            return state;
        }
        ObjectNode results = EvaluateCommand.inThrowAwayPlatform(
                new Console(new PrintStream(PrintStream.nullOutputStream()), false), evaluations -> {
                    evaluations.load(orders);
                    ObjectNode all = JSON.createObjectNode();
                    for (Plan plan : List.of(VALUE, CHURN)) {
                        all.set(plan.task(), evaluations.run(plan));
                        done(
                                "%s: trained on what was known on %s, asked on %s about the %d days after it.",
                                plan.task(), plan.trainCutoff(), plan.testCutoff(), plan.horizonDays());
                    }
                    return all;
                });
        for (Plan plan : List.of(VALUE, CHURN)) {
            console.say(("\n" + ResultTable.of(results.path(plan.task()))).replace("\n", "\n     "));
        }
        DemoState tested = state.withBackTest(results);
        tested.write(dataDir);
        return tested;
    }

    private void importOrders(Api api, OrdersFile orders, DemoState state) {
        step("Import the purchases as if they had ended this week");
        console.say(
                "     Every date is moved by %,d days (%,d whole weeks, weekdays stay), so that the last purchase is on %s.",
                state.shiftDays(), state.shiftDays() / 7, LAST_PURCHASE.plusDays(state.shiftDays()));
        console.say("     The data have days but no hours, so no feature about hours is fed by them.");
        console.say(
                "     CDNOW has no consents, and without one nobody is mailed. The import declares them, with source `demo`,");
        console.say("     and addresses @example.invalid, which no mail can reach.");
        console.say(
                "     It declares the time zone %s, where it was late morning at the first demo: else quiet hours (21 to 8)",
                state.timezone());
        console.say("     would hold the mails.");
        if (state.imported()) {
            done("Imported by the demo before; nothing is imported anew.");
            return;
        }
        // Kept before the import: should that be interrupted, its rows come again on the same days and count once.
        state.write(dataDir);
        Outcome outcome = new OrdersImport(api, console)
                .run(
                        orders,
                        Map.of(
                                "name", List.of("cdnow-sample"),
                                "currency", List.of("USD"),
                                "shiftDays", List.of(Integer.toString(state.shiftDays())),
                                "emailPattern", List.of("{id}@example.invalid"),
                                "timezone", List.of(state.timezone()),
                                "consent", List.of("email/marketing"),
                                "consentSource", List.of("demo")));
        if (!outcome.done() || outcome.rejected() > 0) {
            throw new CommandFailed("Step %d failed: the import ended as %s with %d rows rejected."
                    .formatted(step, outcome.state(), outcome.rejected()));
        }
        state.withImported().write(dataDir);
        done(
                "%,d rows read, %,d accepted; the 21 exact repeats among them are real and kept.",
                outcome.read(), outcome.accepted());
    }

    private void train(Api api) {
        step("Train churn and value on the customers' own history");
        JsonNode models = api.get(Service.PREDICTION, "/v1/models");
        Map<String, String> trainings = new LinkedHashMap<>();
        for (String model : MODELS) {
            if (isLive(models, model)) {
                done("%s is live already; nothing is trained anew.", model);
            } else {
                trainings.put(
                        model,
                        api.post(Service.PREDICTION, "/v1/models/" + model + "/trainings", Map.of())
                                .path("trainingId")
                                .asString());
            }
        }
        trainings.forEach((model, training) -> {
            JsonNode end = followTraining(api, model, training);
            done("%s is live as %s.", model, end.path("modelVersion").asString("?"));
        });
    }

    private static boolean isLive(JsonNode models, String model) {
        for (JsonNode each : models.path("models").values()) {
            if (each.path("name").asString("").equals(model)) {
                return !each.path("live").isMissingNode() && !each.path("live").isNull();
            }
        }
        return false;
    }

    private JsonNode followTraining(Api api, String model, String training) {
        while (true) {
            JsonNode now = api.get(Service.PREDICTION, "/v1/trainings/" + Api.encoded(training));
            String state = now.path("state").asString();
            if (state.equals("done")) {
                return now;
            }
            if (state.equals("failed") || state.equals("cancelled")) {
                throw new CommandFailed("Step %d failed: the training of %s ended: %s"
                        .formatted(step, model, now.path("detail").asString("no reason given")));
            }
            console.passing(String.format(
                    Locale.ROOT,
                    "     %s: %s %.0f %% %s",
                    model,
                    state,
                    100 * now.path("progress").asDouble(0),
                    // What is waited for before is a list of partitions.
                    state.equals("fitting") ? now.path("detail").asString("") : ""));
            sleep();
        }
    }

    private static List<String> lapsed(Api api) {
        List<String> ids = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = api.get(
                    Service.PROFILE,
                    "/v1/subscribers?lifecycle=lapsed&limit=500"
                            + (cursor.isEmpty() ? "" : "&cursor=" + Api.encoded(cursor)));
            page.path("subscribers")
                    .values()
                    .forEach(subscriber ->
                            ids.add(subscriber.path("subscriberId").asString()));
            cursor = page.path("nextCursor").asString("");
        } while (!cursor.isEmpty());
        if (ids.isEmpty()) {
            throw new CommandFailed("Nobody has lapsed, so there is nobody to win back.");
        }
        return ids;
    }

    /** The models are asked about everybody once they are live; here is waited until that has gone round. */
    private void awaitScores(Api api, List<String> subscribers) {
        List<String> waiting = new ArrayList<>(subscribers);
        await(
                SCORED_WITHIN,
                () -> {
                    waiting.removeIf(subscriber -> isScored(api, subscriber));
                    console.passing("     scored %,d of %,d"
                            .formatted(subscribers.size() - waiting.size(), subscribers.size()));
                    return waiting.isEmpty();
                },
                () -> "%d of the lapsed have no scores".formatted(waiting.size()));
        done("All %,d lapsed customers are scored.", subscribers.size());
    }

    private static boolean isScored(Api api, String subscriber) {
        JsonNode predictions =
                api.find(Service.PREDICTION, "/v1/subscribers/" + Api.encoded(subscriber) + "/predictions");
        return predictions != null && hasScores(predictions);
    }

    private static boolean hasScores(JsonNode answer) {
        return MODELS.stream().allMatch(model -> answer.path("scores").has(model));
    }

    private void await(Duration patience, BooleanSupplier condition, Supplier<String> otherwise) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new CommandFailed(
                        "Step %d failed: after %d s %s.".formatted(step, patience.toSeconds(), otherwise.get()));
            }
            sleep();
        }
    }

    private static void sleep() {
        try {
            TimeUnit.MILLISECONDS.sleep(150);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("Interrupted.", e);
        }
    }

    private void createCampaign(Api api) {
        step("Create the campaign `%s` and run it for everybody who has lapsed".formatted(DemoCampaign.ID));
        if (api.find(Service.CONTENT, "/v1/campaigns/" + DemoCampaign.ID) == null) {
            api.post(Service.CONTENT, "/v1/campaigns", DemoCampaign.definition());
            done(
                    "%d variants, a hold-out of %.0f %% who get nothing, and the first %d mails need not wait for the best hour.",
                    DemoCampaign.VARIANTS, 100 * DemoCampaign.HOLDOUT_SHARE, DemoCampaign.IMMEDIATE_FIRST);
        } else {
            done("It exists already.");
        }
    }

    /**
     * What was decided.
     *
     * @param mails answers that carry content
     * @param holdouts answers for members of the hold-out
     */
    private record Run(List<JsonNode> mails, int holdouts, Latencies latencies) {}

    private Run decide(Api api, List<String> lapsed) {
        String sample = lapsed.getLast();
        await(
                SCORED_WITHIN,
                () -> hasScores(personalize(api, sample, false)),
                () -> "the personalisation path knows no scores");
        JsonNode[] answers = new JsonNode[lapsed.size()];
        long[] nanos = new long[lapsed.size()];
        AtomicInteger next = new AtomicInteger();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> work = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                work.add(callers.submit(() -> {
                    for (int i = next.getAndIncrement(); i < answers.length; i = next.getAndIncrement()) {
                        long asked = System.nanoTime();
                        answers[i] = personalize(api, lapsed.get(i), true);
                        nanos[i] = System.nanoTime() - asked;
                    }
                }));
            }
            for (Future<?> each : work) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("Interrupted.", e);
        }
        List<JsonNode> mails = new ArrayList<>();
        int holdouts = 0;
        for (int i = 0; i < answers.length; i++) {
            ((ObjectNode) answers[i]).put("subscriberId", lapsed.get(i));
            if (answers[i].path("content").isObject()) {
                mails.add(answers[i]);
            } else {
                holdouts++;
            }
        }
        Latencies latencies = Latencies.of(nanos);
        done(
                "%,d decisions by %d callers at once: %,d mails, %,d held out. %s, measured at the client.",
                answers.length, CALLERS, mails.size(), holdouts, latencies);
        if (mails.isEmpty()) {
            throw new CommandFailed("Step " + step + " failed: no mail was decided.");
        }
        return new Run(mails, holdouts, latencies);
    }

    private static JsonNode personalize(Api api, String subscriber, boolean deliver) {
        return api.post(
                Service.CONTENT,
                "/v1/personalizations",
                Map.of("subscriberId", subscriber, "campaignId", DemoCampaign.ID, "deliver", deliver));
    }

    private void showMails(Run run) {
        step("Three of the mails, as a person sees them");
        Map<String, JsonNode> byVariant = new LinkedHashMap<>();
        run.mails().forEach(mail -> byVariant.putIfAbsent(mail.path("variant").asString(""), mail));
        List<JsonNode> shown = new ArrayList<>(byVariant.values());
        run.mails().stream().filter(mail -> !shown.contains(mail)).limit(3).forEach(shown::add);
        for (JsonNode mail : shown.subList(0, Math.min(3, shown.size()))) {
            JsonNode content = mail.path("content");
            out.println();
            out.println(new DrawnMail(
                    DemoCampaign.SENDER,
                    mail.path("subscriberId").asString() + "@example.invalid",
                    content.path("subject").asString(""),
                    content.path("preheader").asString(""),
                    content.path("html").asString("")));
            out.printf(
                    Locale.ROOT,
                    "  variant %s drawn with probability %.2f · churn %s · value $%s · score %s · delivery %s%n",
                    mail.path("variant").asString(""),
                    mail.path("propensity").asDouble(),
                    score(mail, "churn"),
                    score(mail, "value"),
                    ResultTable.number(mail.path("personalizationScore")),
                    mail.path("deliveryTime").asString(""));
        }
    }

    private static String score(JsonNode mail, String model) {
        JsonNode score = mail.path("scores").path(model);
        return ResultTable.number(score.isObject() ? score.path("value") : score);
    }

    private void schedule(DeliveryEvents events, Run run) {
        step("Listen on Kafka as a campaign scheduler does: topic winback.deliveries");
        int wanted = Math.min(DemoCampaign.IMMEDIATE_FIRST, run.mails().size());
        Map<String, Integer> printed = new LinkedHashMap<>();
        long deadline = System.nanoTime() + DUE_WITHIN.toNanos();
        while (System.nanoTime() < deadline
                && (events.deliveries("due", DemoCampaign.ID) < wanted
                        || events.deliveries("scheduled", DemoCampaign.ID)
                                        + events.deliveries("refused", DemoCampaign.ID)
                                < run.mails().size())) {
            for (DeliveryEvents.Read event : events.poll(Duration.ofMillis(200))) {
                if (printed.merge(event.type(), 1, Integer::sum) <= 3) {
                    console.say("     " + line(event));
                }
            }
            console.passing("     %,d scheduled, %,d due"
                    .formatted(
                            events.deliveries("scheduled", DemoCampaign.ID),
                            events.deliveries("due", DemoCampaign.ID)));
        }
        long due = events.deliveries("due", DemoCampaign.ID);
        if (due == 0) {
            throw new CommandFailed(
                    "Step %d failed: no delivery became due within %d s.".formatted(step, DUE_WITHIN.toSeconds()));
        }
        done(
                "%,d scheduled, %,d refused, %,d due by now (the first, and those whose best hour it is); the others come at their own time.",
                events.deliveries("scheduled", DemoCampaign.ID), events.deliveries("refused", DemoCampaign.ID), due);
    }

    private static String line(DeliveryEvents.Read event) {
        JsonNode data = event.data();
        return switch (event.type()) {
            case "due" ->
                "due        %s  to %s  “%s”"
                        .formatted(
                                data.path("dueAt").asString(),
                                data.path("to").asString(),
                                data.path("mail").path("subject").asString());
            case "scheduled" ->
                "scheduled  %s  subscriber %s  (%s)"
                        .formatted(
                                data.path("dueAt").asString(),
                                data.path("subscriberId").asString(),
                                data.path("reason").asString());
            default ->
                "%-9s  subscriber %s  (%s)"
                        .formatted(
                                event.type(),
                                data.path("subscriberId").asString(),
                                data.path("reason").asString());
        };
    }

    private void close(Api api, JsonNode backTest, List<String> lapsed, Run run, DeliveryEvents events) {
        JsonNode stats = api.get(Service.PROFILE, "/v1/stats");
        Table table = new Table(2)
                .row("customers", "%,d".formatted(stats.path("subscribers").asLong()))
                .row("purchases", "%,d".formatted(stats.path("orders").asLong()));
        for (String metric : List.of("gini", "rmse", "ratio")) {
            compare(table, "value", backTest, metric);
        }
        for (String metric : List.of("auc", "brier", "ece")) {
            compare(table, "churn", backTest, metric);
        }
        table.row("lapsed", "%,d".formatted(lapsed.size()))
                .row("mails decided", "%,d".formatted(run.mails().size()))
                .row("held out", "%,d".formatted(run.holdouts()))
                .row("scheduled", "%,d".formatted(events.deliveries("scheduled", DemoCampaign.ID)))
                .row("due", "%,d".formatted(events.deliveries("due", DemoCampaign.ID)))
                .row("latency p50", "%.1f ms".formatted(run.latencies().millis(50)))
                .row("latency p99", "%.1f ms".formatted(run.latencies().millis(99)))
                .row("elapsed", Console.since(began));
        out.println();
        out.println(table);
        out.println();
        out.println(
                "Model metrics are of the back-tests on unshifted dates: `served` is what the registry would serve.");
        out.println("`./winback up" + options
                + "` goes on from here: customers, models, campaign and pending deliveries are kept.");
    }

    /** The served method's metric with the others' beside it. */
    private static void compare(Table table, String task, JsonNode backTest, String metric) {
        String served = "–";
        List<String> others = new ArrayList<>();
        for (JsonNode method : backTest.path(task).path("methods").values()) {
            String name = method.path("name").asString("");
            String value = ResultTable.number(method.path(metric));
            if (name.equals("served")) {
                served = value;
            } else if (!value.isEmpty()) {
                others.add(name + " " + value);
            }
        }
        table.row(task + " " + metric, served, String.join(", ", others));
    }
}
