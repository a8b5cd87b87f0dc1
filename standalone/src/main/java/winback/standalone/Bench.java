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
import winback.standalone.platform.Instance;
import winback.standalone.platform.Keys;
import winback.standalone.platform.Service;

/**
 * {@code ./winback bench personalization} loads the running platform from a process of its own; {@code ./winback bench
 * ingest} and {@code ./winback bench predict} need none: they start servers and a service for themselves.
 */
final class Bench {

    private static final Set<String> OF_PERSONALIZATION = Set.of("campaign", "connections", "warm-up", "seconds");
    private static final Set<String> OF_INGEST = Set.of(
            "only", "scale", "subscribers", "history", "sweep", "connections", "keep", "java-options", "property");

    private static final Set<String> OF_PREDICT =
            Set.of("only", "scale", "customers", "seconds", "peer", "java-options", "property");

    /** Options that the load tests themselves take. */
    static final Set<String> VALUED = Stream.of(OF_PERSONALIZATION, OF_INGEST, OF_PREDICT)
            .flatMap(Set::stream)
            .collect(Collectors.toUnmodifiableSet());

    private Bench() {}

    static int run(Arguments arguments) throws IOException, InterruptedException {
        String what = arguments.word(0, "what to measure (personalization, ingest, predict)");
        arguments.atMost(1);
        return switch (what) {
            case "personalization" -> personalization(arguments);
            case "ingest" -> onItsOwn("ingest", arguments, OF_INGEST);
            case "predict" -> onItsOwn("predict", arguments, OF_PREDICT);
            default ->
                throw new WrongCommandLine("there is nothing to measure that is called '" + what
                        + "'; there are personalization, ingest and predict");
        };
    }

    private static int personalization(Arguments arguments) throws IOException, InterruptedException {
        Path dataDir = Winback.dataDir(arguments);
        Instance instance = Instance.require(dataDir);
        List<String> command = command("personalization", arguments, OF_PERSONALIZATION);
        command.addAll(List.of(
                "--host",
                instance.host(),
                "--profile-port",
                port(instance, Service.PROFILE),
                "--content-port",
                port(instance, Service.CONTENT)));
        ProcessBuilder client = new ProcessBuilder(command).inheritIO();
        client.environment().put("WINBACK_API_KEY", new Keys(dataDir).forCommands());
        return client.start().waitFor();
    }

    private static int onItsOwn(String what, Arguments arguments, Set<String> taken)
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

    private static String port(Instance instance, Service service) {
        Integer port = instance.ports().get(service);
        if (port == null) {
            throw new CommandFailed("The running platform does not say where its " + service.word() + " service is.");
        }
        return port.toString();
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
