package winback.content.campaigns;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;
import winback.content.campaigns.CampaignForm.Checked;
import winback.content.campaigns.CampaignForm.CheckedVariant;
import winback.content.campaigns.CampaignForm.VariantForm;
import winback.content.policy.Policy;
import winback.content.templates.RenderedMail;

@RestController
@RequestMapping("/v1/campaigns")
@Tag(name = "Campaigns")
class CampaignController {

    /**
     * @param probability with which the next decision takes it; 0 when it is not live
     */
    record VariantView(
            String variantId,
            int version,
            boolean live,
            long exposures,
            long successes,
            double probability,
            String subject,
            String preheader,
            String html,
            String text,
            RenderedMail.Cta cta,
            String ps) {}

    record CampaignView(
            String campaignId,
            String name,
            String language,
            int attributionDays,
            double holdoutShare,
            int immediateFirst,
            @Nullable String unsubscribeUrl,
            Instant createdAt,
            List<VariantView> variants) {

        static CampaignView of(Campaign campaign) {
            Campaign.Settings settings = campaign.settings();
            Policy policy = campaign.policy();
            List<VariantView> variants = new ArrayList<>();
            for (Variant variant : campaign.variants()) {
                Double probability =
                        policy == null ? null : policy.probabilities().get(variant.variantId());
                variants.add(new VariantView(
                        variant.variantId(),
                        variant.version(),
                        variant.live(),
                        variant.exposures(),
                        variant.successes(),
                        probability == null ? 0 : probability,
                        variant.source().subject(),
                        variant.source().preheader(),
                        variant.source().html(),
                        variant.source().text(),
                        new RenderedMail.Cta(
                                variant.source().ctaLabel(), variant.source().ctaUrl()),
                        variant.source().ps()));
            }
            return new CampaignView(
                    settings.campaignId(),
                    settings.name(),
                    settings.language(),
                    settings.attributionDays(),
                    settings.holdoutShare(),
                    settings.immediateFirst(),
                    settings.unsubscribeUrl(),
                    settings.createdAt(),
                    variants);
        }
    }

    record ListedCampaign(String campaignId, String name, String language, int variants, Instant createdAt) {}

    record CampaignPage(
            List<ListedCampaign> campaigns, @Nullable String nextCursor) {}

    private final CampaignTables tables;
    private final Campaigns campaigns;
    private final Briefs briefs;
    private final Clock clock;

    CampaignController(CampaignTables tables, Campaigns campaigns, Briefs briefs, Clock clock) {
        this.tables = tables;
        this.campaigns = campaigns;
        this.briefs = briefs;
        this.clock = clock;
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Create a campaign with a brief, or with the variants that a person approved")
    ResponseEntity<CampaignView> create(@RequestBody CampaignForm form) {
        Checked checked = form.check(clock.instant(), briefs.today());
        tables.create(checked, clock.instant(), briefs.today());
        campaigns.refresh();
        String id = checked.settings().campaignId();
        return ResponseEntity.created(URI.create("/v1/campaigns/" + id)).body(view(id));
    }

    @GetMapping
    @Operation(summary = "List campaigns by id")
    CampaignPage list(
            @RequestParam(defaultValue = "100") int limit, @RequestParam(required = false) @Nullable String cursor) {
        if (!(limit >= 1 && limit <= 1000)) {
            throw Problem.invalid("limit", "out-of-range", "1 to 1000");
        }
        List<Campaign> page = campaigns.all().stream()
                .filter(campaign ->
                        cursor == null || campaign.settings().campaignId().compareTo(cursor) > 0)
                .sorted(Comparator.comparing(campaign -> campaign.settings().campaignId()))
                .limit(limit + 1L)
                .toList();
        boolean more = page.size() > limit;
        List<ListedCampaign> listed = page.stream()
                .limit(limit)
                .map(campaign -> new ListedCampaign(
                        campaign.settings().campaignId(),
                        campaign.settings().name(),
                        campaign.settings().language(),
                        campaign.variants().size(),
                        campaign.settings().createdAt()))
                .toList();
        return new CampaignPage(listed, more ? listed.getLast().campaignId() : null);
    }

    @GetMapping("/{campaignId}")
    @Operation(summary = "A campaign, its variants and what they have earned")
    CampaignView get(@PathVariable String campaignId) {
        return view(campaignId);
    }

    @PutMapping("/{campaignId}/variants/{variantId}")
    @Operation(summary = "Put a new version of a variant; mails decided before keep theirs")
    CampaignView put(@PathVariable String campaignId, @PathVariable String variantId, @RequestBody VariantForm form) {
        Campaign campaign = campaigns.get(campaignId);
        List<Problem.Fault> faults = new ArrayList<>();
        CampaignForm.id("variantId", variantId, faults);
        if (form.variantId() != null && !form.variantId().equals(variantId)) {
            faults.add(new Problem.Fault("variantId", "wrong-value", "differs from the path"));
        }
        CheckedVariant variant = form.check("", variantId, campaign.settings().language(), faults);
        CampaignForm.throwIfAny(faults);
        if (briefs.of(campaignId).isPresent()) {
            throw Problem.conflict(
                    "campaign-has-brief",
                    "This campaign has a brief: its mails come from drafts that have passed the gate. Hand yours in at"
                            + " /v1/campaigns/" + campaignId + "/drafts.");
        }
        if (variant != null) {
            tables.put(campaignId, variant, clock.instant());
            campaigns.refresh();
        }
        return view(campaignId);
    }

    private CampaignView view(String campaignId) {
        return CampaignView.of(campaigns.get(campaignId));
    }
}
