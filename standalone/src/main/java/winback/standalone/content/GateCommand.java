package winback.standalone.content;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.content.brief.Brief;
import winback.content.drafts.DraftReader;
import winback.content.gate.Finding;
import winback.content.gate.Gate;
import winback.content.gate.Verdict;
import winback.standalone.cli.Arguments;
import winback.standalone.cli.CommandFailed;

/** {@code gate FILE.ndjson}: a verdict a line, in the order of the file. */
public final class GateCommand {

    private GateCommand() {}

    /** 0 when every draft passed, 1 when one was blocked. */
    public static int run(Arguments arguments, Clock clock, PrintStream out) {
        String name = arguments.word(0, "the file of drafts, one JSON a line");
        arguments.atMost(1);
        LocalDate today = LocalDate.now(clock);
        Brief brief = Briefs.of(arguments, today);
        Gate gate = new Gate(brief, today);
        Map<String, Integer> codes = new LinkedHashMap<>();
        Map<String, Integer> lineOf = new HashMap<>();
        int number = 0;
        int judged = 0;
        int blocked = 0;
        try (HandedIn lines = HandedIn.open(Path.of(name))) {
            for (HandedIn.Line line = lines.next(); line != null; line = lines.next()) {
                number = line.number();
                if (line.text().filter(String::isBlank).isPresent()) {
                    continue;
                }
                Verdict verdict = judge(gate, line, lineOf);
                judged++;
                blocked += verdict.passes() ? 0 : 1;
                verdict.codes().stream()
                        .map(Finding::code)
                        .distinct()
                        .forEach(code -> codes.merge(code, 1, Integer::sum));
                if (arguments.flag("json")) {
                    out.println(JsonMapper.shared().writeValueAsString(verdict));
                } else {
                    out.printf("%s: %s, rubric %d%n", verdict.id(), verdict.verdict(), verdict.rubric());
                    verdict.codes()
                            .forEach(code -> out.printf("  %s at %s: %s%n", code.code(), code.place(), code.detail()));
                }
            }
        } catch (NoSuchFileException missing) {
            throw new CommandFailed("there is no file " + name);
        } catch (IOException unreadable) {
            throw new CommandFailed(
                    "cannot read " + name + " at line " + (number + 1) + ": " + unreadable.getMessage());
        }
        if (judged == 0) {
            throw new CommandFailed("there is no draft in " + name);
        }
        if (!arguments.flag("json")) {
            out.printf("%d drafts, %d blocked %s%n", judged, blocked, codes);
        }
        return blocked == 0 ? 0 : 1;
    }

    /** A line that is no draft is blocked, and the others are still read. */
    private static Verdict judge(Gate gate, HandedIn.Line line, Map<String, Integer> lineOf) {
        String place = "line " + line.number();
        String id = Integer.toString(line.number());
        if (line.text().isEmpty()) {
            return Verdict.unreadable(id, place, "is not UTF-8");
        }
        try {
            JsonNode json = HandedIn.json(line.text().get());
            id = DraftReader.id(json, id);
            Integer before = lineOf.putIfAbsent(id, line.number());
            if (before != null) {
                return Verdict.unreadable(id, place, "the id " + id + " stands in line " + before + " already");
            }
            return gate.judge(DraftReader.read(json, id));
        } catch (JacksonException malformed) {
            return Verdict.unreadable(id, place, "not JSON: " + HandedIn.complaint(malformed));
        } catch (IllegalArgumentException noDraft) {
            return Verdict.unreadable(id, place, String.valueOf(noDraft.getMessage()));
        }
    }
}
