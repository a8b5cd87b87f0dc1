package winback.content.previews;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.chassis.problems.Problem;
import winback.content.cache.FeatureCache;
import winback.content.cache.Subscriber;
import winback.content.campaigns.Campaign;
import winback.content.campaigns.Campaigns;
import winback.content.campaigns.Variant;
import winback.content.decisions.Personalizer;
import winback.content.drafts.Draft;
import winback.content.drafts.DraftReader;
import winback.content.generation.Drafts;
import winback.content.instances.Forwarder;
import winback.content.instances.Owners;
import winback.content.templates.MailTemplate;
import winback.content.templates.RenderedMail;
import winback.content.templates.Traits;

@RestController
@RequestMapping("/v1/previews")
@Tag(name = "Previews")
class PreviewController {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int MOST_TRAITS = 100;

    /**
     * One of {@code variantId}, {@code draftId} and {@code draft}, as one of {@code subscriberId} and {@code traits} sees it, or
     * somebody of whom nothing is known.
     *
     * @param draft one that is not kept, as for validations
     */
    record Request(
            @Nullable String campaignId,
            @Nullable String variantId,
            @Nullable String draftId,
            @Nullable JsonNode draft,
            @Nullable String subscriberId,
            @Nullable Map<String, @Nullable Object> traits) {}

    /**
     * @param traits those that the mail shows
     * @param missing those that it would show, and that are not known
     * @param plain whether the traits broke the template, so that the mail has none of them
     */
    record View(
            String subject,
            String preheader,
            String html,
            String text,
            RenderedMail.Cta cta,
            String ps,
            List<String> traits,
            List<String> missing,
            boolean plain) {}

    private final Campaigns campaigns;
    private final Drafts drafts;
    private final Personalizer personalizer;
    private final FeatureCache subscribers;
    private final Owners owners;
    private final Forwarder forwarder;
    private final Browser browser;

    PreviewController(
            Campaigns campaigns,
            Drafts drafts,
            Personalizer personalizer,
            FeatureCache subscribers,
            Owners owners,
            Forwarder forwarder,
            Browser browser) {
        this.campaigns = campaigns;
        this.drafts = drafts;
        this.personalizer = personalizer;
        this.subscribers = subscribers;
        this.owners = owners;
        this.forwarder = forwarder;
        this.browser = browser;
    }

    @PostMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            summary = "A mail exactly as it would be served",
            description = "Nothing is decided. In links the decision's id is 00000000-0000-0000-0000-000000000000."
                    + " With Accept: image/png a picture, where the machine has a Chromium.")
    View preview(@RequestBody Request request, HttpServletRequest http) {
        String id = request.subscriberId();
        if (id != null && request.traits() != null) {
            throw Problem.invalid("traits", "contradiction", "either traits or subscriberId");
        }
        URI elsewhere = id == null || http.getHeader(Forwarder.FORWARDED) != null
                ? null
                : owners.elsewhere(subscribers.partition(id));
        if (elsewhere != null) {
            return ask(elsewhere, request, http);
        }
        Campaign campaign = campaign(request);
        MailTemplate template = template(campaign, request);
        Map<String, Object> traits = id == null ? given(request.traits()) : known(id, template);
        Personalizer.Preview preview = personalizer.preview(campaign, template, traits, id == null ? "somebody" : id);
        RenderedMail mail = preview.mail();
        return new View(
                mail.subject(),
                mail.preheader(),
                mail.html(),
                mail.text(),
                mail.cta(),
                mail.ps(),
                template.traits().stream().filter(traits::containsKey).sorted().toList(),
                template.traits().stream()
                        .filter(trait -> !traits.containsKey(trait))
                        .sorted()
                        .toList(),
                preview.plain());
    }

    /**
     * @param width 280 to 1,200 pixels
     */
    @PostMapping(produces = MediaType.IMAGE_PNG_VALUE)
    ResponseEntity<byte[]> picture(
            @RequestBody Request request,
            @RequestParam(defaultValue = "600") int width,
            @RequestParam(defaultValue = "false") boolean dark,
            HttpServletRequest http) {
        if (!(width >= 280 && width <= 1200)) {
            throw Problem.invalid("width", "out-of-range", "280 to 1200");
        }
        return ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_TYPE, MediaType.IMAGE_PNG_VALUE)
                .body(browser.picture(preview(request, http).html(), width, dark));
    }

    private View ask(URI elsewhere, Request request, HttpServletRequest http) {
        Forwarder.Answer answer = forwarder
                .post(
                        elsewhere,
                        "/v1/previews",
                        JsonMapper.shared().writeValueAsBytes(request),
                        http.getHeader(HttpHeaders.AUTHORIZATION),
                        PATIENCE)
                .exceptionally(away -> new Forwarder.Answer(0, new byte[0]))
                .join();
        if (answer.status() == 0) {
            throw Problem.away("owner-away", "The instance that has this subscriber does not answer; try again.");
        }
        JsonNode json = JsonMapper.shared().readTree(answer.body());
        if (answer.status() != 200) {
            throw Problem.of(
                    HttpStatus.valueOf(answer.status()),
                    json.path("code").asString("problem"),
                    json.path("detail").asString(""));
        }
        return JsonMapper.shared().treeToValue(json, View.class);
    }

    private Campaign campaign(Request request) {
        if (request.campaignId() == null || request.campaignId().isBlank()) {
            throw Problem.invalid("campaignId", "missing", "is required");
        }
        Campaign campaign = campaigns.get(request.campaignId());
        return campaign;
    }

    private MailTemplate template(Campaign campaign, Request request) {
        long named = Stream.of(request.variantId(), request.draftId(), request.draft())
                .filter(Objects::nonNull)
                .count();
        if (named != 1) {
            throw Problem.invalid("draftId", "missing", "one of variantId, draftId and draft");
        }
        String language = campaign.settings().language();
        String campaignId = campaign.settings().campaignId();
        if (request.variantId() != null) {
            return campaign.variants().stream()
                    .filter(variant -> variant.variantId().equals(request.variantId()))
                    .map(Variant::mail)
                    .findFirst()
                    .orElseThrow(
                            () -> Problem.notFound("unknown-variant", "There is no such variant of this campaign."));
        }
        Draft draft = request.draft() == null
                ? drafts.find(campaignId, String.valueOf(request.draftId()))
                        .orElseThrow(
                                () -> Problem.notFound("unknown-draft", "There is no such draft of this campaign."))
                : read(request.draft(), language);
        try {
            return MailTemplate.compile(draft.source(), language);
        } catch (MailTemplate.Fault fault) {
            throw Problem.invalid(fault.field(), fault.code(), String.valueOf(fault.getMessage()));
        }
    }

    private static Draft read(JsonNode json, String language) {
        try {
            return DraftReader.read(json, "draft", language);
        } catch (IllegalArgumentException noDraft) {
            throw Problem.invalid("draft", "wrong-draft", String.valueOf(noDraft.getMessage()));
        }
    }

    /** As they come from profiles: texts, numbers and truth values. */
    private static Map<String, Object> given(@Nullable Map<String, @Nullable Object> traits) {
        Map<String, Object> checked = new LinkedHashMap<>();
        if (traits == null) {
            return checked;
        }
        if (traits.size() > MOST_TRAITS) {
            throw Problem.invalid("traits", "too-many", "at most " + MOST_TRAITS);
        }
        List<String> wrong = new ArrayList<>();
        traits.forEach((name, value) -> {
            // JSON can write numbers that are none of ours, such as 1e400.
            boolean finite = value instanceof Number number && Double.isFinite(number.doubleValue());
            if (value instanceof String || finite || value instanceof Boolean) {
                if (Traits.canBeSaid(name, value)) {
                    checked.put(name, value);
                }
            } else if (value != null) {
                wrong.add(name);
            }
        });
        if (!wrong.isEmpty()) {
            throw Problem.invalid(
                    "traits." + wrong.getFirst(), "wrong-type", "has to be a text, a number or true or false");
        }
        return checked;
    }

    private Map<String, Object> known(String subscriberId, MailTemplate template) {
        Subscriber subscriber = subscribers.find(subscriberId);
        if (subscriber == null || !subscriber.hasProfile()) {
            throw Problem.notFound("unknown-subscriber", "Nothing is known of this subscriber.");
        }
        return Personalizer.used(template, subscriber);
    }
}
