package winback.standalone;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import winback.standalone.cli.Arguments;
import winback.standalone.cli.CommandFailed;
import winback.standalone.platform.Instance;
import winback.standalone.platform.Keys;
import winback.standalone.platform.Service;

/** {@code ./winback bench personalization}: loads the running platform from a process of its own. */
final class Bench {

    /** Options that the load test itself takes. */
    static final Set<String> VALUED = Set.of("campaign", "connections", "warm-up", "seconds");

    private Bench() {}

    static int run(Arguments arguments) throws IOException, InterruptedException {
        String what = arguments.word(0, "what to measure (personalization)");
        arguments.atMost(1);
        Path dataDir = Winback.dataDir(arguments);
        Instance instance = Instance.require(dataDir);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                jar(Path.of(System.getProperty("winback.home", "."))).toString(),
                what,
                "--host",
                instance.host(),
                "--profile-port",
                port(instance, Service.PROFILE),
                "--content-port",
                port(instance, Service.CONTENT)));
        for (String option : VALUED) {
            arguments.option(option).ifPresent(value -> command.addAll(List.of("--" + option, value)));
        }
        if (arguments.flag("json")) {
            command.add("--json");
        }
        ProcessBuilder client = new ProcessBuilder(command).inheritIO();
        client.environment().put("WINBACK_API_KEY", new Keys(dataDir).forCommands());
        return client.start().waitFor();
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
