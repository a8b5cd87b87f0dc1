package winback.standalone.evaluation;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import winback.standalone.cli.Arguments;
import winback.standalone.cli.Console;
import winback.standalone.cli.WrongCommandLine;
import winback.standalone.evaluation.Evaluations.Plan;
import winback.standalone.orders.ImportCommand;
import winback.standalone.orders.OrdersFile;
import winback.standalone.platform.Platform;
import winback.standalone.platform.Ports;
import winback.standalone.platform.Service;

/**
 * {@code ./winback evaluate value|churn --orders FILE}: a back-test in a platform of its own, whose data directory is
 * removed afterwards. Standard output carries the result and nothing else.
 */
public final class EvaluateCommand {

    private static final Set<String> TASKS = Set.of("value", "churn");

    private EvaluateCommand() {}

    public static int run(Arguments arguments, PrintStream out) {
        String task = arguments.word(0, "what to evaluate (value or churn)");
        arguments.atMost(1);
        if (!TASKS.contains(task)) {
            throw new WrongCommandLine("evaluate value or churn, not '" + task + "'");
        }
        Plan plan = new Plan(
                task,
                arguments.day("train-cutoff"),
                arguments.day("test-cutoff"),
                arguments.positive("horizon-days", "how many days after the test cutoff are predicted"));
        if (!plan.trainCutoff().isBefore(plan.testCutoff())) {
            throw new WrongCommandLine("--train-cutoff must lie before --test-cutoff");
        }
        OrdersFile file = ImportCommand.inspect(
                arguments,
                arguments.option("orders").orElseThrow(() -> new WrongCommandLine("--orders FILE is missing")));
        Console console = Console.progress();
        file.inferred().ifPresent(console::say);
        JsonNode result = inThrowAwayPlatform(console, evaluations -> {
            evaluations.load(file);
            return evaluations.run(plan);
        });
        out.println(arguments.flag("json") ? result.toString() : ResultTable.of(result));
        out.flush();
        return 0;
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
