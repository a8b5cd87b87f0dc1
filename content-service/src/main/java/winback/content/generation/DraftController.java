package winback.content.generation;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import winback.chassis.problems.Problem;
import winback.content.brief.Brief;
import winback.content.brief.BriefReader;
import winback.content.brief.FaultyBrief;
import winback.content.drafts.DraftReader;
import winback.content.gate.Gate;
import winback.content.gate.Verdict;

@RestController
@Tag(name = "Drafts")
class DraftController {

    private static final int MOST_DRAFTS = 500;

    /** What is to be judged, and by which brief. */
    record Validations(@Nullable JsonNode brief, @Nullable List<@Nullable JsonNode> drafts) {}

    record Verdicts(List<Verdict> verdicts) {}

    private final Clock clock;
    private final ZoneId zone;

    DraftController(Clock clock, @Value("${winback.zone:UTC}") ZoneId zone) {
        this.clock = clock;
        this.zone = zone;
    }

    @PostMapping("/v1/drafts/validations")
    @Operation(summary = "What the gate says of drafts; nothing is kept")
    Verdicts validate(@RequestBody Validations request) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), zone);
        List<JsonNode> drafts = drafts(request.drafts());
        Gate gate = new Gate(brief(request.brief(), today), today);
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < drafts.size(); i++) {
            try {
                verdicts.add(gate.judge(DraftReader.read(drafts.get(i), i + 1L)));
            } catch (IllegalArgumentException noDraft) {
                throw Problem.invalid("drafts[" + i + "]", "wrong-draft", String.valueOf(noDraft.getMessage()));
            }
        }
        return new Verdicts(verdicts);
    }

    private static List<JsonNode> drafts(@Nullable List<@Nullable JsonNode> given) {
        if (given == null || given.isEmpty()) {
            throw Problem.invalid("drafts", "missing", "at least one draft");
        }
        if (given.size() > MOST_DRAFTS) {
            throw Problem.invalid("drafts", "too-many", "at most " + MOST_DRAFTS);
        }
        List<JsonNode> drafts = new ArrayList<>();
        for (JsonNode draft : given) {
            if (draft == null) {
                throw Problem.invalid("drafts[" + drafts.size() + "]", "missing", "is null");
            }
            drafts.add(draft);
        }
        return drafts;
    }

    private static Brief brief(@Nullable JsonNode json, LocalDate today) {
        if (json == null) {
            throw Problem.invalid("brief", "missing", "is required");
        }
        try {
            return BriefReader.read(json, today);
        } catch (FaultyBrief faulty) {
            throw Problem.invalid(
                    "brief." + faulty.getMessage(),
                    faulty.faults().stream()
                            .map(fault -> new Problem.Fault("brief." + fault.field(), fault.code(), fault.detail()))
                            .toList());
        }
    }
}
