package winback.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import winback.contracts.Topic;
import winback.standalone.cli.Console;
import winback.standalone.cli.Logs;
import winback.standalone.orders.OrdersFile;
import winback.standalone.orders.OrdersImport;
import winback.standalone.platform.Api;
import winback.standalone.platform.Platform;
import winback.standalone.platform.Ports;
import winback.standalone.platform.Service;
import winback.standalone.traces.Findings;
import winback.standalone.traces.Traces;

/** A person lives through everything, is erased, and by the promised time nothing of them is left anywhere. */
class ErasureIT {

    private static final String PERSON = "person-00004";
    private static final String VISITOR = "visitor-of-00004";
    private static final String ADDRESS = "person-00004@example.invalid";
    private static final String CAMPAIGN = "come-back";
    private static final int CUSTOMERS = 900;
    private static final Duration RETENTION = Duration.ofSeconds(20);
    private static final Duration SOON = Duration.ofSeconds(120);

    @Test
    void nothingOfAnErasedPersonIsLeftByThePromisedTime(@TempDir Path directory) throws Exception {
        Logs.configure(null, false, false);
        Path dataDir = directory.resolve("data");
        try (Platform platform = Platform.on(dataDir)
                .ports(Ports.free())
                .property("winback.topics.retention", RETENTION.toSeconds() + "s")
                .property("winback.topics.segment", "2s")
                .property("winback.topics.check", "4s")
                .property("winback.erasure.margin", "5s")
                .property("winback.erasure.repeat-after", "1s")
                .kafkaSetting("log.retention.check.interval.ms", "1000")
                .kafkaSetting("log.initial.task.delay.ms", "1000")
                .kafkaSetting("log.cleaner.backoff.ms", "500")
                .kafkaSetting("log.segment.delete.delay.ms", "100")
                .build()
                .start()) {
            Api api = platform.api();
            // A slow machine takes its time for a life; what it says is kept until the erasure.
            keep(platform.kafka(), Duration.ofHours(1));
            live(api, platform.kafka(), directory);
            Traces traces = new Traces(dataDir, platform.kafka(), List.of(PERSON, VISITOR, ADDRESS));
            assertThat(traces.search().places().keySet())
                    .as("held before the erasure")
                    .contains(
                            "table profile.subscriber, column id",
                            "table profile.merge, column from_id",
                            "topic winback.activity",
                            "topic winback.activity.dlt",
                            "topic winback.imports",
                            "topic winback.feedback",
                            "topic winback.identities",
                            "topic winback.profile",
                            "topic winback.scores",
                            "topic winback.sendtimes",
                            "topic winback.decisions",
                            "topic winback.deliveries")
                    .anyMatch(place -> place.startsWith("table prediction."))
                    .anyMatch(place -> place.startsWith("table content."))
                    .anyMatch(place -> place.startsWith("table delivery."));
            keep(platform.kafka(), RETENTION);

            JsonNode erasure = api.delete(Service.PROFILE, "/v1/subscribers/" + PERSON);

            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(traces.search().places().keySet())
                            .as("at once")
                            .noneMatch(place -> place.startsWith("table ") || place.startsWith("file ")));
            Instant completeBy = Instant.parse(erasure.path("completeBy").asString());
            if (Instant.now().isBefore(completeBy.minus(RETENTION.multipliedBy(2)))) {
                assertThat(traces.search().places().keySet())
                        .as("topics keep it for a while")
                        .anyMatch(place -> place.startsWith("topic "));
            }
            assertThat(state(api)).isEqualTo("pending");
            await().pollInterval(Duration.ofMillis(500))
                    .atMost(Duration.between(Instant.now(), completeBy).plus(SOON))
                    .until(() -> state(api).equals("complete"));

            Findings left = traces.search();
            assertThat(left.places()).isEmpty();
            assertThat(left.tables()).isGreaterThan(20);
            assertThat(left.topics()).isGreaterThanOrEqualTo(2 * Topic.values().length);
            assertThat(left.files()).isPositive();
            // Others are untouched.
            assertThat(api.get(Service.PROFILE, "/v1/stats").path("subscribers").asInt())
                    .isEqualTo(CUSTOMERS - 1);
        }
    }

    private static String state(Api api) {
        return api.get(Service.PROFILE, "/v1/erasures/" + PERSON).path("state").asString();
    }

    /** Event, profile, scores, send times, a decision with its delivery, a suppressed address, a parked record. */
    private static void live(Api api, String kafka, Path directory) throws IOException {
        importOrders(api, directory);
        String training = api.post(Service.PREDICTION, "/v1/models/churn/trainings", Map.of())
                .path("trainingId")
                .asString();
        await().atMost(SOON).until(() -> {
            JsonNode now = api.get(Service.PREDICTION, "/v1/trainings/" + training);
            assertThat(now.path("state").asString()).as(now.toString()).isNotEqualTo("failed");
            return now.path("state").asString().equals("done");
        });
        api.post(
                Service.CONTENT,
                "/v1/campaigns",
                Map.of(
                        "campaignId",
                        CAMPAIGN,
                        "name",
                        "Come back",
                        "language",
                        "en",
                        "attributionDays",
                        7,
                        "holdoutShare",
                        0,
                        "immediateFirst",
                        0,
                        "variants",
                        List.of(variant("plain"), variant("warm"))));
        track(api, Map.of("anonymousId", VISITOR, "event", "Product Viewed"));
        api.post(Service.PROFILE, "/v1/alias", Map.of("previousId", VISITOR, "userId", PERSON));
        track(api, Map.of("anonymousId", VISITOR, "event", "Email Opened"));
        await().atMost(SOON).until(() -> {
            // The visitor's event and the alias are on their way: until they arrive, nobody has this id.
            JsonNode visitor = api.find(Service.PROFILE, "/v1/subscribers/" + VISITOR);
            return visitor != null && visitor.path("subscriberId").asString().equals(PERSON);
        });
        await().atMost(SOON)
                .until(() -> api.find(Service.PREDICTION, "/v1/subscribers/" + PERSON + "/predictions") != null);
        JsonNode decision = personalize(api);
        await().atMost(SOON)
                .until(() -> !api.get(Service.DELIVERY, "/v1/deliveries?subscriberId=" + PERSON)
                        .path("deliveries")
                        .isEmpty());
        track(
                api,
                Map.of(
                        "userId",
                        PERSON,
                        "event",
                        "Email Opened",
                        "properties",
                        Map.of("decisionId", decision.path("decisionId").asString())));
        track(api, Map.of("userId", PERSON, "event", "Unsubscribed"));
        api.post(Service.DELIVERY, "/v1/suppressions", Map.of("address", ADDRESS));
        park(kafka);
        await().atMost(SOON)
                .until(() -> !api.get(Service.PROFILE, "/v1/subscribers/" + PERSON)
                        .at("/consents/0/granted")
                        .asBoolean(true));
    }

    private static void track(Api api, Map<String, Object> call) {
        api.post(Service.PROFILE, "/v1/track", call);
    }

    private static JsonNode personalize(Api api) {
        return api.post(
                Service.CONTENT,
                "/v1/personalizations",
                Map.of("subscriberId", PERSON, "campaignId", CAMPAIGN, "deliver", true));
    }

    private static Map<String, Object> variant(String id) {
        return Map.of(
                "variantId",
                id,
                "subject",
                "We kept your shelf " + id,
                "html",
                "<p>Hello {{ subscriber.traits.email }}</p><a href=\"{{ links.unsubscribe }}\">unsubscribe</a>",
                "text",
                "Hello {{ links.unsubscribe }}",
                "cta",
                Map.of("label", "Look", "url", "https://shop.example.invalid/new"));
    }

    /** The purchases of the first customers, under ids that stand for nothing else. */
    private static void importOrders(Api api, Path directory) throws IOException {
        List<String> lines = new ArrayList<>(List.of("customer,at,amount"));
        List<String> customers = new ArrayList<>();
        for (String row : Purchases.rows()) {
            String[] fields = row.strip().split("\\s+");
            if (!customers.contains(fields[0])) {
                customers.add(fields[0]);
                if (customers.size() > CUSTOMERS) {
                    break;
                }
            }
            lines.add("person-%s,%s,%s".formatted(fields[0], fields[2], fields[4]));
        }
        assertThat(customers.getFirst()).isEqualTo("00004");
        Path file = directory.resolve("orders.csv");
        Files.write(file, lines);
        long shift = ChronoUnit.DAYS.between(
                LocalDate.of(1998, 6, 30), LocalDate.now(ZoneOffset.UTC).minusDays(1));
        OrdersImport.Outcome outcome = new OrdersImport(api, Console.progress())
                .run(
                        OrdersFile.inspect(file, ",", true, "customer=1,at=2,amount=3", null),
                        Map.of(
                                "shiftDays", List.of(Long.toString(shift)),
                                "emailPattern", List.of("{id}@example.invalid"),
                                "consent", List.of("email/marketing"),
                                "consentSource", List.of("test")));
        assertThat(outcome.done()).isTrue();
        assertThat(outcome.rejected()).isZero();
    }

    /** A record that nobody can read, of the person. */
    private static void park(String kafka) {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka), new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                    Topic.ACTIVITY.wireName(),
                    PERSON,
                    ("{\"userId\":\"" + PERSON + "\"").getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static void keep(String kafka, Duration retention) throws Exception {
        Map<ConfigResource, java.util.Collection<AlterConfigOp>> changes = new HashMap<>();
        Arrays.stream(Topic.values()).filter(topic -> !topic.compacted()).forEach(topic -> {
            for (String name : List.of(topic.wireName(), topic.wireName() + ".dlt")) {
                changes.put(
                        new ConfigResource(ConfigResource.Type.TOPIC, name),
                        List.of(new AlterConfigOp(
                                new ConfigEntry(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention.toMillis())),
                                OpType.SET)));
            }
        });
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
            admin.incrementalAlterConfigs(changes).all().get();
        }
    }
}
