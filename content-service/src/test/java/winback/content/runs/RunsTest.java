package winback.content.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static winback.content.RunningContent.campaign;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.content.RunningContent;
import winback.content.RunningContent.Answer;
import winback.contracts.ProfileChanged;
import winback.contracts.ProfileChanged.Consent;
import winback.contracts.Topic;
import winback.infrastructure.junit.Infrastructure;

class RunsTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    private static ProfileChanged profile(
            RunningContent content, String id, String city, boolean consent, String mail) {
        return new ProfileChanged(
                id,
                1,
                content.clock.instant(),
                "lapsed",
                null,
                "schema",
                new float[] {1},
                new float[12][2],
                Map.<String, @Nullable Object>of("city", city, "email", mail, "firstName", "Ann", "points", 3),
                List.of(new Consent("email", "marketing", consent, "checkout", content.clock.instant())),
                "Europe/Madrid",
                "en");
    }

    /** n people of a city; besides, one each without consent and without address. */
    private static void publish(RunningContent content, String city, int n) {
        List<ProfileChanged> profiles = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            profiles.add(profile(content, city + "-" + i, city, true, "a@x.example"));
        }
        profiles.add(profile(content, city + "-silent", city, false, "a@x.example"));
        profiles.add(profile(content, city + "-nowhere", city, true, ""));
        profiles.add(profile(content, city + "-suppressed", city, true, "a@x.example"));
        content.publish(Topic.SEND_TIMES, content.sendTimes(city + "-suppressed", 1, 10, true));
        content.publish(Topic.PROFILE, profiles);
    }

    private static Map<String, Object> of(String city, Object... more) {
        Map<String, Object> audience = new HashMap<>(Map.of("traits", Map.of("city", List.of(city))));
        for (int i = 0; i < more.length; i += 2) {
            audience.put((String) more[i], more[i + 1]);
        }
        return audience;
    }

    private static JsonNode count(RunningContent content, String campaign, Map<String, Object> audience) {
        return content.post("/v1/campaigns/" + campaign + "/runs", Map.of("audience", audience, "dryRun", true))
                .body();
    }

    private static String start(RunningContent content, String campaign, Map<String, Object> audience) {
        Answer started = content.post("/v1/campaigns/" + campaign + "/runs", Map.of("audience", audience));
        assertThat(started.status()).isEqualTo(202);
        String path = started.response().headers().firstValue("Location").orElseThrow();
        assertThat(path).endsWith(started.text("/runId"));
        return path;
    }

    private static JsonNode awaitState(RunningContent content, String path, String state) {
        await().atMost(SOON).until(() -> content.get(path).text("/state").equals(state));
        return content.get(path).body();
    }

    /** Subscribers by the ids of the decisions that Kafka has for them. */
    private static Map<String, List<String>> decided(String campaign) {
        Map<String, List<String>> bySubscriber = new HashMap<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        infra.bootstrapServers(),
                        ConsumerConfig.GROUP_ID_CONFIG,
                        UUID.randomUUID().toString(),
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            String topic = infra.topicPrefix() + Topic.DECISIONS.wireName();
            consumer.assign(consumer.partitionsFor(topic).stream()
                    .map(partition ->
                            new org.apache.kafka.common.TopicPartition(partition.topic(), partition.partition()))
                    .toList());
            Map<org.apache.kafka.common.TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    JsonNode decision = JsonMapper.shared().readTree(record.value());
                    if (decision.at("/campaignId").asString().equals(campaign)) {
                        List<String> ids = bySubscriber.computeIfAbsent(record.key(), key -> new ArrayList<>());
                        String id = decision.at("/decisionId").asString();
                        if (!ids.contains(id)) {
                            ids.add(id);
                        }
                    }
                }
            }
        }
        return bySubscriber;
    }

    private static void assertOneEach(String campaign, int n) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(decided(campaign))
                        .hasSize(n)
                        .allSatisfy((subscriber, ids) -> assertThat(ids).hasSize(1)));
    }

    @Test
    void anAudienceIsCountedDecidedForOnceAndNotAgain(@TempDir Path journal) {
        try (RunningContent content = new RunningContent(infra, "--winback.journal.dir=" + journal)) {
            await().atMost(SOON).until(content::isReady);
            content.post("/v1/campaigns", campaign("seville", .2, 0));
            publish(content, "seville", 200);
            await().atMost(SOON)
                    .until(() -> count(content, "seville", of("seville"))
                                    .at("/matching")
                                    .asInt()
                            == 203);
            JsonNode counted = count(content, "seville", of("seville", "lifecycle", List.of("lapsed", "lost")));
            assertThat(counted.at("/suppressed").asInt()).isEqualTo(1);
            assertThat(counted.at("/noConsent").asInt()).isEqualTo(1);
            assertThat(counted.at("/noAddress").asInt()).isEqualTo(1);
            int heldOut = counted.at("/heldOut").asInt();
            assertThat(heldOut).isBetween(15, 70);
            assertThat(counted.at("/mails").asInt()).isEqualTo(200 - heldOut);
            assertThat(counted.at("/sample")).hasSize(10);
            assertThat(count(content, "seville", of("seville", "lifecycle", List.of("active")))
                            .at("/matching")
                            .asInt())
                    .isZero();
            assertThat(decided("seville")).isEmpty();

            String path = start(content, "seville", of("seville"));
            JsonNode done = awaitState(content, path, "completed");
            assertThat(done.at("/counts/mailed").asInt()).isEqualTo(200 - heldOut);
            assertThat(done.at("/counts/heldOut").asInt()).isEqualTo(heldOut);
            assertThat(done.at("/counts/suppressed").asInt()).isEqualTo(1);
            assertThat(done.at("/counts/noConsent").asInt()).isEqualTo(1);
            assertThat(done.at("/counts/noAddress").asInt()).isEqualTo(1);
            assertThat(done.at("/done").asDouble()).isEqualTo(1);
            assertThat(done.has("finishedAt")).isTrue();
            assertOneEach("seville", 200);
            Answer one = content.personalize("seville-1", "seville", true);
            assertThat(one.body().at("/repeated").asBoolean()).isTrue();
            assertThat(content.get("/v1/decisions/" + one.text("/decisionId")).text("/runId"))
                    .isEqualTo(done.at("/runId").asString());

            // A second run finds all others written to already, and the hold-out where it was.
            JsonNode second = awaitState(content, start(content, "seville", of("seville")), "completed");
            assertThat(second.at("/counts/liveAlready").asInt()).isEqualTo(200 - heldOut);
            assertThat(second.at("/counts/heldOut").asInt()).isEqualTo(heldOut);
            assertThat(second.at("/counts/mailed").asInt()).isZero();
            JsonNode again = count(content, "seville", of("seville"));
            assertThat(again.at("/liveAlready").asInt()).isEqualTo(200 - heldOut);
            assertThat(again.at("/heldOut").asInt()).isEqualTo(heldOut);
            assertThat(again.at("/mails").asInt()).isZero();
            assertOneEach("seville", 200);
            assertThat(content.get("/v1/campaigns/seville/runs?limit=1").body().at("/runs/0/runId"))
                    .isEqualTo(second.at("/runId"));
            String cursor = content.get("/v1/campaigns/seville/runs?limit=1").text("/nextCursor");
            assertThat(content.get("/v1/campaigns/seville/runs?limit=1&cursor=" + cursor)
                            .body()
                            .at("/runs/0/runId"))
                    .isEqualTo(done.at("/runId"));
        }
    }

    @Test
    void aCapIsNeverExceededAndARunIsPausedResumedAndCancelled(@TempDir Path journal) {
        try (RunningContent content =
                new RunningContent(infra, "--winback.journal.dir=" + journal, "--winback.runs.per-second=100")) {
            await().atMost(SOON).until(content::isReady);
            publish(content, "lugo", 400);
            content.post("/v1/campaigns", campaign("capped", 0, 0));
            content.post("/v1/campaigns", campaign("stopped", 0, 0));
            await().atMost(SOON)
                    .until(() ->
                            count(content, "capped", of("lugo")).at("/matching").asInt() == 403);
            assertThat(count(content, "capped", of("lugo", "cap", 37))
                            .at("/mails")
                            .asInt())
                    .isEqualTo(37);
            JsonNode capped = awaitState(content, start(content, "capped", of("lugo", "cap", 37)), "completed");
            assertThat(capped.at("/counts/mailed").asInt()).isEqualTo(37);
            assertOneEach("capped", 37);

            String path = start(content, "stopped", of("lugo"));
            assertThat(content.post("/v1/campaigns/stopped/runs", Map.of("audience", of("lugo")))
                            .text("/code"))
                    .isEqualTo("run-open");
            await().atMost(SOON).until(() -> !decided("stopped").isEmpty());
            assertThat(content.post(path + "/pause", "{}").text("/state")).isEqualTo("paused");
            await().atMost(SOON).until(() -> {
                int before = decided("stopped").size();
                await().pollDelay(Duration.ofMillis(500)).until(() -> true);
                return decided("stopped").size() == before;
            });
            JsonNode paused = content.get(path).body();
            int sofar = decided("stopped").size();
            assertThat(sofar).isBetween(1, 399);
            assertThat(paused.at("/done").asDouble()).isBetween(.0001, .9999);
            assertThat(content.post(path + "/resume", "{}").text("/state")).isEqualTo("running");
            await().atMost(SOON).until(() -> decided("stopped").size() > sofar);
            assertThat(content.post(path + "/cancel", "{}").text("/state")).isEqualTo("cancelled");
            assertThat(content.post(path + "/resume", "{}").text("/code")).isEqualTo("run-over");
            assertThat(content.post(path + "/cancel", "{}").text("/state")).isEqualTo("cancelled");
        }
    }

    @Test
    void whateverIsInterruptedEverybodyIsDecidedForOnce(@TempDir Path journal) {
        String[] slowly = {"--winback.journal.dir=" + journal, "--winback.runs.per-second=150"};
        String path;
        try (RunningContent content = new RunningContent(infra, slowly)) {
            await().atMost(SOON).until(content::isReady);
            publish(content, "vigo", 400);
            content.post("/v1/campaigns", campaign("vigo", .1, 0));
            await().atMost(SOON)
                    .until(() ->
                            count(content, "vigo", of("vigo")).at("/matching").asInt() == 403);
            path = start(content, "vigo", of("vigo"));
            await().atMost(SOON).until(() -> decided("vigo").size() > 50);
        }
        assertThat(decided("vigo").size()).isBetween(51, 399);
        try (RunningContent content = new RunningContent(infra, slowly)) {
            // As after a crash before anything was saved: all is done again, under the same ids.
            JdbcClient db = content.context.getBean(JdbcClient.class);
            db.sql("UPDATE campaign_run_part SET position = 0, done = false, looked_at = 0, mailed = 0, held_out = 0,"
                            + " suppressed = 0, no_consent = 0, no_address = 0 WHERE run_id = :run AND owner IS NULL")
                    .param("run", UUID.fromString(path.substring(path.lastIndexOf('/') + 1)))
                    .update();
            JsonNode done = awaitState(content, path, "completed");
            assertThat(done.at("/counts/mailed").asInt()
                            + done.at("/counts/heldOut").asInt())
                    .isEqualTo(400);
            assertThat(done.at("/counts/liveAlready").asInt()).isZero();
            assertOneEach("vigo", 400);
        }
    }

    @Test
    void aRunOfWhichAllIsDoneIsCompletedWhoeverDidTheLast(@TempDir Path journal) {
        try (RunningContent content = new RunningContent(infra, "--winback.journal.dir=" + journal)) {
            await().atMost(SOON).until(content::isReady);
            content.post("/v1/campaigns", campaign("ended", 0, 0));
            String path = start(content, "ended", of("nowhere"));
            awaitState(content, path, "completed");
            // As whoever is killed, or a run that is paused, between the end of the last part and that of the run
            // leaves it.
            JdbcClient db = content.context.getBean(JdbcClient.class);
            for (String state : List.of("running", "paused")) {
                db.sql("UPDATE campaign_run SET state = :state, finished_at = NULL WHERE campaign_id = 'ended'")
                        .param("state", state)
                        .update();
                if (state.equals("paused")) {
                    content.post(path + "/resume", "{}");
                }
                assertThat(awaitState(content, path, "completed")
                                .at("/finishedAt")
                                .isNull())
                        .isFalse();
            }
        }
    }

    @Test
    void whatARunCannotDoIsSaidByName(@TempDir Path journal) {
        try (RunningContent content = new RunningContent(infra, "--winback.journal.dir=" + journal)) {
            await().atMost(SOON).until(content::isReady);
            content.post("/v1/campaigns", campaign("named", 0, 0));
            String runs = "/v1/campaigns/named/runs";
            assertThat(content.post("/v1/campaigns/nowhere/runs", "{}").text("/code"))
                    .isEqualTo("unknown-campaign");
            Answer refused = content.post(runs, """
                    {"audience": {"segment": "vip", "uplift": {"min": 0}, "cap": 0, "lifecycle": ["asleep"],
                      "scores": {"luck": {"min": 1}, "churn": {"min": 1, "max": 0}, "value": {}},
                      "traits": {"city": [], "tags": [{"a": 1}]}}}""");
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.body().at("/errors").values().stream()
                            .map(fault -> fault.at("/field").asString()))
                    .containsExactly(
                            "audience.segment",
                            "audience.uplift",
                            "audience.cap",
                            "audience.lifecycle",
                            "audience.scores.luck",
                            "audience.scores.churn",
                            "audience.scores.value",
                            "audience.traits.city",
                            "audience.traits.tags");
            for (String endless : List.of("{\"min\": 1e999}", "{\"max\": -1e999}", "{\"min\": \"NaN\"}")) {
                Answer answer = content.post(runs, "{\"audience\": {\"scores\": {\"value\": " + endless + "}}}");
                assertThat(answer.status()).as(endless).isEqualTo(400);
                assertThat(answer.text("/errors/0/field")).as(endless).startsWith("audience.scores.value");
            }
            Answer personal = content.post(runs, """
                    {"audience": {"traits": {"email": ["a@x.example"], "First_Name": ["Ann"], "phone": ["1"],
                      "lastName": ["Lee"], "name": ["Ann Lee"]}}}""");
            assertThat(personal.status()).isEqualTo(400);
            assertThat(personal.body().at("/errors").values().stream()
                            .map(fault -> fault.at("/field").asString()))
                    .containsExactlyInAnyOrder(
                            "audience.traits.email",
                            "audience.traits.First_Name",
                            "audience.traits.phone",
                            "audience.traits.lastName",
                            "audience.traits.name");
            for (String trait : List.of(
                    "fullName",
                    "E-Mail Address",
                    "emailaddress",
                    "dirección",
                    "APELLIDOS",
                    "phone.number",
                    "contactEmail",
                    "address2",
                    "NIF",
                    "userId",
                    "customer_id",
                    "subscriberid")) {
                assertThat(content.post(runs, "{\"audience\": {\"traits\": {\"" + trait + "\": [\"x\"]}}}")
                                .text("/errors/0/code"))
                        .as(trait)
                        .isEqualTo("personal-data");
            }
            assertThat(content.post(runs, "{\"audience\": {\"traits\": {\"city\": [\"Rome\", \"a@x.example\"]}}}")
                            .text("/errors/0/code"))
                    .isEqualTo("personal-data");
            assertThat(content.post(runs, "{\"audience\": {\"town\": []}}").status())
                    .isEqualTo(400);
            assertThat(content.get(runs + "/" + UUID.randomUUID()).text("/code"))
                    .isEqualTo("unknown-run");
            assertThat(content.get(runs + "/nonsense").status()).isEqualTo(400);
            for (String cursor : List.of("x", "%2B999999999-12-31T23:59:59Z", "-999999999-01-01T00:00:00Z")) {
                for (String list : List.of(runs, "/v1/campaigns/named/generations")) {
                    assertThat(content.get(list + "?cursor=" + cursor).text("/errors/0/field"))
                            .as("%s %s", list, cursor)
                            .isEqualTo("cursor");
                }
            }
            for (String trait :
                    List.of("emailFrequency", "storeName", "phoneModel", "zip", "paid", "lastHolidayIdea")) {
                assertThat(content.post(
                                        runs,
                                        "{\"dryRun\": true, \"audience\": {\"traits\": {\"" + trait + "\": [\"x\"]}}}")
                                .status())
                        .as(trait)
                        .isEqualTo(200);
            }
            assertThat(content.post(runs, "{\"dryRun\": true, \"audience\": {\"traits\": {\"hasEmail\": [true]}}}")
                            .status())
                    .isEqualTo(200);
            Answer first = content.post(runs, "{\"audience\": {\"cap\": 1}}", "Idempotency-Key", "one-run");
            Answer again = content.post(runs, "{\"audience\": {\"cap\": 1}}", "Idempotency-Key", "one-run");
            assertThat(again.text("/runId")).isEqualTo(first.text("/runId"));
        }
    }
}
