package winback.standalone.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import winback.standalone.cli.CommandFailed;
import winback.standalone.cli.PrivateFile;

/**
 * A service as a process of its own: its {@code exec} jar, told everything by environment variables, so that no secret
 * shows in a list of processes.
 *
 * @param log where its output goes
 */
record ServiceProcess(Service service, Process process, Path log) implements RunningService {

    private static final int PATIENCE_SECONDS = 40;

    static ServiceProcess start(Service service, Map<String, String> properties, Path home, Path dataDir) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                // The batches in flight die young where there is room to; a small heap's default lets them grow old.
                "-Xmn256m",
                "-XX:+UseSerialGC",
                // By default all of the heap is collected, in a pause, whenever another 15 % of the room for compiled
                // code
                // have been filled.
                "-XX:SweeperThreshold=60",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                jar(home, service).toString()));
        Path log = dataDir.resolve(service.word() + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log.toFile()))
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
        properties.forEach((name, value) -> builder.environment().put(variable(name), value));
        try {
            PrivateFile.create(log);
            return new ServiceProcess(service, builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start the " + service.word() + " service", e);
        }
    }

    /** The environment variable of a property, as Spring Boot reads it: {@code winback.db.url} is {@code WINBACK_DB_URL}. */
    private static String variable(String property) {
        return property.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    private static Path jar(Path home, Service service) {
        Path target = home.resolve(service.word() + "-service").resolve("target");
        if (Files.isDirectory(target)) {
            try (DirectoryStream<Path> jars =
                    Files.newDirectoryStream(target, service.word() + "-service-*-exec.jar")) {
                for (Path jar : jars) {
                    return jar;
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot look into " + target, e);
            }
        }
        throw new CommandFailed("There is no " + service.word() + "-service exec jar in " + target
                + "; `mvn -DskipTests package` builds it.");
    }

    long pid() {
        return process.pid();
    }

    @Override
    public Optional<String> death() {
        return process.isAlive()
                ? Optional.empty()
                : Optional.of("The %s service (pid %d) ended with exit code %d; its last words are in %s."
                        .formatted(service.word(), process.pid(), process.exitValue(), log));
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
