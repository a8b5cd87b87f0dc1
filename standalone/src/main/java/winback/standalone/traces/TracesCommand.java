package winback.standalone.traces;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import winback.standalone.cli.Arguments;
import winback.standalone.cli.WrongCommandLine;
import winback.standalone.platform.Instance;

/** {@code ./winback traces ID [ADDRESS …]}: exit code 0 when nothing is left of any of these, 1 otherwise. */
public final class TracesCommand {

    private TracesCommand() {}

    public static int run(Path dataDir, Arguments arguments) {
        List<String> texts = new ArrayList<>();
        texts.add(arguments.word(0, "the subscriber's id"));
        for (int i = 1; i < arguments.words(); i++) {
            texts.add(arguments.word(i, "an id or an address"));
        }
        if (texts.stream().anyMatch(String::isBlank)) {
            throw new WrongCommandLine("an id or an address is not blank");
        }
        Findings findings = new Traces(dataDir, Instance.require(dataDir).kafka(), texts).search();
        findings.places()
                .forEach((place, count) ->
                        System.out.println(place.startsWith("file ") ? place : "%s: %d".formatted(place, count)));
        System.out.println("%s in %d tables, %d topics and %d files; the database's and the broker's own files are seen"
                        .formatted(
                                findings.places().isEmpty()
                                        ? "Nothing is left"
                                        : "Found at " + findings.places().size() + " places",
                                findings.tables(),
                                findings.topics(),
                                findings.files())
                + " through their tables and topics.");
        return findings.places().isEmpty() ? 0 : 1;
    }
}
