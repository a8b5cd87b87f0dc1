package winback.standalone;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import winback.standalone.cli.Arguments;
import winback.standalone.cli.CommandFailed;
import winback.standalone.cli.WrongCommandLine;

/**
 * {@code ./winback bench ingest}, {@code predict}, {@code personalization} and {@code content}: each starts servers and a service for itself
 * and loads them from a process of its own. A running platform is not touched.
 */
final class Bench {

    private static final Set<String> OF_PERSONALIZATION =
            Set.of("only", "scale", "subscribers", "seconds", "connections", "keep", "png", "java-options", "property");
    private static final Set<String> OF_INGEST = Set.of(
            "only", "scale", "subscribers", "history", "sweep", "connections", "keep", "java-options", "property");

    private static final Set<String> OF_PREDICT =
            Set.of("only", "scale", "customers", "seconds", "peer", "java-options", "property");

    private static final Set<String> OF_CONTENT = Set.of("only", "seconds");

    /** Options that the load tests themselves take. */
    static final Set<String> VALUED = Stream.of(OF_PERSONALIZATION, OF_INGEST, OF_PREDICT, OF_CONTENT)
            .flatMap(Set::stream)
            .collect(Collectors.toUnmodifiableSet());

    private Bench() {}

    static int run(Arguments arguments) throws IOException, InterruptedException {
        String what = arguments.word(0, "what to measure (personalization, ingest, predict, content)");
        arguments.atMost(1);
        return switch (what) {
            case "personalization" -> run(what, arguments, OF_PERSONALIZATION);
            case "ingest" -> run(what, arguments, OF_INGEST);
            case "predict" -> run(what, arguments, OF_PREDICT);
            case "content" -> run(what, arguments, OF_CONTENT);
            default ->
                throw new WrongCommandLine("there is nothing to measure that is called '" + what
                        + "'; there are personalization, ingest, predict and content");
        };
    }

    private static int run(String what, Arguments arguments, Set<String> taken)
            throws IOException, InterruptedException {
        List<String> command = command(what, arguments, taken);
        command.addAll(List.of("--home", home().toAbsolutePath().normalize().toString()));
        Process client = new ProcessBuilder(command).inheritIO().start();
        // It has servers to stop and a directory to delete.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(client), "bench-stop"));
        return client.waitFor();
    }

    private static void end(Process client) {
        client.destroy();
        try {
            client.waitFor(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @param taken the options that this load test takes; others are refused */
    private static List<String> command(String what, Arguments arguments, Set<String> taken) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // Models are fitted in it.
                what.equals("predict") ? "-Xmx2g" : "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                jar(home()).toString(),
                what));
        for (String option : VALUED) {
            if (!taken.contains(option) && arguments.option(option).isPresent()) {
                throw new WrongCommandLine("bench " + what + " takes no --" + option);
            }
            arguments.all(option).forEach(value -> command.addAll(List.of("--" + option, value)));
        }
        if (arguments.flag("json")) {
            command.add("--json");
        }
        return command;
    }

    private static Path home() {
        return Path.of(System.getProperty("winback.home", "."));
    }

    private static Path jar(Path home) throws IOException {
        Path target = home.resolve("benchmarks").resolve("target");
        if (Files.isDirectory(target)) {
            try (DirectoryStream<Path> jars = Files.newDirectoryStream(target, "benchmarks-*-exec.jar")) {
                for (Path jar : jars) {
                    return jar;
                }
            }
        }
        throw new CommandFailed("The load test is not built: `mvn -B -DskipTests package`.");
    }
}
