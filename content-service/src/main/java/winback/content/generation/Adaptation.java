package winback.content.generation;

import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import winback.chassis.problems.Problem;
import winback.content.brief.Brief.Approval;
import winback.content.campaigns.Briefs;
import winback.content.campaigns.Campaign;
import winback.content.campaigns.Campaigns;
import winback.content.campaigns.Variant;
import winback.content.drafts.Request;
import winback.content.drafts.Style;
import winback.content.response.Ranker;

/**
 * Where a brief leaves approval to a policy: retires mails that hardly can be the best for any kind of reader, and has
 * others written, more of what works, before none are left. Where a person approves, a person does this.
 */
@Component
class Adaptation {

    private static final Logger log = LoggerFactory.getLogger(Adaptation.class);

    private static final String POLICY = "policy";

    /** With fewer nothing is known. */
    private static final long LEAST_EXPOSURES = 300;

    /** A little above what the policy leaves to each arm whatever is known. */
    private static final double NEXT_TO_NO_CHANCE = .0101;

    private static final int LEAST_LIVE = 2;
    private static final int WRITTEN_AT_ONCE = 30;

    private final Campaigns campaigns;
    private final Briefs briefs;
    private final Drafts drafts;
    private final DraftTables tables;
    private final Generations generations;
    private final GenerationTables generationTables;
    private final Generators generators;
    private final Ranker ranker;
    private final Clock clock;

    Adaptation(
            Campaigns campaigns,
            Briefs briefs,
            Drafts drafts,
            DraftTables tables,
            Generations generations,
            GenerationTables generationTables,
            Generators generators,
            Ranker ranker,
            Clock clock) {
        this.campaigns = campaigns;
        this.briefs = briefs;
        this.drafts = drafts;
        this.tables = tables;
        this.generations = generations;
        this.generationTables = generationTables;
        this.generators = generators;
        this.ranker = ranker;
        this.clock = clock;
    }

    @Scheduled(
            fixedDelayString = "${winback.adaptation.every:1h}",
            initialDelayString = "${winback.adaptation.every:1h}")
    void adaptAll() {
        try {
            for (String campaignId : tables.campaignsWithDrafts()) {
                Campaign campaign = campaigns.find(campaignId);
                if (campaign != null) {
                    adapt(campaign);
                }
            }
        } catch (DataAccessException | TransactionException away) {
            log.warn("campaigns adapt later: {}", away.getClass().getSimpleName());
        }
    }

    void adapt(Campaign campaign) {
        String campaignId = campaign.settings().campaignId();
        Briefs.Kept brief = briefs.of(campaignId).orElse(null);
        if (brief == null || !brief.brief().approval().byPolicy()) {
            return;
        }
        Map<String, String> weak = weak(campaign);
        drafts.retire(campaignId, weak, POLICY);
        replenish(campaign, brief);
    }

    /** Live variants that answers speak against, and what they say. */
    private Map<String, String> weak(Campaign campaign) {
        Instant mature = clock.instant().minus(campaign.attributionWindow());
        Map<String, String> weak = new LinkedHashMap<>();
        List<Variant> live = campaign.live();
        for (int arm = 0; arm < live.size() && live.size() - weak.size() > LEAST_LIVE; arm++) {
            Variant variant = live.get(arm);
            // Answers take their time, and a mail without them yet looks worse than it is.
            boolean known = variant.exposures() >= LEAST_EXPOSURES
                    && tables.liveSince(campaign.settings().campaignId(), variant.variantId())
                            .filter(since -> since.isBefore(mature))
                            .isPresent();
            if (known && isHopeless(campaign, arm)) {
                weak.put(variant.variantId(), "answers: %d of %d".formatted(variant.successes(), variant.exposures()));
            }
        }
        return weak;
    }

    private static boolean isHopeless(Campaign campaign, int arm) {
        return campaign.policies().stream().allMatch(policy -> policy.probability(arm) <= NEXT_TO_NO_CHANCE);
    }

    /** Has others written at once where a policy approves and a new brief has left too few. */
    void replenish(Campaign campaign) {
        briefs.of(campaign.settings().campaignId())
                .filter(kept -> kept.brief().approval().byPolicy())
                .ifPresent(kept -> replenish(campaign, kept));
    }

    private void replenish(Campaign campaign, Briefs.Kept brief) {
        String campaignId = campaign.settings().campaignId();
        Approval approval = brief.brief().approval();
        Map<String, Integer> counts = tables.counts(campaignId);
        boolean begun = generationTables.count(campaignId) > 0;
        int left = counts.getOrDefault(State.LIVE.word(), 0) + counts.getOrDefault(State.APPROVED.word(), 0);
        // What has never been asked for is not written unasked.
        if (!begun || left >= approval.mostLive()) {
            return;
        }
        Request wanted = new Request(
                        campaign.settings().language(),
                        WRITTEN_AT_ONCE,
                        generationTables.count(campaignId) + 1L,
                        Style.of(brief.brief().tone()),
                        "lapsed")
                .with(ranker.shares());
        ObjectNode asked = JsonMapper.shared().createObjectNode();
        asked.put("count", wanted.count()).put("seed", wanted.seed()).put("by", "adaptation");
        try {
            generations.start(campaignId, brief, generators.usual(), wanted, true, asked);
        } catch (Problem open) {
            log.info("campaign {} has a generation running", campaignId);
        }
    }
}
