package winback.content.decisions;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;
import winback.content.decisions.DecisionTables.Recorded;
import winback.content.generation.LastLook;
import winback.content.templates.RenderedMail;
import winback.contracts.ContentDecided;

@RestController
@RequestMapping("/v1/decisions")
@Tag(name = "Decisions")
class DecisionController {

    /** A mail as delivery sends it. */
    record MailView(
            String decisionId,
            String subscriberId,
            String campaignId,
            @Nullable String variantId,
            @Nullable Integer variantVersion,
            String subject,
            String preheader,
            String html,
            String text) {}

    private final DecisionTables tables;
    private final RecentDecisions recent;
    private final Personalizer personalizer;
    private final Recording recording;
    private final LastLook lastLook;

    DecisionController(
            DecisionTables tables,
            RecentDecisions recentDecisions,
            Personalizer personalizer,
            Recording recording,
            LastLook lastLook) {
        this.tables = tables;
        this.recent = recentDecisions;
        this.personalizer = personalizer;
        this.recording = recording;
        this.lastLook = lastLook;
    }

    @GetMapping("/{decisionId}")
    @Operation(summary = "A decision and what became of it")
    Recorded get(@PathVariable String decisionId) {
        return tables.find(decisionId).orElseGet(() -> {
            EncodedDecision decision = recent.get(decisionId);
            if (decision == null) {
                throw unknown();
            }
            return new Recorded(decision.decision(), null, null, null, null);
        });
    }

    @GetMapping("/{decisionId}/mail")
    @Operation(summary = "The mail of a decision, rendered again byte for byte")
    MailView mail(
            @PathVariable String decisionId,
            @Parameter(description = "whether it is to leave now: then 410 if it is no longer true")
                    @RequestParam(defaultValue = "false")
                    boolean due) {
        EncodedDecision known = recent.get(decisionId);
        ContentDecided decision = known == null
                ? tables.find(decisionId).map(Recorded::decision).orElseThrow(this::unknown)
                : known.decision();
        if (due && decision.variantId() != null && !lastLook.stands(decision.campaignId(), decision.variantId())) {
            throw Problem.of(
                    HttpStatus.GONE,
                    "mail-withdrawn",
                    "The gate no longer lets this mail pass: an offer has ended, or the brief has changed.");
        }
        RenderedMail mail = personalizer.render(decision);
        return new MailView(
                decision.decisionId(),
                decision.subscriberId(),
                decision.campaignId(),
                decision.variantId(),
                decision.variantVersion(),
                mail.subject(),
                mail.preheader(),
                mail.html(),
                mail.text());
    }

    /** Who asks for a mail that is due must not be told that it does not exist while it is only on its way. */
    private Problem unknown() {
        if (recording.isBehind()) {
            return Problem.away(
                    "decisions-on-their-way", "Many decisions are still being recorded; this may be one of them.");
        }
        return Problem.notFound("unknown-decision", "There is no such decision.");
    }
}
