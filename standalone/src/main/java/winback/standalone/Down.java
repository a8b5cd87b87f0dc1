package winback.standalone;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import winback.infrastructure.LocalPostgres;
import winback.standalone.cli.Arguments;
import winback.standalone.cli.CommandFailed;
import winback.standalone.cli.Console;
import winback.standalone.platform.Instance;

/** {@code ./winback down}: stops the platform on a data directory in order. */
final class Down {

    private static final int PATIENCE_SECONDS = 120;

    private Down() {}

    static int run(Arguments arguments) throws InterruptedException, ExecutionException {
        arguments.atMost(0);
        Path dataDir = Winback.dataDir(arguments);
        Console console = Console.progress();
        Optional<ProcessHandle> holder = Instance.holder(dataDir);
        if (holder.isEmpty()) {
            return stopOrphan(dataDir);
        }
        ProcessHandle process = holder.get();
        long began = System.nanoTime();
        if (!process.destroy()) {
            throw new CommandFailed("The process with pid " + process.pid() + " cannot be told to stop.");
        }
        while (process.isAlive()) {
            if (System.nanoTime() - began > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                throw new CommandFailed("The process with pid %d has not stopped within %d s; it still runs."
                        .formatted(process.pid(), PATIENCE_SECONDS));
            }
            console.passing("stopping … " + Console.since(began));
            try {
                process.onExit().get(200, TimeUnit.MILLISECONDS);
            } catch (TimeoutException stillRunning) {
                // asked again
            }
        }
        console.say("Stopped the services, Kafka and PostgreSQL (pid %d) in %s; the data stays in %s."
                .formatted(process.pid(), Console.since(began), dataDir));
        return 0;
    }

    /** After a {@code kill -9} PostgreSQL runs on alone. */
    private static int stopOrphan(Path dataDir) {
        Path postgres = dataDir.resolve("postgres");
        if (Files.exists(postgres.resolve("data/postmaster.pid"))) {
            // A start stops or adopts what runs there.
            LocalPostgres.start(postgres, 0).close();
            Console.progress().say("The platform on " + dataDir + " had been killed; its PostgreSQL is stopped now.");
        } else {
            Console.progress().say("Nothing runs on " + dataDir + ".");
        }
        return 0;
    }
}
