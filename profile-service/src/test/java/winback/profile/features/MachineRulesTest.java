package winback.profile.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import winback.contracts.ActivityReceived;
import winback.contracts.ActivityType;
import winback.contracts.TimePrecision;

class MachineRulesTest {

    private static final Instant DELIVERED = Instant.parse("2026-03-02T08:00:00Z");
    private static final String CHROME =
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36";
    private static final String IPHONE =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";

    /** What follows a delivery. */
    private static final class Sequence {
        private final String name;
        private final List<ActivityReceived> events = new ArrayList<>();

        Sequence(String name) {
            this.name = name;
        }

        Sequence delivered(double seconds, String mail) {
            return event("Email Delivered", seconds, Map.of("email_id", mail), null);
        }

        Sequence open(double seconds, @Nullable String agent) {
            return event("Email Opened", seconds, Map.of("email_id", "m1"), agent);
        }

        Sequence click(double seconds, String link, @Nullable String agent) {
            return event("Email Link Clicked", seconds, Map.of("email_id", "m1", "link_url", link), agent);
        }

        Sequence event(String event, double seconds, Map<String, Object> properties, @Nullable String agent) {
            Map<String, @Nullable Object> context = new HashMap<>();
            if (agent != null) {
                context.put("userAgent", agent);
            }
            events.add(new ActivityReceived(
                    "s",
                    "s",
                    null,
                    "test",
                    name + events.size(),
                    ActivityType.TRACK,
                    event,
                    DELIVERED.plusMillis((long) (seconds * 1000)),
                    TimePrecision.INSTANT,
                    DELIVERED,
                    false,
                    new LinkedHashMap<>(properties),
                    Map.of(),
                    context));
            return this;
        }

        /** By the number of each open and click, the rule that caught it; null for a person's. */
        List<@Nullable String> rules() {
            List<@Nullable String> rules = new ArrayList<>();
            Replay replay = new Replay(new SubscriberState(), Rates.none("USD"), (activity, rule) -> {
                if (activity.kind().isResponse()) {
                    rules.add(rule);
                }
            });
            events.stream().map(Activity::of).sorted(Activity.IN_ORDER).forEach(replay::add);
            replay.finish();
            return rules;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Sequence mail(String name) {
        return new Sequence(name).delivered(0, "m1");
    }

    static List<Sequence> machines() {
        List<Sequence> all = new ArrayList<>();
        // Privacy proxies and image proxies that fetch ahead.
        all.add(mail("Apple Mail Privacy Protection after minutes").open(300, "Mozilla/5.0"));
        all.add(mail("Apple Mail Privacy Protection after a day").open(86_400, "Mozilla/5.0"));
        all.add(mail("Apple Mail Privacy Protection, blanks around").open(900, " Mozilla/5.0 "));
        all.add(mail("Gmail fetching ahead")
                .open(
                        45,
                        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
                                + " Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"));
        all.add(mail("Gmail's image proxy at delivery")
                .open(2, "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"));
        all.add(mail("Yahoo's image proxy at delivery").open(1, "YahooMailProxy; https://help.yahoo.com/kb/proxy"));
        all.add(mail("an unnamed proxy at delivery").open(0.4, null));
        all.add(mail("an image proxy at the very instant").open(0, CHROME));
        // Marked by the sender.
        all.add(new Sequence("SendGrid's mark").event("Email Opened", 99, Map.of("sg_machine_open", true), null));
        all.add(new Sequence("a machine's mark").event("Email Opened", 99, Map.of("machine", true), IPHONE));
        all.add(new Sequence("a mark as text").event("Email Opened", 99, Map.of("machine_open", "true"), null));
        all.add(new Sequence("a click's mark").event("Email Link Clicked", 99, Map.of("isBot", true), CHROME));
        // Prefetching, as browsers and mail clients say it.
        all.add(new Sequence("Sec-Purpose")
                .event("Email Link Clicked", 99, Map.of("secPurpose", "prefetch;prerender"), CHROME));
        all.add(new Sequence("Purpose").event("Email Link Clicked", 99, Map.of("purpose", "Prefetch"), CHROME));
        all.add(new Sequence("X-Moz").event("Email Opened", 99, Map.of("x_moz", "prefetch"), CHROME));
        // Agents.
        for (String agent : new String[] {
            "Barracuda Sentinel (EE)",
            "Mozilla/5.0 (compatible; Proofpoint URL Defense)",
            "Mimecast-URL-Protect/1.0",
            "Symantec Email Security.cloud",
            "Mozilla/5.0 TrendMicro WRS",
            "FortiGuard/1.0",
            "Mozilla/5.0 (compatible; Sophos Email Gateway)",
            "Zscaler-Sandbox",
            "Mozilla/5.0 (Windows NT 6.1) BingPreview/1.0b",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "facebookexternalhit/1.1",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Microsoft Office Existence Discovery",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0 Safari/537.36",
            "python-requests/2.31",
            "Go-http-client/2.0",
            "curl/8.5.0",
            "Java/17.0.2",
            "Apache-HttpClient/4.5.13",
            "WhatsApp/2.23 A",
        }) {
            all.add(mail(agent).click(3600, "https://shop.invalid/a", agent));
        }
        // Seconds after delivery.
        all.add(mail("a click at once").click(0.8, "a", CHROME));
        all.add(mail("a click after nine seconds").click(9, "a", IPHONE));
        all.add(new Sequence("a click soon after a delivery that tells no mail")
                .event("Email Delivered", 0, Map.of(), null)
                .click(4, "a", CHROME));
        // All links within a burst.
        all.add(mail("three links in a second")
                .click(60, "a", CHROME)
                .click(60.4, "b", CHROME)
                .click(60.9, "c", CHROME));
        all.add(mail("three links in three seconds")
                .click(60, "a", CHROME)
                .click(61.5, "b", CHROME)
                .click(62.9, "c", CHROME));
        all.add(mail("two links at one instant").click(4000, "a", CHROME).click(4000, "b", CHROME));
        all.add(mail("five links, with an open before")
                .open(599.5, CHROME)
                .click(600, "a", CHROME)
                .click(600.2, "b", CHROME)
                .click(600.4, "c", CHROME)
                .click(600.6, "d", CHROME)
                .click(600.8, "e", CHROME));
        all.add(mail("each link twice")
                .click(90, "a", CHROME)
                .click(90.1, "a", CHROME)
                .click(90.8, "b", CHROME)
                .click(90.9, "b", CHROME));
        Sequence many = mail("thirty links, one after the other");
        for (int i = 0; i < 30; i++) {
            many.click(120 + i * 0.9, "l" + i, CHROME);
        }
        all.add(many);
        all.add(new Sequence("a burst that tells no mail")
                .event("Email Link Clicked", 50, Map.of("link_url", "a"), CHROME)
                .event("Email Link Clicked", 50.3, Map.of("link_url", "b"), CHROME));
        return all;
    }

    static List<Sequence> people() {
        List<Sequence> all = new ArrayList<>();
        for (String agent : new String[] {
            CHROME,
            IPHONE,
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15",
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36",
            "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
            "Mozilla/5.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0",
            "Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X) Thunderbird/128.4",
            "Opera/9.80 (Android; Opera Mini/36) Presto/2.12 Version/12.16",
            "Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) AppleWebKit/537.36 TV Safari/537.36",
            "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
            "YahooMailProxy; https://help.yahoo.com/kb/proxy",
        }) {
            all.add(mail("an open with " + agent).open(400, agent));
            all.add(mail("an open and a click with " + agent).open(4000, agent).click(4020, "a", CHROME));
        }
        all.add(mail("an open without an agent").open(700, null));
        all.add(mail("eleven seconds after delivery").open(11, IPHONE));
        all.add(mail("ten seconds after delivery, to the instant").open(10, IPHONE));
        all.add(mail("a click without a link").event("Email Link Clicked", 600, Map.of("email_id", "m1"), CHROME));
        all.add(mail("a double click").click(600, "a", CHROME).click(600.3, "a", CHROME));
        all.add(mail("an impatient one")
                .click(600, "a", CHROME)
                .click(600.3, "a", CHROME)
                .click(601, "a", CHROME));
        all.add(mail("two links, two seconds between").click(600, "a", CHROME).click(602, "b", CHROME));
        all.add(mail("two links within two seconds").click(600, "a", CHROME).click(601.5, "b", CHROME));
        all.add(mail("three links, one by one")
                .click(600, "a", CHROME)
                .click(603, "b", CHROME)
                .click(606, "c", CHROME));
        all.add(mail("a reader of everything")
                .open(600, IPHONE)
                .click(610, "a", IPHONE)
                .click(640, "b", IPHONE)
                .click(700, "c", IPHONE)
                .click(760, "d", IPHONE));
        all.add(mail("an open and a click at once").open(600, CHROME).click(600, "a", CHROME));
        all.add(mail("a mail read while another arrives").delivered(600, "m2").open(603, IPHONE));
        all.add(new Sequence("a click on one mail soon after the delivery of another")
                .delivered(0, "m1")
                .delivered(900, "m2")
                .click(905, "a", CHROME));
        all.add(new Sequence("a mark that denies").event("Email Opened", 99, Map.of("machine", false), CHROME));
        all.add(new Sequence("no delivery known").open(5, CHROME));
        all.add(mail("links of two mails at once")
                .event("Email Link Clicked", 900, Map.of("email_id", "m1", "link_url", "a"), CHROME)
                .event("Email Link Clicked", 900.5, Map.of("email_id", "m2", "link_url", "b"), IPHONE));
        return all;
    }

    @Test
    void thereAreAtLeastFortyOfEach() {
        assertThat(machines()).hasSizeGreaterThanOrEqualTo(40);
        assertThat(people()).hasSizeGreaterThanOrEqualTo(40);
    }

    @ParameterizedTest
    @MethodSource("machines")
    void everyResponseOfAMachineIsFlagged(Sequence sequence) {
        assertThat(sequence.rules()).isNotEmpty().doesNotContainNull();
    }

    @ParameterizedTest
    @MethodSource("people")
    void noResponseOfAPersonIsFlagged(Sequence sequence) {
        assertThat(sequence.rules()).isNotEmpty().containsOnlyNulls();
    }

    @Test
    void whatAMachineMadeCountsInNoFeature() {
        for (Sequence sequence : machines()) {
            SubscriberState with = new SubscriberState();
            SubscriberState without = new SubscriberState();
            Replay both = new Replay(with, Rates.none("USD"));
            Replay delivered = new Replay(without, Rates.none("USD"));
            sequence.events.stream().map(Activity::of).sorted(Activity.IN_ORDER).forEach(activity -> {
                both.add(activity);
                if (!activity.kind().isResponse()) {
                    delivered.add(activity);
                }
            });
            Instant asOf = DELIVERED.plusSeconds(100_000);
            float[] a = FeatureSchema.CURRENT.vector(both.finish(), asOf);
            float[] b = FeatureSchema.CURRENT.vector(delivered.finish(), asOf);
            for (int i = 0; i < a.length; i++) {
                String name = FeatureSchema.CURRENT.names().get(i);
                if (!name.equals("tenure")) {
                    assertThat((Float) a[i]).as("%s of %s", name, sequence).isEqualTo((Float) b[i]);
                }
            }
        }
    }

    @Test
    void theFirstClickOfABurstIsTakenBackWhenTheBurstShows() {
        SubscriberState state = new SubscriberState();
        List<Activity> burst = mail("burst").click(60, "a", CHROME).click(60.4, "b", CHROME).events.stream()
                .map(Activity::of)
                .toList();
        Rates rates = Rates.none("USD");
        state.apply(burst.get(0), rates);
        assertThat(state.apply(burst.get(1), rates)).isNull();
        assertThat(state.accepts(burst.get(2))).as("the second link at once").isFalse();
    }
}
