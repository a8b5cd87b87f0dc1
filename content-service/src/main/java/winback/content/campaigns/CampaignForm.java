package winback.content.campaigns;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import winback.chassis.problems.Problem;
import winback.chassis.problems.Problem.Fault;
import winback.content.brief.Brief;
import winback.content.brief.BriefReader;
import winback.content.brief.FaultyBrief;
import winback.content.templates.MailTemplate;

/**
 * A campaign as a caller hands it in; everything may be missing until it has been checked.
 *
 * @param attributionDays default 7
 * @param holdoutShare default .05
 * @param immediateFirst default 0
 * @param unsubscribeUrl absent for the deployment's
 * @param brief absent where a person hands in the variants
 */
record CampaignForm(
        @Nullable String campaignId,
        @Nullable String name,
        @Nullable String language,
        @Nullable Integer attributionDays,
        @Nullable Double holdoutShare,
        @Nullable Integer immediateFirst,
        @Nullable String unsubscribeUrl,
        @Nullable JsonNode brief,
        @Nullable List<@Nullable VariantForm> variants) {

    static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    static final int MAX_VARIANTS = 100;
    private static final int MAX_IMMEDIATE = 100_000;

    record CtaForm(@Nullable String label, @Nullable String url) {}

    /**
     * @param preheader absent for none
     * @param ps absent for none
     * @param live default true
     */
    record VariantForm(
            @Nullable String variantId,
            @Nullable String subject,
            @Nullable String preheader,
            @Nullable String html,
            @Nullable String text,
            @Nullable CtaForm cta,
            @JsonProperty("ps") @Nullable String ps,
            @Nullable Boolean live) {

        /** The checked variant; faults are added with their field. */
        @Nullable
        CheckedVariant check(String path, String id, String language, List<Fault> faults) {
            int before = faults.size();
            String checkedSubject = required(path + "subject", subject, faults);
            String checkedHtml = required(path + "html", html, faults);
            String checkedText = required(path + "text", text, faults);
            String label = required(path + "cta.label", cta == null ? null : cta.label(), faults);
            String url = required(path + "cta.url", cta == null ? null : cta.url(), faults);
            if (faults.size() > before) {
                return null;
            }
            MailTemplate.Source source = new MailTemplate.Source(
                    checkedSubject,
                    preheader == null ? "" : preheader,
                    checkedHtml,
                    checkedText,
                    label,
                    url,
                    ps == null ? "" : ps);
            try {
                String empty = MailTemplate.compile(source, language)
                        .emptyPart(Map.of(
                                "subscriber", Map.of(),
                                "campaign", Map.of(),
                                "links", Map.of("cta", url, "unsubscribe", url)));
                if (empty != null) {
                    faults.add(new Fault(path + empty, "missing", "says nothing to who is not known by name"));
                    return null;
                }
            } catch (MailTemplate.Fault fault) {
                Stream.concat(Stream.of(fault), fault.others().stream())
                        .map(one -> new Fault(path + one.field(), one.code(), String.valueOf(one.getMessage())))
                        .forEach(faults::add);
                return null;
            }
            return new CheckedVariant(id, live == null || live, source);
        }
    }

    /** A checked variant. */
    record CheckedVariant(String variantId, boolean live, MailTemplate.Source source) {}

    /**
     * A checked campaign: with a brief, or with variants.
     *
     * @param brief as it was handed in
     */
    record Checked(Campaign.Settings settings, @Nullable JsonNode brief, List<CheckedVariant> variants) {}

    /** @param today in the brand's calendar */
    Checked check(Instant now, LocalDate today) {
        List<Fault> faults = new ArrayList<>();
        String id = id("campaignId", campaignId, faults);
        String checkedName = required("name", name, faults);
        if (checkedName.length() > 200 || checkedName.chars().anyMatch(Character::isISOControl)) {
            faults.add(new Fault("name", "wrong-value", "at most 200 characters, on one line"));
        }
        String checkedLanguage = required("language", language, faults);
        boolean knownLanguage = checkedLanguage.equals("en") || checkedLanguage.equals("es");
        if (language != null && !knownLanguage) {
            faults.add(new Fault("language", "wrong-value", "en or es"));
        }
        int days = attributionDays == null ? 7 : attributionDays;
        if (!(days >= 1 && days <= 90)) {
            faults.add(new Fault("attributionDays", "out-of-range", "1 to 90"));
        }
        double share = holdoutShare == null ? .05 : holdoutShare;
        if (!(share >= 0 && share <= .5)) {
            faults.add(new Fault("holdoutShare", "out-of-range", "0 to 0.5"));
        }
        int immediate = immediateFirst == null ? 0 : immediateFirst;
        if (!(immediate >= 0 && immediate <= MAX_IMMEDIATE)) {
            faults.add(new Fault("immediateFirst", "out-of-range", "0 to " + MAX_IMMEDIATE));
        }
        if (unsubscribeUrl != null && !isWebAddress(unsubscribeUrl)) {
            faults.add(new Fault("unsubscribeUrl", "wrong-url", "an absolute http or https URL"));
        }
        List<CheckedVariant> checked = List.of();
        if (brief == null) {
            checked = variants(knownLanguage ? checkedLanguage : "en", faults);
        } else {
            checkBrief(brief, id, checkedLanguage, today, faults);
        }
        throwIfAny(faults);
        return new Checked(
                new Campaign.Settings(id, checkedName, checkedLanguage, days, share, immediate, unsubscribeUrl, now),
                brief,
                checked);
    }

    private void checkBrief(JsonNode json, String id, String language, LocalDate today, List<Fault> faults) {
        if (variants != null && !variants.isEmpty()) {
            faults.add(new Fault(
                    "variants", "contradiction", "with a brief mails come from drafts that have passed the gate"));
        }
        try {
            Brief read = BriefReader.read(json, today);
            if (!read.campaignId().equals(id)) {
                faults.add(new Fault("brief.campaignId", "wrong-value", "differs from the campaign's"));
            }
            if (!read.languages().contains(language)) {
                faults.add(new Fault("brief.languages", "wrong-value", "lacks the campaign's language"));
            }
        } catch (FaultyBrief faulty) {
            faults.addAll(faulty.faultsWithin());
        }
    }

    private List<CheckedVariant> variants(String language, List<Fault> faults) {
        if (variants == null || variants.isEmpty()) {
            faults.add(new Fault("variants", "missing", "at least one variant, or a brief"));
            return List.of();
        }
        if (variants.size() > MAX_VARIANTS) {
            faults.add(new Fault("variants", "too-many", "at most " + MAX_VARIANTS));
            return List.of();
        }
        List<CheckedVariant> checked = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < variants.size(); i++) {
            String path = "variants[" + i + "].";
            VariantForm variant = variants.get(i);
            if (variant == null) {
                faults.add(new Fault("variants[" + i + "]", "missing", "is null"));
                continue;
            }
            String variantId = id(path + "variantId", variant.variantId(), faults);
            if (!variantId.isEmpty() && !seen.add(variantId)) {
                faults.add(new Fault(path + "variantId", "duplicate", "given twice"));
            }
            CheckedVariant one = variant.check(path, variantId, language, faults);
            if (one != null) {
                checked.add(one);
            }
        }
        return checked;
    }

    static void throwIfAny(List<Fault> faults) {
        if (!faults.isEmpty()) {
            Fault first = faults.getFirst();
            throw Problem.invalid(first.field() + ": " + first.detail(), faults);
        }
    }

    static String id(String field, @Nullable String value, List<Fault> faults) {
        String id = required(field, value, faults);
        if (!id.isEmpty() && !ID.matcher(id).matches()) {
            faults.add(new Fault(field, "wrong-value", "1 to 64 of A-Z a-z 0-9 . _ -"));
        }
        return id;
    }

    private static String required(String field, @Nullable String value, List<Fault> faults) {
        if (value == null || value.isBlank()) {
            faults.add(new Fault(field, "missing", "is required"));
            return "";
        }
        return value;
    }

    private static boolean isWebAddress(String value) {
        try {
            URI uri = new URI(value.replace("{decisionId}", "d").replace("{subscriberId}", "s"));
            return value.length() <= 2000
                    && uri.getHost() != null
                    && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()));
        } catch (URISyntaxException malformed) {
            return false;
        }
    }
}
