package winback.standalone.orders;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.standalone.cli.Arguments;
import winback.standalone.cli.CommandFailed;
import winback.standalone.cli.Console;
import winback.standalone.cli.Table;
import winback.standalone.cli.WrongCommandLine;
import winback.standalone.orders.OrdersImport.Outcome;
import winback.standalone.platform.Api;
import winback.standalone.platform.Instance;
import winback.standalone.platform.Service;

/** {@code ./winback import FILE}: brings purchases, events or subscribers into the running platform. */
public final class ImportCommand {

    /** Options of this verb that are parameters of {@code POST /v1/imports} under another spelling. */
    private static final Map<String, String> PARAMETERS = Map.ofEntries(
            Map.entry("kind", "kind"),
            Map.entry("shift-days", "shiftDays"),
            Map.entry("consent", "consent"),
            Map.entry("consent-source", "consentSource"),
            Map.entry("email-pattern", "emailPattern"),
            Map.entry("timezone", "timezone"),
            Map.entry("currency", "currency"),
            Map.entry("event", "event"),
            Map.entry("type", "type"),
            Map.entry("decimal", "decimal"),
            Map.entry("name", "name"));

    private static final int SHOWN_REJECTIONS = 10;
    /** What a request line has room for, once encoded. */
    private static final int MAX_MAPPING = 6000;

    private static final JsonMapper JSON = JsonMapper.shared();

    private ImportCommand() {}

    /** Exit code 0 when the import is done, 1 when it failed. */
    public static int run(Path dataDir, Arguments arguments) {
        String path = arguments.word(0, "the file to import");
        arguments.atMost(1);
        arguments.number("shift-days", 0);
        Console console = Console.progress();
        Optional<String> resumed = arguments.option("resume");
        Path file = Path.of(path);
        Map<String, List<String>> parameters = resumed.isPresent() ? Map.of() : parameters(arguments, path, console);
        if (!Files.isRegularFile(file)) {
            throw new WrongCommandLine("There is no file " + path + ".");
        }
        long began = System.nanoTime();
        try (Api api = Instance.require(dataDir).api(dataDir)) {
            OrdersImport work = new OrdersImport(api, console);
            Outcome outcome = resumed.isPresent() ? work.resume(file, resumed.get()) : work.run(file, parameters);
            close(console, dataDir, outcome, api, began);
            return outcome.done() && !outcome.isUseless() ? 0 : 1;
        }
    }

    private static void close(Console console, Path dataDir, Outcome outcome, Api api, long beganNanos) {
        double seconds = (System.nanoTime() - beganNanos) / 1e9;
        console.say("Import %s %s after %s.", outcome.importId(), outcome.state(), Console.since(beganNanos));
        console.say(new Table()
                .row("rows", number(outcome.read()))
                .row("accepted", number(outcome.accepted()))
                .row("rejected", number(outcome.rejected()))
                .row("known already", number(outcome.duplicates()))
                .row("too old, or of erased subscribers", number(outcome.dropped()))
                .row("rows/s", number(Math.round(outcome.read() / Math.max(seconds, 0.1))))
                .toString());
        outcome.rejections(SHOWN_REJECTIONS).forEach(console::say);
        if (outcome.rejected() > 0) {
            console.say("All rejected rows, with column and reason:");
            console.say(
                    "  curl -H \"Authorization: Bearer $(./winback key --data %s)\" %s/v1/imports/%s/rejections",
                    dataDir, api.url(Service.PROFILE), outcome.importId());
        }
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** What the options and the mapping file say, the layout of a table inferred where they do not. */
    private static Map<String, List<String>> parameters(Arguments arguments, String path, Console console) {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        PARAMETERS.forEach((option, parameter) -> {
            if (!arguments.all(option).isEmpty()) {
                parameters.put(parameter, arguments.all(option));
            }
        });
        JsonNode mapping = mapping(arguments.option("mapping").orElse(null));
        if (parameters.containsKey("consent")
                && !parameters.containsKey("consentSource")
                && !mapping.has("consentSource")) {
            throw new WrongCommandLine("--consent needs --consent-source: where the consent was given.");
        }
        if (!mapping.isEmpty()) {
            parameters.put("mapping", List.of(mapping.toString()));
        }
        String format = arguments
                .option("format")
                .or(() -> Optional.ofNullable(mapping.path("format").asString(null)))
                .orElseGet(() -> format(Path.of(path)));
        parameters.put("format", List.of(format));
        if (!format.equals("csv")) {
            arguments.option("columns").ifPresent(columns -> parameters.put("columns", List.of(columns)));
            arguments.option("charset").ifPresent(charset -> parameters.put("charset", List.of(charset)));
            return parameters;
        }
        String kind = arguments.option("kind").orElse(mapping.path("kind").asString("purchases"));
        String columns = arguments.option("columns").orElse(columns(mapping));
        if (columns == null && !kind.equals("purchases")) {
            throw new WrongCommandLine("--columns or --mapping says which column of the " + kind
                    + " is what, such as --columns subscriber=id,email=mail.");
        }
        OrdersFile file = OrdersFile.inspect(
                Path.of(path),
                arguments.option("delimiter").orElse(mapping.path("delimiter").asString(null)),
                header(arguments)
                        .or(() -> mapping.has("header")
                                ? Optional.of(mapping.get("header").asString("").equals("true"))
                                : Optional.empty())
                        .orElse(null),
                columns,
                arguments.option("charset").orElse(mapping.path("charset").asString(null)));
        file.inferred().ifPresent(console::say);
        if (!mapping.has("columns") || arguments.option("columns").isPresent()) {
            parameters.put("columns", List.of(file.columns()));
        }
        parameters.put("header", List.of(Boolean.toString(file.header())));
        parameters.put("delimiter", List.of(file.delimiter()));
        file.charset().ifPresent(charset -> parameters.put("charset", List.of(charset)));
        return parameters;
    }

    private static JsonNode mapping(@Nullable String path) {
        if (path == null) {
            return JSON.createObjectNode();
        }
        try {
            JsonNode mapping = JSON.readTree(Files.readAllBytes(Path.of(path)));
            if (!mapping.isObject() || mapping.isEmpty()) {
                throw new WrongCommandLine("--mapping " + path + " is no JSON object.");
            }
            if (Api.encoded(mapping.toString()).length() > MAX_MAPPING) {
                throw new WrongCommandLine("--mapping " + path + " is too large; map fewer columns.");
            }
            return mapping;
        } catch (JacksonException malformed) {
            var place = malformed.getLocation();
            throw new WrongCommandLine(
                    "--mapping %s is no JSON: line %d, column %d"
                            .formatted(
                                    path,
                                    place == null ? 1 : place.getLineNr(),
                                    place == null ? 1 : place.getColumnNr()),
                    malformed);
        } catch (IOException unreadable) {
            throw new WrongCommandLine("Cannot read --mapping " + path + ".", unreadable);
        }
    }

    private static @Nullable String columns(JsonNode mapping) {
        return mapping.has("columns")
                ? mapping.get("columns").properties().stream()
                        .map(column -> column.getKey() + "=" + column.getValue().asString(""))
                        .collect(Collectors.joining(","))
                : null;
    }

    /** By the name, else by the first character. */
    private static String format(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.matches(".*\\.(ndjson|jsonl)(\\.gz)?")) {
            return "ndjson";
        }
        if (!Files.isRegularFile(file)) {
            throw new WrongCommandLine(
                    Files.isDirectory(file) ? file + " is a directory." : "There is no file " + file + ".");
        }
        try (InputStream text = new BufferedInputStream(OrdersFile.open(file))) {
            int first = text.read();
            while (first == ' ' || first == '\n' || first == '\r' || first == '\t') {
                first = text.read();
            }
            return first == '{' ? "ndjson" : "csv";
        } catch (IOException unreadable) {
            throw new CommandFailed("Cannot read " + file + ": " + unreadable.getMessage(), unreadable);
        }
    }

    private static Optional<Boolean> header(Arguments arguments) {
        return arguments.truth("no-header").map(no -> !no).or(() -> arguments.truth("header"));
    }

    /** The file's layout as the options say, the rest inferred. */
    public static OrdersFile inspect(Arguments arguments, String file) {
        return OrdersFile.inspect(
                Path.of(file),
                arguments.option("delimiter").orElse(null),
                header(arguments).orElse(null),
                arguments.option("columns").orElse(null),
                arguments.option("charset").orElse(null));
    }
}
