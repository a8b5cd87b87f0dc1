package winback.benchmarks.ingest;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Segment calls of invented people, the same in every run but for the message ids: a shop with its mails. History comes in
 * rounds, each later than the one before, so that nobody's events arrive out of order.
 */
final class Calls {

    private static final String[] CATEGORIES = {"shoes", "coats", "books", "garden", "toys", "music", "tea", "paper"};
    private static final String AGENT =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
    private static final Duration SPAN = Duration.ofDays(540);

    private final int subscribers;
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    /** So that message ids differ from those of an earlier run on the same data. */
    private final String run = Long.toString(System.currentTimeMillis(), 36);

    private final AtomicLong messages = new AtomicLong();

    Calls(int subscribers) {
        this.subscribers = subscribers;
    }

    int subscribers() {
        return subscribers;
    }

    static String subscriber(int number) {
        return "s" + number;
    }

    /** Something that happens now to somebody drawn uniformly. */
    String live(SplittableRandom random) {
        return track(subscriber(random.nextInt(subscribers)), null, random);
    }

    /** Something that happened to this subscriber at that time. */
    String live(int subscriber, Instant at, SplittableRandom random) {
        return track(subscriber(subscriber), at, random);
    }

    /** A batch of calls about people drawn uniformly. */
    String batch(int size, SplittableRandom random) {
        StringBuilder batch = new StringBuilder(size * 420).append("{\"batch\":[");
        for (int i = 0; i < size; i++) {
            batch.append(i == 0 ? "" : ",").append(typed("track", live(random)));
        }
        return batch.append("]}").toString();
    }

    /**
     * The calls of subscribers {@code from} (inclusive) to {@code to} (exclusive) in one round of {@code rounds}; the first
     * says who they are.
     */
    String history(int round, int rounds, int from, int to) {
        StringBuilder batch = new StringBuilder((to - from) * 420).append("{\"batch\":[");
        for (int i = from; i < to; i++) {
            SplittableRandom random = new SplittableRandom(i * 1_000L + round);
            Instant at = now.minus(SPAN)
                    .plusMillis((long) (SPAN.toMillis() * ((round + random.nextDouble() * 0.99) / (rounds + 0.1))));
            batch.append(i == from ? "" : ",")
                    .append(
                            round == 0
                                    ? typed("identify", identify(i, at, random))
                                    : typed("track", track(subscriber(i), at, random)));
        }
        return batch.append("]}").toString();
    }

    private static String typed(String type, String call) {
        return "{\"type\":\"" + type + "\"," + call.substring(1);
    }

    private String identify(int number, Instant at, SplittableRandom random) {
        String id = subscriber(number);
        return """
                {"userId":"%s","messageId":"%s","timestamp":"%s","traits":{"firstName":"Ada","lastName":"Nr%d",\
                "email":"%s@example.com","country":"%s","birthday":"19%d-0%d-11","gender":"female","plan":"%s",\
                "timezone":"Europe/Berlin","locale":"de-DE",\
                "consents":[{"channel":"email","purpose":"marketing","granted":%s,"source":"checkout"}]}}""".formatted(
                        id,
                        messageId(),
                        at,
                        number,
                        id,
                        random.nextBoolean() ? "DE" : "FR",
                        random.nextInt(50, 99),
                        random.nextInt(1, 9),
                        random.nextInt(3) == 0 ? "gold" : "basic",
                        random.nextInt(4) > 0);
    }

    /** @param at null for the time of receipt */
    private String track(String subscriber, @Nullable Instant at, SplittableRandom random) {
        int kind = random.nextInt(10);
        String category = CATEGORIES[random.nextInt(CATEGORIES.length)];
        String event;
        String properties;
        if (kind < 2) {
            event = "Order Completed";
            properties = "\"order_id\":\"o-" + messageId() + "\",\"total\":" + cents(random)
                    + ",\"currency\":\"USD\",\"products\":[{\"product_id\":\"p" + random.nextInt(5000)
                    + "\",\"category\":\"" + category + "\",\"price\":" + cents(random) + ",\"quantity\":1}]";
        } else if (kind < 5) {
            event = "Product Viewed";
            properties = "\"product_id\":\"p" + random.nextInt(5000) + "\",\"category\":\"" + category + "\",\"price\":"
                    + cents(random);
        } else if (kind < 8) {
            event = "Email Opened";
            properties = "\"campaign_id\":\"c" + random.nextInt(40) + "\",\"subject\":\"We miss you\"";
        } else {
            event = "Email Link Clicked";
            // One link a mail: clicks on several at once would be taken for a scanner's, and move no profile.
            int mail = random.nextInt(40);
            properties = "\"campaign_id\":\"c" + mail + "\",\"link_url\":\"https://shop.example/" + mail + "\"";
        }
        return "{\"userId\":\"" + subscriber + "\",\"messageId\":\"" + messageId() + "\",\"event\":\"" + event + "\","
                + (at == null ? "" : "\"timestamp\":\"" + at + "\",") + "\"properties\":{" + properties
                + "},\"context\":{\"userAgent\":\"" + AGENT
                + "\",\"library\":{\"name\":\"bench\",\"version\":\"1\"}}}";
    }

    private String messageId() {
        return run + "-" + messages.incrementAndGet();
    }

    private static String cents(SplittableRandom random) {
        return random.nextInt(3, 200) + "." + random.nextInt(10, 100);
    }
}
