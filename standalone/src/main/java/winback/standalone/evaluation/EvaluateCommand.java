package winback.standalone.evaluation;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.prediction.datasets.DataRefused;
import winback.prediction.engagement.TableEvaluation;
import winback.prediction.models.ModelVersion;
import winback.standalone.cli.Arguments;
import winback.standalone.cli.CommandFailed;
import winback.standalone.cli.Console;
import winback.standalone.cli.WrongCommandLine;
import winback.standalone.evaluation.Evaluations.Plan;
import winback.standalone.orders.ImportCommand;
import winback.standalone.orders.OrderDays;
import winback.standalone.orders.OrdersFile;
import winback.standalone.platform.Platform;
import winback.standalone.platform.Ports;
import winback.standalone.platform.Service;

/**
 * {@code ./winback evaluate value|churn --orders FILE}: a back-test in a platform of its own, whose data directory is
 * removed afterwards. {@code ./winback evaluate engagement --table FILE --label COLUMN --test FILE}: the engagement
 * ensembles on any two tables, for which no platform is needed. Standard output carries the result and nothing else.
 */
public final class EvaluateCommand {

    /** Of fewer days there are no outcomes to learn from. */
    private static final int LEAST_DAYS_BETWEEN = 2;

    private static final Set<String> TASKS = Set.of("value", "churn", "engagement");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private EvaluateCommand() {}

    public static int run(Arguments arguments, PrintStream out) {
        String task = arguments.word(0, "what to evaluate (value, churn or engagement)");
        arguments.atMost(1);
        if (!TASKS.contains(task)) {
            throw new WrongCommandLine("evaluate value, churn or engagement, not '" + task + "'");
        }
        Console console = Console.progress();
        Optional<Path> png = arguments.option("png").map(EvaluateCommand::writable);
        JsonNode result = task.equals("engagement") ? onTables(arguments, console) : onOrders(task, arguments, console);
        out.println(arguments.flag("json") ? result.toString() : ResultTable.of(result));
        out.flush();
        png.ifPresent(file -> draw(result, file, console));
        return 0;
    }

    /** Before minutes are spent on what then cannot be written. */
    private static Path writable(String name) {
        Path file = Path.of(name).toAbsolutePath();
        Path directory = file.getParent();
        if (directory == null || !Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw new CommandFailed("there is no directory to write " + file + " to");
        }
        if (Files.isDirectory(file) || Files.exists(file) && !Files.isWritable(file)) {
            throw new CommandFailed("cannot write " + file);
        }
        return file;
    }

    private static void draw(JsonNode result, Path file, Console console) {
        try {
            Picture.write(result, file);
            console.say("The picture is in %s.", file);
        } catch (Picture.NoFonts missing) {
            throw new CommandFailed(
                    "There is no picture, since this machine has no fonts that Java can draw with: install fontconfig and"
                            + " a font (Debian, Ubuntu: apt install fontconfig fonts-dejavu-core).",
                    missing);
        } catch (IOException e) {
            throw new CommandFailed("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private static JsonNode onTables(Arguments arguments, Console console) {
        for (String other : List.of("orders", "train-cutoff", "test-cutoff", "horizon-days")) {
            if (arguments.option(other).isPresent()) {
                throw new WrongCommandLine(
                        "--" + other + " is for value and churn; engagement takes --table and --test");
            }
        }
        Path table = file(arguments, "table", "a file to learn from");
        String label = arguments
                .option("label")
                .orElseThrow(() -> new WrongCommandLine("--label COLUMN is missing: the column to predict"));
        Path test = file(arguments, "test", "a file with the same columns to be scored on");
        try {
            return JSON.valueToTree(TableEvaluation.run(table, label, test, console::say));
        } catch (DataRefused refused) {
            throw new CommandFailed(refused.sentence());
        } catch (IOException e) {
            throw new CommandFailed("cannot read: " + e.getMessage(), e);
        }
    }

    private static Path file(Arguments arguments, String option, String what) {
        Path path = Path.of(arguments
                .option(option)
                .orElseThrow(() -> new WrongCommandLine("--" + option + " FILE is missing: " + what)));
        if (!Files.isReadable(path) || Files.isDirectory(path)) {
            throw new WrongCommandLine("--" + option + " " + path + " is no file that can be read");
        }
        return path;
    }

    private static JsonNode onOrders(String task, Arguments arguments, Console console) {
        for (String other : List.of("table", "label", "test")) {
            if (arguments.option(other).isPresent()) {
                throw new WrongCommandLine("--" + other + " is for engagement; " + task + " takes --orders");
            }
        }
        Plan plan = new Plan(
                task,
                arguments.day("train-cutoff"),
                arguments.day("test-cutoff"),
                arguments.positive("horizon-days", "how many days after the test cutoff are predicted"));
        check(plan);
        OrdersFile file = ImportCommand.inspect(
                arguments,
                arguments.option("orders").orElseThrow(() -> new WrongCommandLine("--orders FILE is missing")));
        file.inferred().ifPresent(console::say);
        reaches(OrderDays.of(file), plan, console);
        return inThrowAwayPlatform(console, evaluations -> {
            evaluations.load(file);
            return evaluations.run(plan);
        });
    }

    /** What no file could tell. */
    static void check(Plan plan) {
        if (!plan.trainCutoff().isBefore(plan.testCutoff())) {
            throw new WrongCommandLine("--train-cutoff must lie before --test-cutoff");
        }
        long between = ChronoUnit.DAYS.between(plan.trainCutoff(), plan.testCutoff());
        if (between < LEAST_DAYS_BETWEEN) {
            throw new WrongCommandLine(
                    "--test-cutoff must lie at least " + LEAST_DAYS_BETWEEN + " days after --train-cutoff");
        }
        int labelDays = (int) Math.min(plan.horizonDays(), between);
        int reach = ModelVersion.Window.reachDays(labelDays);
        if (plan.horizonDays() > reach) {
            throw new WrongCommandLine(
                    "the outcomes between the cutoffs go over %d days and say nothing of the next %d: at most --horizon-days %d is"
                            .formatted(labelDays, plan.horizonDays(), reach));
        }
    }

    /**
     * Whether the file can tell what is asked of it: who has not ordered after its end has not churned. A file may end
     * some days before its last day with an order to come, as long as such silence is nothing new in it.
     */
    static void reaches(OrderDays days, Plan plan, Console console) {
        if (days.first().isAfter(plan.trainCutoff())) {
            throw new CommandFailed(
                    "There is no order by the train cutoff %s: the first is of %s. Customers are needed who"
                                    .formatted(plan.trainCutoff(), days.first())
                            + " had ordered by then.");
        }
        long usual = Math.max(
                Math.max(plan.horizonDays() / 10, 7),
                3 * days.until(plan.testCutoff()).longestSilence());
        LocalDate last = days.lastWithin(usual);
        if (!last.isAfter(plan.testCutoff())) {
            throw new CommandFailed(
                    "There is no order after the test cutoff %s: the last is of %s, so nothing can be scored."
                            .formatted(plan.testCutoff(), last));
        }
        LocalDate until = plan.testCutoff().plusDays(plan.horizonDays());
        long missing = ChronoUnit.DAYS.between(last, until);
        if (missing > usual) {
            throw new CommandFailed(
                    "The horizon of %d days after %s ends on %s, the orders on %s: what came in the %d days between is not known. At most --horizon-days %d is."
                            .formatted(
                                    plan.horizonDays(),
                                    plan.testCutoff(),
                                    until,
                                    last,
                                    missing,
                                    ChronoUnit.DAYS.between(plan.testCutoff(), last)));
        }
        if (missing > 0) {
            console.say("The orders end on %s, %d days before the horizon does.", last, missing);
        }
    }

    /** Work in such a platform. */
    @FunctionalInterface
    public interface Work<T> {
        T apply(Evaluations evaluations);
    }

    /** Starts PostgreSQL, Kafka, profile and prediction in a temporary directory, does the work and removes it all. */
    public static <T> T inThrowAwayPlatform(Console console, Work<T> work) {
        Path dataDir;
        try {
            dataDir = Files.createTempDirectory("winback-evaluate-");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create a temporary directory", e);
        }
        Platform platform = Platform.on(dataDir)
                .services(EnumSet.of(Service.PROFILE, Service.PREDICTION))
                .ports(Ports.free())
                .progress(console::say)
                .build();
        Thread cleaner = new Thread(() -> throwAway(platform, dataDir), "evaluation-stop");
        Runtime.getRuntime().addShutdownHook(cleaner);
        try {
            platform.start();
            return work.apply(new Evaluations(platform.api(), console));
        } finally {
            throwAway(platform, dataDir);
            try {
                Runtime.getRuntime().removeShutdownHook(cleaner);
            } catch (IllegalStateException shuttingDown) {
                // then the hook has nothing left to do
            }
        }
    }

    private static void throwAway(Platform platform, Path dataDir) {
        platform.close();
        synchronized (platform) {
            if (Files.exists(dataDir)) {
                Platform.delete(dataDir);
            }
        }
    }
}
