package winback.content.runs;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;
import winback.content.PageCursor;
import winback.content.cache.FeatureCache;
import winback.content.campaigns.Campaign;
import winback.content.campaigns.Campaigns;
import winback.content.runs.Run.Counts;
import winback.content.runs.Run.Progress;
import winback.content.runs.Run.State;

@RestController
@RequestMapping("/v1/campaigns/{campaignId}/runs")
@Tag(name = "Campaign runs")
class RunController {

    /**
     * @param audience absent for everybody who agreed to marketing mail
     * @param dryRun default false; true counts, shows a sample and decides nothing
     */
    record Request(
            Audience.@Nullable Form audience, @Nullable Boolean dryRun) {}

    /** A run as callers see it. */
    record RunView(
            UUID runId,
            String campaignId,
            Audience audience,
            @Nullable Long cap,
            String state,
            @Nullable String reason,
            Instant createdAt,
            @Nullable Instant finishedAt,
            double done,
            Counts counts) {

        static RunView of(Run run) {
            return new RunView(
                    run.runId(),
                    run.campaignId(),
                    run.audience(),
                    run.cap(),
                    run.state().name().toLowerCase(Locale.ROOT),
                    run.reason(),
                    run.createdAt(),
                    run.finishedAt(),
                    run.progress().done(),
                    run.progress().counts());
        }
    }

    record RunPage(List<RunView> runs, @Nullable String nextCursor) {}

    private static final Set<State> OPEN = Set.of(State.RUNNING, State.PAUSED);

    private final Campaigns campaigns;
    private final RunTables tables;
    private final Runner runner;
    private final Preview preview;
    private final FeatureCache subscribers;
    private final Clock clock;

    RunController(
            Campaigns campaigns,
            RunTables tables,
            Runner runner,
            Preview preview,
            FeatureCache subscribers,
            Clock clock) {
        this.campaigns = campaigns;
        this.tables = tables;
        this.runner = runner;
        this.preview = preview;
        this.subscribers = subscribers;
        this.clock = clock;
    }

    @PostMapping
    @Operation(
            summary = "Decide for a whole audience, or count it",
            description = "With dryRun: 200 and the counts. Else 202 and the run, which is worked on behind the path;"
                    + " a campaign has one open run at a time.")
    @ApiResponse(
            responseCode = "202",
            description = "The run",
            content = @Content(schema = @Schema(implementation = RunView.class)))
    @ApiResponse(
            responseCode = "200",
            description = "What a run would meet, with dryRun",
            content = @Content(schema = @Schema(implementation = Preview.Counted.class)))
    ResponseEntity<?> create(@PathVariable String campaignId, @RequestBody Request request, HttpServletRequest http) {
        Campaign campaign = campaigns.get(campaignId);
        refuseWithoutVariants(campaign);
        Audience.Form form = request.audience() == null ? Audience.Form.ALL : request.audience();
        Audience audience = form.check();
        if (Boolean.TRUE.equals(request.dryRun())) {
            return ResponseEntity.ok(preview.everywhere(campaign, audience, form.cap(), http, request));
        }
        Run run = new Run(
                UUID.randomUUID(),
                campaignId,
                audience,
                form.cap(),
                State.RUNNING,
                null,
                clock.instant().truncatedTo(ChronoUnit.MICROS),
                null,
                new Progress(0, new Counts(0, 0, 0, 0, 0, 0, 0, 0)));
        tables.create(run, subscribers.partitions());
        runner.wakeUp();
        return ResponseEntity.accepted()
                .location(URI.create("/v1/campaigns/" + campaignId + "/runs/" + run.runId()))
                .body(RunView.of(run));
    }

    @GetMapping
    @Operation(summary = "The runs of a campaign, newest first")
    RunPage list(
            @PathVariable String campaignId,
            @RequestParam(defaultValue = "20") int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        if (!(limit >= 1 && limit <= 100)) {
            throw Problem.invalid("limit", "out-of-range", "1 to 100");
        }
        campaigns.get(campaignId);
        List<Run> runs = tables.list(campaignId, PageCursor.before(cursor), limit + 1);
        List<RunView> page = runs.stream().limit(limit).map(RunView::of).toList();
        return new RunPage(
                page, runs.size() > limit ? page.getLast().createdAt().toString() : null);
    }

    @GetMapping("/{runId}")
    @Operation(summary = "How far a run is")
    RunView get(@PathVariable String campaignId, @PathVariable UUID runId) {
        return RunView.of(find(campaignId, runId));
    }

    private Run find(String campaignId, UUID runId) {
        return tables.find(campaignId, runId)
                .orElseThrow(() -> Problem.notFound("unknown-run", "There is no such run of this campaign."));
    }

    @PostMapping("/{runId}/pause")
    @Operation(summary = "Stop deciding until it is resumed; what was decided stays scheduled")
    RunView pause(@PathVariable String campaignId, @PathVariable UUID runId) {
        return change(campaignId, runId, OPEN, State.PAUSED);
    }

    @PostMapping("/{runId}/resume")
    @Operation(summary = "Go on where it was paused")
    RunView resume(@PathVariable String campaignId, @PathVariable UUID runId) {
        refuseWithoutVariants(campaigns.get(campaignId));
        return change(campaignId, runId, OPEN, State.RUNNING);
    }

    @PostMapping("/{runId}/cancel")
    @Operation(summary = "Stop deciding for good; what was decided stays scheduled")
    RunView cancel(@PathVariable String campaignId, @PathVariable UUID runId) {
        return change(campaignId, runId, Set.of(State.RUNNING, State.PAUSED, State.CANCELLED), State.CANCELLED);
    }

    private static void refuseWithoutVariants(Campaign campaign) {
        if (campaign.live().isEmpty()) {
            throw Problem.conflict("no-live-variant", "No variant of this campaign is live.");
        }
    }

    private RunView change(String campaignId, UUID runId, Collection<State> from, State to) {
        Run run = find(campaignId, runId);
        if (run.state() != to && !tables.change(runId, from, to, null, clock.instant())) {
            throw Problem.conflict(
                    "run-over", "The run is over: it is " + run.state().name().toLowerCase(Locale.ROOT) + ".");
        }
        runner.wakeUp();
        return RunView.of(find(campaignId, runId));
    }
}
