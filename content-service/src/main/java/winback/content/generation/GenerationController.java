package winback.content.generation;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import winback.chassis.problems.Problem;
import winback.chassis.problems.Problem.Fault;
import winback.content.PageCursor;
import winback.content.campaigns.Briefs;
import winback.content.campaigns.Campaign;
import winback.content.campaigns.Campaigns;
import winback.content.drafts.Generator;
import winback.content.drafts.Request;
import winback.content.drafts.Strategy;
import winback.content.drafts.Style;
import winback.content.generation.GenerationTables.Row;
import winback.content.llm.Call;
import winback.content.llm.CallTables;
import winback.content.response.Ranker;

@RestController
@RequestMapping("/v1/campaigns/{campaignId}/generations")
@Tag(name = "Generations")
class GenerationController {

    private static final int USUAL = 60;
    private static final int MOST = 100;
    private static final double MOST_SHARE = 1000;
    private static final List<String> STAGES = List.of("lapsed", "lost");

    /**
     * @param count 1 to 100; 60 by default
     * @param seed another one for other mails; by default one that has not been used
     * @param style what is absent is the brief's
     * @param vary whether a third is livelier and a third calmer than the style, so that answers tell for whom which is
     *     right; true by default
     * @param shares of strategies, in any unit; absent for what has been learned, or evenly
     * @param generator absent for the best that there is
     */
    record Form(
            @Nullable Integer count,
            @Nullable Long seed,
            @Nullable String stage,
            @Nullable StyleForm style,
            @Nullable Boolean vary,
            @Nullable Map<String, @Nullable Double> shares,
            @Nullable String generator) {

        static final Form USUAL = new Form(null, null, null, null, null, null, null);
    }

    /** Each in [0, 1]. */
    record StyleForm(
            @Nullable Double formality,
            @Nullable Double warmth,
            @Nullable Double energy,
            @Nullable Double length,
            @Nullable Double emoji) {

        static final StyleForm OF_BRIEF = new StyleForm(null, null, null, null, null);
    }

    record GenerationPage(List<Row> generations, @Nullable String nextCursor) {}

    record CallList(List<Call> calls) {}

    private final Generations generations;
    private final GenerationTables tables;
    private final Generators generators;
    private final Briefs briefs;
    private final Campaigns campaigns;
    private final CallTables calls;
    private final Ranker ranker;

    GenerationController(
            Generations generations,
            GenerationTables tables,
            Generators generators,
            Briefs briefs,
            Campaigns campaigns,
            CallTables calls,
            Ranker ranker) {
        this.generations = generations;
        this.tables = tables;
        this.generators = generators;
        this.briefs = briefs;
        this.campaigns = campaigns;
        this.calls = calls;
        this.ranker = ranker;
    }

    @PostMapping
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(
            summary = "Have drafts written from the campaign's brief",
            description = "202 and the generation, which is worked on behind the path; what it writes is judged by the"
                    + " gate and joins the campaign's drafts.")
    ResponseEntity<Row> create(@PathVariable String campaignId, @RequestBody(required = false) @Nullable Form given) {
        Campaign campaign = campaigns.get(campaignId);
        Briefs.Kept brief = briefs.of(campaignId)
                .orElseThrow(() -> Problem.conflict("no-brief", "This campaign was created without a brief."));
        Form form = given == null ? Form.USUAL : given;
        List<Fault> faults = new ArrayList<>();
        int count = form.count() == null ? USUAL : form.count();
        if (!(count >= 1 && count <= MOST)) {
            faults.add(new Fault("count", "out-of-range", "1 to " + MOST));
        }
        String stage = form.stage() == null ? STAGES.getFirst() : form.stage();
        if (!STAGES.contains(stage)) {
            faults.add(new Fault("stage", "wrong-value", "lapsed or lost"));
        }
        Map<Strategy, Double> shares = shares(form.shares(), faults);
        Style style = style(form.style() == null ? StyleForm.OF_BRIEF : form.style(), brief, faults);
        Generator generator = form.generator() == null
                ? generators.usual()
                : generators.find(form.generator()).orElse(null);
        if (generator == null) {
            faults.add(new Fault("generator", "wrong-value", String.join(" or ", generators.names())));
        }
        if (generator == null || !faults.isEmpty()) {
            throw Problem.invalid(
                    faults.getFirst().field() + ": " + faults.getFirst().detail(), faults);
        }
        long seed = form.seed() == null ? tables.count(campaignId) + 1 : form.seed();
        ObjectNode asked = JsonMapper.shared().createObjectNode();
        asked.put("count", count);
        asked.put("seed", seed);
        asked.put("stage", stage);
        asked.putObject("style")
                .put("formality", style.formality())
                .put("warmth", style.warmth())
                .put("energy", style.energy())
                .put("length", style.length())
                .put("emoji", style.emoji());
        boolean vary = form.vary() == null || form.vary();
        asked.put("vary", vary);
        if (!shares.isEmpty()) {
            ObjectNode said = asked.putObject("shares");
            shares.forEach((strategy, share) -> said.put(strategy.word(), share));
        }
        asked.put("generator", generator.name());
        UUID id = generations.start(
                campaignId,
                brief,
                generator,
                new Request(campaign.settings().language(), count, seed, style, stage).with(shares),
                vary,
                asked);
        return ResponseEntity.accepted()
                .location(URI.create("/v1/campaigns/" + campaignId + "/generations/" + id))
                .body(get(campaignId, id));
    }

    /** As given, made to sum to 1; what has been learned where none are. */
    private Map<Strategy, Double> shares(@Nullable Map<String, @Nullable Double> given, List<Fault> faults) {
        if (given == null) {
            return ranker.shares();
        }
        Map<Strategy, Double> shares = new EnumMap<>(Strategy.class);
        given.forEach((word, share) -> {
            Strategy strategy = Stream.of(Strategy.values())
                    .filter(one -> one.word().equals(word))
                    .findFirst()
                    .orElse(null);
            if (strategy == null) {
                faults.add(new Fault("shares." + word, "wrong-value", "is no strategy"));
            } else if (share == null || !(share >= 0 && share <= MOST_SHARE)) {
                faults.add(new Fault("shares." + word, "out-of-range", "0 to " + (int) MOST_SHARE));
            } else {
                shares.put(strategy, share);
            }
        });
        double sum = shares.values().stream().mapToDouble(Double::doubleValue).sum();
        if (sum == 0 && faults.isEmpty()) {
            faults.add(new Fault("shares", "out-of-range", "at least one above 0"));
        }
        shares.replaceAll((strategy, share) -> share / sum);
        return shares;
    }

    private static Style style(StyleForm form, Briefs.Kept brief, List<Fault> faults) {
        Style usual = Style.of(brief.brief().tone());
        return new Style(
                share("formality", form.formality(), usual.formality(), faults),
                share("warmth", form.warmth(), usual.warmth(), faults),
                share("energy", form.energy(), usual.energy(), faults),
                share("length", form.length(), usual.length(), faults),
                share("emoji", form.emoji(), usual.emoji(), faults));
    }

    private static double share(String field, @Nullable Double given, double otherwise, List<Fault> faults) {
        if (given == null) {
            return otherwise;
        }
        if (!(given >= 0 && given <= 1)) {
            faults.add(new Fault("style." + field, "out-of-range", "0 to 1"));
        }
        return given;
    }

    @GetMapping
    @Operation(summary = "The generations of a campaign, newest first")
    GenerationPage list(
            @PathVariable String campaignId,
            @RequestParam(defaultValue = "20") int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        campaigns.get(campaignId);
        if (!(limit >= 1 && limit <= 100)) {
            throw Problem.invalid("limit", "out-of-range", "1 to 100");
        }
        List<Row> found = tables.list(campaignId, PageCursor.before(cursor), limit + 1);
        List<Row> page = found.stream().limit(limit).toList();
        return new GenerationPage(
                page, found.size() > limit ? page.getLast().createdAt().toString() : null);
    }

    @GetMapping("/{generationId}")
    @Operation(summary = "How far a generation is, and what came of it")
    Row get(@PathVariable String campaignId, @PathVariable UUID generationId) {
        return tables.find(campaignId, generationId)
                .orElseThrow(
                        () -> Problem.notFound("unknown-generation", "There is no such generation of this campaign."));
    }

    @GetMapping("/{generationId}/calls")
    @Operation(
            summary = "What a model was asked for a generation, and what it answered",
            description = "Empty for the composer. Each attempt is kept with its outcome, tokens and cost.")
    CallList calls(@PathVariable String campaignId, @PathVariable UUID generationId) {
        get(campaignId, generationId);
        return new CallList(calls.of(generationId));
    }
}
