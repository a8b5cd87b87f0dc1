package winback.standalone.orders;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import winback.standalone.cli.Arguments;
import winback.standalone.cli.Console;
import winback.standalone.cli.WrongCommandLine;
import winback.standalone.orders.OrdersImport.Outcome;
import winback.standalone.platform.Api;
import winback.standalone.platform.Instance;

/** {@code ./winback import FILE}: brings orders into the running platform. */
public final class ImportCommand {

    /** Options of this verb that are parameters of {@code POST /v1/imports} under another spelling. */
    private static final Map<String, String> PARAMETERS = Map.of(
            "shift-days", "shiftDays",
            "consent", "consent",
            "consent-source", "consentSource",
            "email-pattern", "emailPattern",
            "timezone", "timezone",
            "currency", "currency",
            "event", "event",
            "name", "name");

    private static final int SHOWN_REJECTIONS = 10;

    private ImportCommand() {}

    /** Exit code 0 when the import is done, 1 when it failed. */
    public static int run(Path dataDir, Arguments arguments) {
        String path = arguments.word(0, "the file to import");
        arguments.atMost(1);
        arguments.number("shift-days", 0);
        OrdersFile file = inspect(arguments, path);
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        PARAMETERS.forEach((option, parameter) -> {
            if (!arguments.all(option).isEmpty()) {
                parameters.put(parameter, arguments.all(option));
            }
        });
        if (parameters.containsKey("consent") && !parameters.containsKey("consentSource")) {
            throw new WrongCommandLine("--consent needs --consent-source: where the consent was given.");
        }
        Console console = Console.progress();
        file.inferred().ifPresent(console::say);
        long began = System.nanoTime();
        try (Api api = Instance.require(dataDir).api(dataDir)) {
            Outcome outcome = new OrdersImport(api, console).run(file, parameters);
            console.say(
                    "Import %s %s after %s: %,d rows read, %,d accepted, %,d rejected, %,d known already.",
                    outcome.importId(),
                    outcome.state(),
                    Console.since(began),
                    outcome.read(),
                    outcome.accepted(),
                    outcome.rejected(),
                    outcome.duplicates());
            outcome.rejections(SHOWN_REJECTIONS).forEach(console::say);
            return outcome.done() ? 0 : 1;
        }
    }

    /** The file's layout as the options say, the rest inferred. */
    public static OrdersFile inspect(Arguments arguments, String file) {
        Boolean header = arguments
                .truth("no-header")
                .map(no -> !no)
                .or(() -> arguments.truth("header"))
                .orElse(null);
        return OrdersFile.inspect(
                Path.of(file),
                arguments.option("delimiter").orElse(null),
                header,
                arguments.option("columns").orElse(null),
                arguments.option("charset").orElse(null));
    }
}
