package winback.content.generation;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import winback.content.campaigns.Campaign;
import winback.content.campaigns.Campaigns;
import winback.content.campaigns.Variant;
import winback.content.drafts.Attributes;

/** What the answers so far say of attributes of mails. */
@RestController
@Tag(name = "Learning")
class LearningController {

    /** Of the standard normal distribution, for 95 %. */
    private static final double Z = 1.959964;

    private static final int SHORT_SUBJECT = 25;
    private static final int SHORT_BODY = 50;

    /**
     * @param reader a kind of reader; {@code all} for all together
     * @param rate successes ÷ exposures
     * @param lower of the 95 % interval (Wilson 1927)
     */
    record Outcome(
            String attribute,
            String value,
            String reader,
            long exposures,
            long successes,
            double rate,
            double lower,
            double upper) {}

    record Learning(List<Outcome> outcomes) {}

    private record Key(String attribute, String value, String reader) {}

    private static final class Sum {
        private long exposures;
        private long successes;

        void add(long seen, long answered) {
            exposures += seen;
            successes += answered;
        }
    }

    private final Campaigns campaigns;
    private final DraftTables tables;

    LearningController(Campaigns campaigns, DraftTables tables) {
        this.campaigns = campaigns;
        this.tables = tables;
    }

    @GetMapping("/v1/campaigns/{campaignId}/learning")
    @Operation(
            summary = "Answers by attribute of the mails and kind of reader",
            description = "Of drafts, live and retired. Mails that seemed good were sent more often, so that rates of"
                    + " what was given up early are a little too low.")
    Learning get(@PathVariable String campaignId) {
        Campaign campaign = campaigns.get(campaignId);
        Map<String, Attributes> attributes = tables.attributes(campaignId);
        Map<Key, Sum> sums = new HashMap<>();
        for (Variant variant : campaign.variants()) {
            Attributes of = attributes.get(variant.variantId());
            if (of != null) {
                values(of).forEach((attribute, value) -> {
                    add(sums, new Key(attribute, value, "all"), variant.exposures(), variant.successes());
                    variant.readers()
                            .forEach((reader, record) -> add(
                                    sums, new Key(attribute, value, reader), record.exposures(), record.successes()));
                });
            }
        }
        List<Outcome> outcomes = new ArrayList<>();
        sums.forEach((key, sum) -> {
            if (sum.exposures > 0) {
                outcomes.add(outcome(key, sum));
            }
        });
        outcomes.sort(Comparator.comparing(Outcome::attribute)
                .thenComparing(Outcome::reader)
                .thenComparing(Outcome::rate, Comparator.reverseOrder())
                .thenComparing(Outcome::value));
        return new Learning(outcomes);
    }

    private static void add(Map<Key, Sum> sums, Key key, long exposures, long successes) {
        sums.computeIfAbsent(key, of -> new Sum()).add(exposures, successes);
    }

    private static Map<String, String> values(Attributes of) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("strategy", of.strategy());
        values.put("offer", of.offerId() == null ? "none" : of.offerId());
        values.put("emoji", Boolean.toString(of.emoji()));
        values.put("personal", Boolean.toString(of.personal()));
        values.put("subject", of.subjectLength() <= SHORT_SUBJECT ? "short" : "long");
        values.put("body", of.bodyWords() <= SHORT_BODY ? "short" : "long");
        values.put("warmth", of.warmth() >= .67 ? "warm" : of.warmth() < .34 ? "cool" : "plain");
        values.put("energy", of.energy() >= .67 ? "lively" : of.energy() < .34 ? "calm" : "plain");
        values.put("formality", of.formality() >= .6 ? "formal" : of.formality() < .35 ? "casual" : "plain");
        return values;
    }

    private static Outcome outcome(Key key, Sum sum) {
        double n = sum.exposures;
        double rate = sum.successes / n;
        double middle = (rate + Z * Z / (2 * n)) / (1 + Z * Z / n);
        double margin = Z * Math.sqrt(rate * (1 - rate) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n);
        return new Outcome(
                key.attribute(),
                key.value(),
                key.reader(),
                sum.exposures,
                sum.successes,
                rate,
                Math.max(0, middle - margin),
                Math.min(1, middle + margin));
    }
}
