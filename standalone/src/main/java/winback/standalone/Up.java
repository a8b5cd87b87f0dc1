package winback.standalone;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import winback.standalone.cli.Arguments;
import winback.standalone.cli.CommandFailed;
import winback.standalone.cli.Console;
import winback.standalone.cli.Logs;
import winback.standalone.cli.PrivateFile;
import winback.standalone.cli.WrongCommandLine;
import winback.standalone.platform.Api;
import winback.standalone.platform.Instance;
import winback.standalone.platform.Platform;
import winback.standalone.platform.Ports;
import winback.standalone.platform.Service;

/** {@code ./winback up}: starts everything and stays, or with {@code --detach} returns when all is ready. */
final class Up {

    private static final int USUAL_KAFKA_PORT = 9092;
    private static final String LOG = "winback.log";
    /** What the detached process says on its outputs. */
    private static final String OUTPUT = "winback.out";

    private Up() {}

    static int run(Arguments arguments) throws Exception {
        arguments.atMost(0);
        return arguments.flag("detach") ? detach(arguments) : stay(arguments);
    }

    private static int stay(Arguments arguments) throws InterruptedException, IOException {
        Path dataDir = Winback.dataDir(arguments);
        boolean json = arguments.option("log").map(Up::isJson).orElse(false);
        Console console = Console.progress();
        Platform.Options options = options(arguments).progress(json ? step -> {} : console::say);
        if (Instance.holder(dataDir).isEmpty()) {
            Platform.createDirectory(dataDir);
            Logs.configure(dataDir.resolve(LOG), arguments.flag("verbose"), json);
        }
        if (arguments.flag("processes")) {
            options.processesFrom(Path.of(System.getProperty("winback.home", "."))
                    .toAbsolutePath()
                    .normalize());
        }
        Platform platform = options.build();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            if (!json && !platform.hasEnded()) {
                                console.say("Stopping …");
                            }
                            platform.close();
                        },
                        "platform-stop"));
        platform.start();
        if (!json) {
            System.out.println(closingLine(dataDir, arguments));
            System.out.flush();
        }
        Optional<String> death = platform.awaitEnd();
        if (death.isPresent()) {
            platform.close();
            throw new CommandFailed(death.get() + " Everything else has been stopped.");
        }
        return 0;
    }

    private static boolean isJson(String format) {
        return switch (format) {
            case "json" -> true;
            case "text" -> false;
            default -> throw new WrongCommandLine("--log is json or text, not '" + format + "'");
        };
    }

    /** What the command line says about addresses; wrong ones are refused. */
    static Platform.Options options(Arguments arguments) {
        Ports ports = ports(arguments);
        int usual = USUAL_KAFKA_PORT + arguments.number("port-offset", 0);
        int kafkaPort = arguments.all("kafka-port").isEmpty() && usual > 0 && usual <= Ports.LAST
                ? Ports.preferred(usual)
                : arguments.number("kafka-port", 0);
        requirePort("kafka", kafkaPort, 0);
        return Platform.on(Winback.dataDir(arguments))
                .host(arguments.option("host").orElse("127.0.0.1"))
                .ports(ports)
                .kafkaPort(kafkaPort);
    }

    static Ports ports(Arguments arguments) {
        Ports ports = Ports.usual(arguments.number("port-offset", 0));
        for (Service service : Service.values()) {
            ports = ports.with(service, arguments.number(service.word() + "-port", ports.of(service)));
            requirePort(service.word(), ports.of(service), 1);
        }
        return ports;
    }

    private static void requirePort(String what, int port, int least) {
        if (port < least || port > Ports.LAST) {
            throw new WrongCommandLine(
                    "The port for %s is a number from %d to %d, not %d; see --port-offset and --%s-port."
                            .formatted(what, least, Ports.LAST, port, what));
        }
    }

    /** Where everything is. */
    private static String closingLine(Path dataDir, Arguments arguments) {
        Instance instance = Instance.require(dataDir);
        String services = Stream.of(Service.values())
                .map(service -> "%s http://%s:%d"
                        .formatted(service.word(), instance.host(), new Ports(instance.ports()).of(service)))
                .collect(Collectors.joining(" · "));
        return "Winback is up: %s · Kafka %s. Data in %s; `./winback key%s` shows the API key."
                .formatted(services, instance.kafka(), dataDir, arguments.repeated(List.of("data")));
    }

    private static int detach(Arguments arguments) throws IOException, InterruptedException {
        Path dataDir = Winback.dataDir(arguments);
        Instance.holder(dataDir).ifPresent(process -> {
            throw new CommandFailed(
                    "The data directory %s is in use by the process with pid %d. `./winback status` shows what runs there."
                            .formatted(dataDir, process.pid()));
        });
        Platform.createDirectory(dataDir);
        Path output = PrivateFile.create(dataDir.resolve(OUTPUT));
        Process process = new ProcessBuilder(again(arguments))
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        Console console = Console.progress();
        long began = System.nanoTime();
        // Readiness is told to everybody, without a key.
        Api client = new Api(arguments.option("host").orElse("127.0.0.1"), ports(arguments), "");
        while (Instance.on(dataDir).filter(up -> up.pid() == process.pid()).isEmpty()) {
            if (process.waitFor(200, TimeUnit.MILLISECONDS)) {
                console.say(tail(output, 20));
                throw new CommandFailed("It did not start (exit code %d); more is in %s."
                        .formatted(process.exitValue(), dataDir.resolve(LOG)));
            }
            String waitsFor = Stream.of(Service.values())
                    .filter(service -> !client.ready(service))
                    .map(Service::word)
                    .collect(Collectors.joining(", "));
            console.passing(
                    "starting … " + Console.since(began) + (waitsFor.isEmpty() ? "" : ", not ready yet: " + waitsFor));
        }
        console.say("Ready after " + Console.since(began) + ", pid " + process.pid() + ".");
        System.out.println(closingLine(dataDir, arguments));
        return 0;
    }

    /** This very command without {@code --detach}, deaf to the end of the terminal's session. */
    private static List<String> again(Arguments arguments) {
        List<String> command = new ArrayList<>();
        command.add("nohup");
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.startsWith("-Dwinback.terminal"))
                .toList());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        // From the nested jar the class path is the jar alone, and its main class the loader that knows what is inside.
        boolean nested = Winback.class.getClassLoader() != ClassLoader.getSystemClassLoader();
        command.add(nested ? "org.springframework.boot.loader.launch.JarLauncher" : Winback.class.getName());
        command.add("up");
        command.addAll(arguments.without("detach"));
        return command;
    }

    private static String tail(Path file, int lines) throws IOException {
        List<String> all = Files.readAllLines(file);
        return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    }
}
