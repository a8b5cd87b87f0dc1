package winback.standalone.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import winback.chassis.access.ApiKeys;
import winback.standalone.cli.CommandFailed;

/**
 * A running platform as its data directory tells of it in {@code instance.json}, written when it is ready and removed when
 * it stops.
 *
 * @param pid of the process that holds the data directory
 * @param host that the services are bound to
 * @param ports by service
 * @param kafka bootstrap servers
 * @param readySince when it became ready
 */
public record Instance(long pid, String host, Map<Service, Integer> ports, String kafka, Instant readySince) {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String FILE = "instance.json";
    private static final String PID_FILE = "winback.pid";

    static void writePid(Path dataDir) {
        try {
            Files.writeString(dataDir.resolve(PID_FILE), ProcessHandle.current().pid() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + dataDir.resolve(PID_FILE), e);
        }
    }

    void write(Path dataDir) {
        try {
            ApiKeys.writePrivately(
                    dataDir.resolve(FILE), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + dataDir.resolve(FILE), e);
        }
    }

    static void remove(Path dataDir) {
        try {
            Files.deleteIfExists(dataDir.resolve(FILE));
            Files.deleteIfExists(dataDir.resolve(PID_FILE));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot clean up in " + dataDir, e);
        }
    }

    /** The live process that holds the data directory, be it ready or still starting. */
    public static Optional<ProcessHandle> holder(Path dataDir) {
        Path file = dataDir.resolve(PID_FILE);
        try {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            Instant written = Files.getLastModifiedTime(file).toInstant();
            String pid = Files.readString(file).strip();
            if (!pid.matches("[0-9]{1,18}")) {
                return Optional.empty();
            }
            // A process that began after the file was written has only inherited the number.
            return ProcessHandle.of(Long.parseLong(pid))
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> process.info()
                            .startInstant()
                            .map(start -> start.isBefore(written.plusSeconds(1)))
                            .orElse(true));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** The ready platform on that data directory; empty when none is. */
    public static Optional<Instance> on(Path dataDir) {
        Path file = dataDir.resolve(FILE);
        if (!Files.exists(file) || holder(dataDir).isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(Files.readAllBytes(file), Instance.class))
                    .filter(instance -> holder(dataDir)
                            .filter(process -> process.pid() == instance.pid())
                            .isPresent());
        } catch (IOException | JacksonException e) {
            throw new CommandFailed("Cannot read " + file + ".", e);
        }
    }

    /** As {@link #on}, or a sentence on how to start one. */
    public static Instance require(Path dataDir) {
        return on(dataDir)
                .orElseThrow(() -> new CommandFailed(holder(dataDir)
                        .map(process ->
                                "The platform on %s (pid %d) is still starting.".formatted(dataDir, process.pid()))
                        .orElse("Nothing runs on %s; `./winback up` starts it.".formatted(dataDir))));
    }

    /** A client of it that uses the command's key. */
    public Api api(Path dataDir) {
        return new Api(host, new Ports(ports), new Keys(dataDir).forCommands());
    }
}
