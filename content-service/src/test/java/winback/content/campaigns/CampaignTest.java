package winback.content.campaigns;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import winback.content.policy.Policy;
import winback.content.taste.Taste;
import winback.content.templates.MailTemplate;

class CampaignTest {

    private static final MailTemplate.Source WORDS = new MailTemplate.Source(
            "s",
            "p",
            "<a href='{{ links.unsubscribe }}'>u</a>",
            "{{ links.unsubscribe }}",
            "Look",
            "https://s.example/",
            "");

    /** Whatever the rate, and whether or not the kind has answered. */
    @ParameterizedTest
    @CsvSource({
        "1000000, 0, 60, 0",
        "100000, 2, 60, 0",
        "3000, 60, 60, 0",
        "100, 100, 60, 60",
        "60, 0, 60, 0",
        "1000000, 999999, 60, 60",
        "5000, 250, 60, 20"
    })
    void choosesForAnyKindAtAnyRate(long exposures, long successes, long ofKind, long answered)
            throws MailTemplate.Fault {
        MailTemplate mail = MailTemplate.compile(WORDS, "en");
        Variant.Record kind = new Variant.Record(ofKind, answered);
        List<Variant> variants = List.of(
                new Variant("a", 1, true, WORDS, mail, exposures, successes, Map.of("lapsed", kind), -.6),
                new Variant("b", 1, true, WORDS, mail, exposures, successes, Map.of(), .6));
        Campaign campaign =
                new Campaign(new Campaign.Settings("c", "c", "en", 14, 0, 0, null, Instant.EPOCH), variants, 1);

        for (String reader : List.of("lapsed", Taste.CALM.reader("lapsed"), Taste.LIVELY.reader("lost"))) {
            Policy policy = Objects.requireNonNull(campaign.policy(reader));
            assertThat(policy.probability(0) + policy.probability(1)).isBetween(.999999, 1.000001);
        }
        // Of everybody and of the kind, once it has answered, with both tastes and without.
        assertThat(campaign.policies()).hasSize(answered >= 5 ? 6 : 3);
    }
}
