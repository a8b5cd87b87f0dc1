package winback.content.campaigns;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import winback.content.policy.Policy;
import winback.content.taste.Taste;
import winback.content.taste.TasteTable.Change;
import winback.content.templates.MailTemplate;

/**
 * Simulated answers with a known truth: 3,000 subscribers get a mail a week for half a year, nine variants, calm, plain and
 * lively by thirds, of which the best is answered by 1.5 times as many as the worst.
 */
class TastesPayTest {

    private static final int SUBSCRIBERS = 3000;
    private static final int ROUNDS = 26;
    private static final double[] LIVELINESS = {-.6, -.2, .6};
    private static final MailTemplate.Source WORDS = new MailTemplate.Source(
            "s",
            "p",
            "<a href='{{ links.unsubscribe }}'>u</a>",
            "{{ links.unsubscribe }}",
            "Look",
            "https://s.example/",
            "");

    /** @param effect how much more likely, in logits, each third of the subscribers answers for each unit of liveliness */
    private record World(double... effect) {

        int answers(boolean tastes, long seed) throws MailTemplate.Fault {
            Random random = new Random(seed);
            MailTemplate mail = MailTemplate.compile(WORDS, "en");
            int variants = 9;
            long[] exposures = new long[variants];
            long[] successes = new long[variants];
            List<Map<String, long[]>> readers = new ArrayList<>();
            for (int i = 0; i < variants; i++) {
                readers.add(new HashMap<>());
            }
            Change[] told = new Change[SUBSCRIBERS];
            java.util.Arrays.fill(told, Change.NONE);
            int answers = 0;
            for (int round = 0; round < ROUNDS; round++) {
                Campaign campaign = campaign(mail, exposures, successes, readers);
                double rate = (java.util.Arrays.stream(successes).sum() + 1.)
                        / (java.util.Arrays.stream(exposures).sum() + 20.);
                for (int i = 0; i < SUBSCRIBERS; i++) {
                    Taste taste = tastes ? Taste.of(told[i].lean(), told[i].information()) : null;
                    String reader = taste == null ? "lapsed" : taste.reader("lapsed");
                    Policy policy = campaign.policy(reader);
                    int arm = policy == null ? 0 : policy.draw(random.nextDouble());
                    double lively = LIVELINESS[arm % 3];
                    double logit = Math.log(.05 / .95) + Math.log(1.5) * arm / 8 + effect[i % 3] * lively;
                    boolean answered = random.nextDouble() < 1 / (1 + Math.exp(-logit));
                    answers += answered ? 1 : 0;
                    exposures[arm]++;
                    successes[arm] += answered ? 1 : 0;
                    long[] of = readers.get(arm).computeIfAbsent(reader, any -> new long[2]);
                    of[0]++;
                    of[1] += answered ? 1 : 0;
                    told[i] = told[i].plus(Change.seen(lively, rate))
                            .plus(answered ? Change.answered(lively) : Change.NONE);
                }
            }
            return answers;
        }

        private static Campaign campaign(
                MailTemplate mail, long[] exposures, long[] successes, List<Map<String, long[]>> readers) {
            List<Variant> variants = new ArrayList<>();
            for (int i = 0; i < exposures.length; i++) {
                Map<String, Variant.Record> records = new HashMap<>();
                readers.get(i).forEach((reader, of) -> records.put(reader, new Variant.Record(of[0], of[1])));
                variants.add(new Variant(
                        "v" + i, 1, true, WORDS, mail, exposures[i], successes[i], records, LIVELINESS[i % 3]));
            }
            @Nullable String none = null;
            return new Campaign(new Campaign.Settings("c", "c", "en", 14, 0, 0, none, Instant.EPOCH), variants, 1);
        }

        /** Answers with tastes for each one without. */
        double gain() throws MailTemplate.Fault {
            int with = 0;
            int without = 0;
            for (long seed = 1; seed <= 12; seed++) {
                with += answers(true, seed);
                without += answers(false, seed);
            }
            return (double) with / without;
        }
    }

    @Test
    void whereSubscribersDifferTheyGetMoreOfWhatTheyAnswer() throws MailTemplate.Fault {
        assertThat(new World(-1.5, 0, 1.5).gain()).isGreaterThan(1.05);
    }

    @Test
    void whereTheyDoNotLittleIsLost() throws MailTemplate.Fault {
        assertThat(new World(0, 0, 0).gain()).isGreaterThan(.98);
    }
}
