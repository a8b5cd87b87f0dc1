package winback.standalone;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.LoggerFactory;
import winback.standalone.cli.Arguments;
import winback.standalone.cli.Command;
import winback.standalone.cli.CommandFailed;
import winback.standalone.cli.Console;
import winback.standalone.cli.Logs;
import winback.standalone.cli.WrongCommandLine;
import winback.standalone.content.GateCommand;
import winback.standalone.content.GenerateCommand;
import winback.standalone.demo.Demo;
import winback.standalone.evaluation.EvaluateCommand;
import winback.standalone.orders.ImportCommand;
import winback.standalone.traces.TracesCommand;

/** The verbs behind the launcher script {@code ./winback}. */
public final class Winback {

    private static final List<String> COMMON_VALUES = List.of(
            "data",
            "host",
            "port-offset",
            "profile-port",
            "prediction-port",
            "content-port",
            "delivery-port",
            "kafka-port");
    private static final Set<String> LAYOUT = Set.of("columns", "delimiter", "header", "charset");

    private static final String PICTURE = "evaluation.png";

    private static final Map<String, Verb> VERBS = Map.ofEntries(
            Map.entry("up", new Verb(Set.of("log"), Set.of("detach", "processes"), Up::run)),
            Map.entry("down", new Verb(Set.of(), Set.of(), Down::run)),
            Map.entry("status", new Verb(Set.of(), Set.of(), Status::run)),
            Map.entry("key", new Verb(Set.of(), Set.of(), Key::run)),
            Map.entry(
                    "demo",
                    new Verb(
                            Set.of(),
                            Set.of(),
                            arguments -> Demo.run(
                                    dataDir(arguments),
                                    Up.ports(arguments),
                                    arguments.repeated(COMMON_VALUES),
                                    arguments))),
            Map.entry(
                    "import",
                    new Verb(
                            with(
                                    LAYOUT,
                                    "shift-days",
                                    "consent",
                                    "consent-source",
                                    "email-pattern",
                                    "timezone",
                                    "currency",
                                    "event",
                                    "name",
                                    "kind",
                                    "format",
                                    "mapping",
                                    "decimal",
                                    "type",
                                    "resume"),
                            Set.of("no-header"),
                            arguments -> ImportCommand.run(dataDir(arguments), arguments))),
            Map.entry(
                    "traces",
                    new Verb(Set.of(), Set.of(), arguments -> TracesCommand.run(dataDir(arguments), arguments))),
            Map.entry(
                    "generate",
                    new Verb(
                            Set.of(
                                    "campaign",
                                    "brief",
                                    "lang",
                                    "count",
                                    "seed",
                                    "stage",
                                    "mails",
                                    "formality",
                                    "warmth",
                                    "energy",
                                    "length",
                                    "emoji"),
                            Set.of("json", "print-brief"),
                            arguments -> GenerateCommand.run(arguments, Clock.systemDefaultZone(), System.out))),
            Map.entry(
                    "gate",
                    new Verb(
                            Set.of("campaign", "brief"),
                            Set.of("json"),
                            arguments -> GateCommand.run(arguments, Clock.systemDefaultZone(), System.out))),
            Map.entry("bench", new Verb(Bench.VALUED, Set.of("json"), Bench::run)),
            Map.entry(
                    "evaluate",
                    new Verb(
                            with(
                                    LAYOUT,
                                    "orders",
                                    "train-cutoff",
                                    "test-cutoff",
                                    "horizon-days",
                                    "table",
                                    "label",
                                    "test",
                                    "png"),
                            Set.of("json", "no-header"),
                            arguments -> EvaluateCommand.run(arguments, System.out))));

    /**
     * @param valued options of this verb that take a value
     * @param flags options that take none
     */
    private record Verb(Set<String> valued, Set<String> flags, Command command) {}

    private Winback() {}

    public static void main(String[] line) {
        System.exit(run(Arrays.asList(line)));
    }

    /** Exit code 0 for success, 1 when it failed, 2 when the command line is wrong. */
    static int run(List<String> line) {
        if (line.isEmpty() || Set.of("help", "--help", "-h").contains(line.getFirst())) {
            System.out.print(usage());
            return line.isEmpty() ? 2 : 0;
        }
        Verb verb = VERBS.get(line.getFirst());
        if (verb == null) {
            System.err.println("winback: there is no verb '" + line.getFirst() + "'; `./winback help` lists them");
            return 2;
        }
        try {
            // `--header` alone says that there is one.
            List<String> rest = new ArrayList<>(line.subList(1, line.size()));
            rest.replaceAll(
                    argument -> argument.equals("--header") && isBare(rest, argument) ? "--header=true" : argument);
            // `--png` alone leaves the name to us.
            rest.replaceAll(
                    argument -> argument.equals("--png") && isLast(rest, argument) ? "--png=" + PICTURE : argument);
            Arguments arguments = Arguments.parse(
                    rest, union(Set.copyOf(COMMON_VALUES), verb.valued()), union(Set.of("verbose"), verb.flags()));
            Logs.configure(null, arguments.flag("verbose"), false);
            Up.options(arguments);
            return verb.command().run(arguments);
        } catch (WrongCommandLine wrong) {
            Console.progress().say("winback " + line.getFirst() + ": " + wrong.getMessage());
            return 2;
        } catch (CommandFailed failure) {
            Console.progress().say("winback " + line.getFirst() + ": " + failure.getMessage());
            return 1;
        } catch (Exception unexpected) {
            LoggerFactory.getLogger(Winback.class).error("{} failed", line.getFirst(), unexpected);
            Console.progress().say("winback " + line.getFirst() + ": " + unexpected);
            return 1;
        }
    }

    /** The launcher prints the same file without a build. */
    private static String usage() {
        try (InputStream text = Objects.requireNonNull(Winback.class.getResourceAsStream("usage.txt"))) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the usage", e);
        }
    }

    private static boolean isBare(List<String> rest, String option) {
        int next = rest.indexOf(option) + 1;
        return next >= rest.size() || !Set.of("true", "false").contains(rest.get(next));
    }

    private static boolean isLast(List<String> rest, String option) {
        int next = rest.indexOf(option) + 1;
        return next >= rest.size() || rest.get(next).startsWith("--");
    }

    static Path dataDir(Arguments arguments) {
        return Path.of(arguments.option("data").orElse("data")).toAbsolutePath().normalize();
    }

    private static Set<String> with(Set<String> some, String... more) {
        return union(some, Set.of(more));
    }

    private static Set<String> union(Set<String> some, Set<String> more) {
        Set<String> all = new HashSet<>(some);
        all.addAll(more);
        return all;
    }
}
