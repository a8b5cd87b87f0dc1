package winback.content.generation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import winback.content.campaigns.Briefs;
import winback.content.gate.Gate;

/**
 * Whether a mail that is about to leave still says what is true: between its decision and its delivery an offer may have
 * ended, or the brief may have changed. Of a campaign without a brief only its author knows.
 */
@Component
public class LastLook {

    /** A brief that another instance changed counts after so long at the latest. */
    private static final Duration KNOWN_FOR = Duration.ofSeconds(2);

    /**
     * What a campaign's mails are held to.
     *
     * @param gate absent without a brief
     * @param passed by draft
     */
    private record Rule(
            Instant readAt,
            LocalDate day,
            int version,
            @Nullable Gate gate,
            Map<String, Boolean> passed) {}

    private final Briefs briefs;
    private final Drafts drafts;
    private final Clock clock;
    private final Map<String, Rule> rules = new ConcurrentHashMap<>();

    LastLook(Briefs briefs, Drafts drafts, Clock clock) {
        this.briefs = briefs;
        this.drafts = drafts;
        this.clock = clock;
    }

    /** By today's calendar and the newest brief. */
    public boolean stands(String campaignId, String variantId) {
        Rule rule = rules.compute(campaignId, (id, before) -> current(id, before));
        Gate gate = rule.gate();
        return gate == null || rule.passed().computeIfAbsent(variantId, id -> stands(campaignId, id, gate));
    }

    @EventListener
    void forget(Drafts.BriefPut put) {
        rules.remove(put.campaignId());
    }

    private boolean stands(String campaignId, String draftId, Gate gate) {
        KeptDraft kept = drafts.kept(campaignId, draftId).orElse(null);
        return kept == null
                || !kept.verdict().isOutdated() && gate.judge(kept.draft()).passes();
    }

    private Rule current(String campaignId, @Nullable Rule before) {
        Instant now = clock.instant();
        LocalDate day = briefs.today();
        if (before != null
                && before.day().equals(day)
                && !now.isBefore(before.readAt())
                && now.isBefore(before.readAt().plus(KNOWN_FOR))) {
            return before;
        }
        Briefs.@Nullable Kept brief = briefs.of(campaignId).orElse(null);
        int version = brief == null ? 0 : brief.version();
        if (before != null && before.day().equals(day) && before.version() == version) {
            return new Rule(now, day, version, before.gate(), before.passed());
        }
        return new Rule(
                now, day, version, brief == null ? null : new Gate(brief.brief(), day), new ConcurrentHashMap<>());
    }
}
