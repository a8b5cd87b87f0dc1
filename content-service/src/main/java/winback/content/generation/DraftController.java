package winback.content.generation;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import winback.chassis.problems.Problem;
import winback.content.brief.Brief;
import winback.content.brief.BriefReader;
import winback.content.brief.FaultyBrief;
import winback.content.campaigns.Briefs;
import winback.content.campaigns.Campaign;
import winback.content.campaigns.Campaigns;
import winback.content.drafts.Attributes;
import winback.content.drafts.Draft;
import winback.content.drafts.DraftReader;
import winback.content.gate.Gate;
import winback.content.gate.Verdict;
import winback.content.templates.RenderedMail;

@RestController
@Tag(name = "Drafts")
class DraftController {

    private static final int MOST_DRAFTS = 500;
    private static final int LONGEST_NAME = 100;
    private static final Set<State> GOALS = EnumSet.of(State.APPROVED, State.LIVE, State.RETIRED);

    /** What is to be judged, and by which brief. */
    record Validations(@Nullable JsonNode brief, @Nullable List<@Nullable JsonNode> drafts) {}

    record Verdicts(List<Verdict> verdicts) {}

    /**
     * A campaign's brief.
     *
     * @param brief as it was handed in
     */
    record BriefView(int version, Instant writtenAt, JsonNode brief) {}

    /**
     * A brief that was changed.
     *
     * @param toRead ids of approved and live drafts that stay, and may say in other words what the brief says no longer
     */
    record NewBrief(int version, Instant writtenAt, JsonNode brief, List<String> toRead) {}

    /**
     * @param generator {@code composer}, {@code person}, or the model that wrote it
     * @param steps absent in lists
     */
    record DraftView(
            String draftId,
            String state,
            String generator,
            @Nullable UUID generationId,
            String language,
            String subject,
            String preheader,
            String html,
            String text,
            RenderedMail.Cta cta,
            String ps,
            @Nullable Attributes attributes,
            Verdict verdict,
            int briefVersion,
            @Nullable String approvedBy,
            Instant createdAt,
            @Nullable List<StepView> steps) {

        static DraftView of(KeptDraft kept, @Nullable List<DraftTables.Step> steps) {
            Draft draft = kept.draft();
            return new DraftView(
                    draft.id(),
                    kept.state().word(),
                    kept.generator(),
                    kept.generationId(),
                    draft.language(),
                    draft.source().subject(),
                    draft.source().preheader(),
                    draft.source().html(),
                    draft.source().text(),
                    new RenderedMail.Cta(
                            draft.source().ctaLabel(), draft.source().ctaUrl()),
                    draft.source().ps(),
                    draft.attributes(),
                    kept.verdict(),
                    kept.briefVersion(),
                    kept.approvedBy(),
                    kept.createdAt(),
                    steps == null
                            ? null
                            : steps.stream()
                                    .map(step ->
                                            new StepView(step.at(), step.state().word(), step.by(), step.reason()))
                                    .toList());
        }
    }

    record StepView(
            Instant at, String state, String by, @Nullable String reason) {}

    /** @param counts of the campaign's drafts in each state */
    record DraftPage(
            Map<String, Integer> counts,
            List<DraftView> drafts,
            @Nullable String nextCursor) {}

    /**
     * @param to {@code approved}, {@code live} or {@code retired}
     * @param by who decides
     */
    record Moves(
            @Nullable String to,
            @Nullable List<@Nullable String> drafts,
            @Nullable String by,
            @Nullable String reason) {}

    record Moved(List<Drafts.Moved> drafts) {}

    private final Drafts drafts;
    private final DraftTables tables;
    private final Briefs briefs;
    private final Campaigns campaigns;
    private final Adaptation adaptation;

    DraftController(Drafts drafts, DraftTables tables, Briefs briefs, Campaigns campaigns, Adaptation adaptation) {
        this.drafts = drafts;
        this.tables = tables;
        this.briefs = briefs;
        this.campaigns = campaigns;
        this.adaptation = adaptation;
    }

    @PostMapping("/v1/drafts/validations")
    @Operation(summary = "What the gate says of drafts; nothing is kept")
    Verdicts validate(@RequestBody Validations request) {
        LocalDate today = briefs.today();
        List<JsonNode> given = given(request.drafts());
        if (request.brief() == null) {
            throw Problem.invalid("brief", "missing", "is required");
        }
        Gate gate = new Gate(read(request.brief(), today, FaultyBrief::faultsWithin), today);
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            String number = Integer.toString(i + 1);
            try {
                verdicts.add(gate.judge(DraftReader.read(given.get(i), number)));
            } catch (IllegalArgumentException noDraft) {
                // The others are judged all the same.
                verdicts.add(Verdict.unreadable(
                        DraftReader.id(given.get(i), number),
                        "drafts[" + i + "]",
                        String.valueOf(noDraft.getMessage())));
            }
        }
        return new Verdicts(verdicts);
    }

    private static List<JsonNode> given(@Nullable List<@Nullable JsonNode> given) {
        if (given == null || given.isEmpty()) {
            throw Problem.invalid("drafts", "missing", "at least one draft");
        }
        if (given.size() > MOST_DRAFTS) {
            throw Problem.invalid("drafts", "too-many", "at most " + MOST_DRAFTS);
        }
        List<JsonNode> checked = new ArrayList<>();
        for (JsonNode draft : given) {
            if (draft == null) {
                throw Problem.invalid("drafts[" + checked.size() + "]", "missing", "is null");
            }
            checked.add(draft);
        }
        return checked;
    }

    /** @param faults as who handed it in knows their fields */
    private static Brief read(JsonNode json, LocalDate today, Function<FaultyBrief, List<Problem.Fault>> faults) {
        try {
            return BriefReader.read(json, today);
        } catch (FaultyBrief faulty) {
            throw invalid(faults.apply(faulty));
        }
    }

    private static Problem invalid(List<Problem.Fault> faults) {
        return Problem.invalid(
                faults.getFirst().field() + ": " + faults.getFirst().detail(), faults);
    }

    @GetMapping("/v1/campaigns/{campaignId}/brief")
    @Operation(summary = "What the mails of a campaign may say")
    BriefView brief(@PathVariable String campaignId) {
        campaigns.get(campaignId);
        Briefs.Kept kept = briefs.of(campaignId)
                .orElseThrow(() -> Problem.notFound("no-brief", "This campaign was created without a brief."));
        return new BriefView(kept.version(), kept.writtenAt(), kept.json());
    }

    @PutMapping("/v1/campaigns/{campaignId}/brief")
    @Operation(
            summary = "A new version of the brief",
            description = "All drafts are judged by it at once; live ones that it does not allow are retired."
                    + " Where a policy approves, others are written for them; where a person does, toRead names those that"
                    + " may say in other words what the brief says no longer.")
    NewBrief putBrief(@PathVariable String campaignId, @RequestBody JsonNode json) {
        Campaign campaign = campaigns.get(campaignId);
        Brief brief = read(json, briefs.today(), FaultyBrief::faults);
        if (!brief.campaignId().equals(campaignId)) {
            throw Problem.invalid("campaignId", "wrong-value", "differs from the path");
        }
        if (!brief.languages().contains(campaign.settings().language())) {
            throw Problem.invalid("languages", "wrong-value", "lacks the campaign's language");
        }
        List<String> toRead = drafts.putBrief(campaignId, json);
        adaptation.replenish(campaign);
        BriefView now = brief(campaignId);
        return new NewBrief(now.version(), now.writtenAt(), now.brief(), toRead);
    }

    @PostMapping("/v1/campaigns/{campaignId}/drafts")
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Hand in a mail that a person wrote; the gate judges it")
    ResponseEntity<DraftView> create(@PathVariable String campaignId, @RequestBody JsonNode json) {
        Campaign campaign = campaigns.get(campaignId);
        String language = campaign.settings().language();
        Draft draft;
        try {
            draft = DraftReader.read(
                    json, "hand-" + UUID.randomUUID().toString().substring(0, 8), language);
        } catch (IllegalArgumentException noDraft) {
            throw Problem.invalid("draft", "wrong-draft", String.valueOf(noDraft.getMessage()));
        }
        if (!draft.language().equals(language)) {
            throw Problem.invalid("language", "wrong-value", "differs from the campaign's");
        }
        List<Problem.Fault> missing = draft.missing().stream()
                .map(field -> new Problem.Fault(field, "missing", "is required"))
                .toList();
        if (!missing.isEmpty()) {
            throw Problem.invalid("a draft needs " + String.join(", ", draft.missing()), missing);
        }
        List<Problem.Fault> unstorable = draft.withNul().stream()
                .map(field -> new Problem.Fault(field, "control-character", "has a NUL character in it"))
                .toList();
        if (!unstorable.isEmpty()) {
            throw invalid(unstorable);
        }
        if (!Campaigns.isId(draft.id())) {
            throw Problem.invalid("id", "wrong-value", "1 to 64 of A-Z a-z 0-9 . _ -");
        }
        if (drafts.keep(campaignId, "person", null, List.of(draft)).isEmpty()) {
            throw Problem.conflict("draft-exists", "There is a draft " + draft.id() + " of this campaign already.");
        }
        return ResponseEntity.created(URI.create("/v1/campaigns/" + campaignId + "/drafts/" + draft.id()))
                .body(draft(campaignId, draft.id()));
    }

    @GetMapping("/v1/campaigns/{campaignId}/drafts")
    @Operation(summary = "The drafts of a campaign, oldest first")
    DraftPage list(
            @PathVariable String campaignId,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(defaultValue = "100") int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        campaigns.get(campaignId);
        if (!(limit >= 1 && limit <= MOST_DRAFTS)) {
            throw Problem.invalid("limit", "out-of-range", "1 to " + MOST_DRAFTS);
        }
        Set<State> states = state == null ? EnumSet.allOf(State.class) : Set.of(state(state));
        List<KeptDraft> found = tables.list(campaignId, states, position(cursor), limit + 1);
        List<KeptDraft> page = found.stream().limit(limit).toList();
        return new DraftPage(
                new TreeMap<>(tables.counts(campaignId)),
                page.stream().map(kept -> DraftView.of(kept, null)).toList(),
                found.size() > limit ? Long.toString(page.getLast().position()) : null);
    }

    private static long position(@Nullable String cursor) {
        try {
            return cursor == null ? 0 : Long.parseLong(cursor);
        } catch (NumberFormatException none) {
            throw Problem.invalid("cursor", "wrong-value", "a nextCursor of an earlier page");
        }
    }

    private static State state(String word) {
        for (State state : State.values()) {
            if (state.word().equals(word)) {
                return state;
            }
        }
        throw Problem.invalid("state", "wrong-value", "draft, gated, approved, live or retired");
    }

    @GetMapping("/v1/campaigns/{campaignId}/drafts/{draftId}")
    @Operation(summary = "A draft, what the gate says of it, and who brought it where it is")
    DraftView draft(@PathVariable String campaignId, @PathVariable String draftId) {
        return tables.find(campaignId, draftId)
                .map(kept -> DraftView.of(kept, tables.steps(campaignId, draftId)))
                .orElseThrow(() -> Problem.notFound("unknown-draft", "There is no such draft of this campaign."));
    }

    @PostMapping("/v1/campaigns/{campaignId}/drafts/moves")
    @Operation(
            summary = "Approve, publish or retire drafts",
            description = "To live also approves, in the same name. Each draft is answered for by itself.")
    Moved move(@PathVariable String campaignId, @RequestBody Moves request) {
        campaigns.get(campaignId);
        State to = GOALS.stream()
                .filter(goal -> goal.word().equals(request.to()))
                .findFirst()
                .orElseThrow(() -> Problem.invalid("to", "wrong-value", "approved, live or retired"));
        String by = request.by();
        if (by == null || by.isBlank()) {
            throw Problem.invalid("by", "missing", "who decides?");
        }
        line("by", by);
        if (Drafts.MACHINES.contains(by.strip().toLowerCase(Locale.ROOT))) {
            throw Problem.invalid("by", "wrong-value", "is the name of what decides by itself; who are you?");
        }
        line("reason", request.reason());
        List<@Nullable String> ids = request.drafts();
        if (ids == null || ids.isEmpty() || ids.size() > MOST_DRAFTS || ids.contains(null)) {
            throw Problem.invalid("drafts", "wrong-value", "1 to " + MOST_DRAFTS + " ids");
        }
        List<String> draftIds = new ArrayList<>();
        for (String id : ids) {
            if (id != null && !draftIds.contains(id)) {
                draftIds.add(id);
            }
        }
        return new Moved(drafts.move(campaignId, draftIds, to, by, request.reason()));
    }

    private static void line(String field, @Nullable String text) {
        if (text != null && (text.length() > LONGEST_NAME || text.chars().anyMatch(Character::isISOControl))) {
            throw Problem.invalid(field, "wrong-value", "at most " + LONGEST_NAME + " characters, on one line");
        }
    }
}
