package winback.chassis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.KafkaTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.chassis.access.ApiKeys;
import winback.chassis.access.Role;
import winback.chassis.events.EventPublisher;
import winback.contracts.Topic;
import winback.contracts.TrainingSetRequested;
import winback.infrastructure.junit.Infrastructure;

class MannersTest {

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    @TempDir
    static Path directory;

    static ConfigurableApplicationContext service;
    static int port;
    static final HttpClient http = HttpClient.newHttpClient();
    static String ingestKey;
    static String readKey;

    @BeforeAll
    static void start() {
        Path keys = directory.resolve("keys.json");
        ingestKey = ApiKeys.create(keys, "shop", Role.INGEST);
        readKey = ApiKeys.create(keys, "dashboard", Role.READ);
        service = NoteService.start(infra, "--winback.keys.file=" + keys);
        port = service.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/actuator/health/readiness", null).statusCode() == 200);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void strangersAreToldToSendAKey() throws Exception {
        HttpResponse<String> answer = get("/v1/notes/x", null);
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
        assertProblem(answer, "unknown-key");
        assertThat(get("/v1/notes/x", "wb_wrong").statusCode()).isEqualTo(401);
    }

    @Test
    void anIngestKeyWritesActivityAndReadsNothing() throws Exception {
        assertThat(post("/v1/drop", ingestKey, "{\"any\":1}").statusCode()).isEqualTo(200);
        for (String path : List.of("/v1/notes/x", "/actuator/prometheus")) {
            HttpResponse<String> answer = get(path, ingestKey);
            assertThat(answer.statusCode()).as(path).isEqualTo(403);
            assertProblem(answer, "role-too-small");
        }
        assertThat(post("/v1/notes", ingestKey, "{\"body\":\"b\"}").statusCode())
                .isEqualTo(403);
    }

    @Test
    void aReadKeyReadsMetricsAndWritesNothing() throws Exception {
        assertThat(get("/actuator/prometheus", readKey).body()).contains("jvm_memory_used_bytes");
        assertThat(post("/v1/notes", readKey, "{\"body\":\"b\"}").statusCode()).isEqualTo(403);
        assertThat(post("/v1/drop", readKey, "{}").statusCode()).isEqualTo(403);
    }

    @Test
    void aReadKeyAsksQuestionsThatNeedABody() throws Exception {
        assertThat(post("/v1/questions", readKey, "{}").statusCode()).isEqualTo(200);
        assertThat(post("/v1/questions", NoteService.KEY, "{}").statusCode()).isEqualTo(200);
        assertThat(post("/v1/questions", ingestKey, "{}").statusCode()).isEqualTo(403);
        assertThat(get("/v1/questions", ingestKey).statusCode()).isEqualTo(403);
    }

    @Test
    void basicCarriesTheKeyAsUserName() throws Exception {
        String basic = Base64.getEncoder().encodeToString((ingestKey + ":").getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(uri("/v1/drop"))
                .header("Authorization", "Basic " + basic)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        assertThat(send(request).statusCode()).isEqualTo(200);
    }

    @Test
    void aKeyAddedToTheFileIsKnownWithinSeconds() throws Exception {
        String fresh = ApiKeys.create(directory.resolve("keys.json"), "late", Role.READ);
        await().atMost(Duration.ofSeconds(5))
                .until(() -> get("/v1/notes/none", fresh).statusCode() != 401);
    }

    @Test
    void otherActuatorEndpointsAreOff() throws Exception {
        assertThat(get("/actuator/env", NoteService.KEY).statusCode()).isEqualTo(404);
        assertThat(get("/actuator/health/liveness", null).statusCode()).isEqualTo(200);
        assertThat(get("/v3/api-docs", null).body()).contains("/v1/notes");
    }

    @Test
    void schemasOfNestedTypesAreCalledByTheirOuterType() throws Exception {
        assertThat(get("/v3/api-docs", null).body())
                .contains("\"#/components/schemas/NoteServiceNote\"", "\"NoteServiceNote\":{");
    }

    @Test
    void faultsHaveTheirPlace() throws Exception {
        HttpResponse<String> malformed = post("/v1/notes", NoteService.KEY, "{\"body\": \"x\",\n oops}");
        assertProblem(malformed, "malformed-json");
        assertThat(malformed.statusCode()).isEqualTo(400);
        assertThat(malformed.body()).contains("line 2");

        HttpResponse<String> wrongType = post("/v1/notes", NoteService.KEY, "{\"body\": {\"deep\": 1}}");
        assertThat(wrongType.statusCode()).isEqualTo(400);
        assertThat(wrongType.body()).contains("\"field\":\"body\"", "must be a string");

        HttpResponse<String> unknown = post("/v1/notes", NoteService.KEY, "{\"body\": \"x\", \"colour\": 1}");
        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(unknown.body()).contains("\"field\":\"colour\"", "is not known here");

        HttpResponse<String> cut = post("/v1/notes", NoteService.KEY, "{\"body\": \"x\"");
        assertProblem(cut, "malformed-json");
        assertThat(cut.body()).doesNotContain("Source", "jackson", "REDACTED");

        HttpResponse<String> blank = post("/v1/notes", NoteService.KEY, "{\"body\": \" \"}");
        assertThat(blank.statusCode()).isEqualTo(400);
        assertThat(blank.body()).contains("\"field\":\"body\"");
    }

    @Test
    void aFormIsAMediaTypeThatIsNotKnownHere() throws Exception {
        for (String type : List.of("multipart/form-data", "multipart/form-data; boundary=x", "text/csv")) {
            HttpRequest request = HttpRequest.newBuilder(uri("/v1/notes"))
                    .header("Authorization", "Bearer " + NoteService.KEY)
                    .header("Content-Type", type)
                    .POST(HttpRequest.BodyPublishers.ofString("{\"body\":\"b\"}"))
                    .build();
            HttpResponse<String> answer = send(request);
            assertThat(answer.statusCode()).as(type).isEqualTo(415);
            assertProblem(answer, "unsupported-media-type");
        }
    }

    @Test
    void aTypeWithAStarIsNoMediaType() throws Exception {
        for (String type : List.of(
                "*/*",
                "application/*",
                "application/*+json",
                "*",
                "text/*",
                "*/*; charset=utf-8",
                "Application/*;x=y")) {
            HttpRequest request = HttpRequest.newBuilder(uri("/v1/notes"))
                    .header("Authorization", "Bearer " + NoteService.KEY)
                    .header("Content-Type", type)
                    .POST(HttpRequest.BodyPublishers.ofString("{\"body\":\"b\"}"))
                    .build();
            HttpResponse<String> answer = send(request);
            assertThat(answer.statusCode()).as(type).isEqualTo(415);
            assertProblem(answer, "unsupported-media-type");
        }
        HttpRequest starred = HttpRequest.newBuilder(uri("/v1/notes"))
                .header("Authorization", "Bearer " + NoteService.KEY)
                .header("Content-Type", "application/json; x=*")
                .POST(HttpRequest.BodyPublishers.ofString("{\"body\":\"b\"}"))
                .build();
        assertThat(send(starred).statusCode()).isEqualTo(201);
        HttpRequest bodiless = HttpRequest.newBuilder(uri("/v1/notes/find?id=x"))
                .header("Authorization", "Bearer " + NoteService.KEY)
                .header("Content-Type", "*/*")
                .build();
        assertThat(send(bodiless).statusCode()).isEqualTo(200);
        HttpRequest probe = HttpRequest.newBuilder(uri("/actuator/health"))
                .header("Content-Type", "*/*")
                .build();
        assertThat(send(probe).statusCode()).isEqualTo(415);
    }

    @Test
    void aQueryThatIsNoUtf8IsAProblem() throws Exception {
        for (String query : List.of("id=%FF", "id=%ED%A0%80", "id=%C0%80")) {
            HttpResponse<String> answer = send(HttpRequest.newBuilder(uri("/v1/notes/find?" + query))
                    .header("Authorization", "Bearer " + NoteService.KEY)
                    .build());
            assertThat(answer.statusCode()).as(query).isEqualTo(400);
            assertProblem(answer, "unreadable-query");
        }
    }

    @Test
    void halvesOfSurrogatePairsAreRefusedWithTheirPlace() throws Exception {
        Map<String, String> bodies = Map.of(
                "{\"body\":\"\\ud800ab\"}", "body",
                "{\"body\":\"ab\\udc00\"}", "body",
                "{\"body\":\"\\udc00\\ud800\"}", "body",
                "{\"body\":\"b\",\"tags\":{\"a\":\"\\ud800\"}}", "tags.a",
                "{\"body\":\"b\",\"tags\":{\"a\":[{\"b\":\"\\ud800\"}]}}", "tags.a",
                "{\"body\":\"b\",\"more\":{\"a\":[1,\"\\ud800\"]}}", "more.a[1]");
        for (Map.Entry<String, String> body : bodies.entrySet()) {
            HttpResponse<String> answer = post("/v1/notes", NoteService.KEY, body.getKey());
            assertThat(answer.statusCode()).as(body.getKey()).isEqualTo(400);
            assertThat(answer.body())
                    .as(body.getKey())
                    .contains("\"field\":\"" + body.getValue() + "\"", "half of a surrogate pair");
        }
        for (String name : List.of("tags", "more")) {
            HttpResponse<String> answer =
                    post("/v1/notes", NoteService.KEY, "{\"body\":\"b\",\"%s\":{\"\\ud800\":1}}".formatted(name));
            assertThat(answer.statusCode()).as(name).isEqualTo(400);
            assertThat(answer.body()).as(name).contains("surrogate pair");
        }
        assertThat(post(
                                "/v1/notes",
                                NoteService.KEY,
                                "{\"body\":\"\\ud83d\\ude00\",\"more\":{\"a\":\"\\ud83d\\ude00\"},\"tags\":{\"a\":\"\\ud83d\\ude00\"}}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(post("/v1/notes", NoteService.KEY, "{\"body\":\"b\",\"id\":null,\"more\":null,\"tags\":null}")
                        .statusCode())
                .isEqualTo(201);
    }

    @Test
    void aNumberBeyondAllBoundsHasItsPlace() throws Exception {
        HttpResponse<String> answer =
                post("/v1/notes", NoteService.KEY, "{\"body\":\"b\",\"stars\":99999999999999999999}");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body())
                .contains("\"field\":\"stars\"", "a whole number")
                .doesNotContain("malformed");
    }

    @Test
    void everyOperationSaysThatItMayAnswerWithAProblem() throws Exception {
        JsonNode api = JsonMapper.shared().readTree(get("/v3/api-docs", null).body());
        assertThat(api.path("paths"))
                .isNotEmpty()
                .allSatisfy(path -> assertThat(path)
                        .allSatisfy(operation -> assertThat(operation
                                        .at("/responses/default/content/application~1problem+json/schema/$ref")
                                        .asString())
                                .isEqualTo("#/components/schemas/Problem")));
        assertThat(api.toString()).doesNotContain("*/*");
        JsonNode problem = api.at("/components/schemas/Problem");
        assertThat(problem.path("properties").propertyNames())
                .containsExactlyInAnyOrder("type", "title", "status", "detail", "code", "instance", "errors");
        assertThat(problem.path("required"))
                .extracting(JsonNode::asString)
                .containsExactlyInAnyOrder("type", "title", "status", "detail", "code");
        assertThat(problem.at("/properties/status/type").asString()).isEqualTo("integer");
        JsonNode refused = JsonMapper.shared()
                .readTree(post("/v1/notes", NoteService.KEY, "{\"body\":\" \"}").body());
        assertThat(refused.propertyNames())
                .containsExactlyInAnyOrderElementsOf(problem.path("properties").propertyNames());
    }

    @Test
    void unexpectedFailuresTellNothingButAnIncident() throws Exception {
        HttpResponse<String> answer = get("/v1/notes/boom", NoteService.KEY);
        assertThat(answer.statusCode()).isEqualTo(500);
        assertProblem(answer, "unexpected");
        assertThat(answer.body()).contains("incident").doesNotContain("secret");
        assertProblem(get("/nowhere", NoteService.KEY), "not-found");
        assertThat(get("/nowhere", NoteService.KEY).body()).contains("\"type\":\"urn:winback:problem:not-found\"");
        HttpResponse<String> nul = get("/v1/notes/find?id=a%00b", NoteService.KEY);
        assertThat(nul.statusCode()).isEqualTo(400);
        assertProblem(nul, "control-character");
        assertProblem(get("/error", NoteService.KEY), "not-found");
    }

    @Test
    void bodiesAreBoundedAfterInflation() throws Exception {
        String large = "{\"body\":\"" + "x".repeat(11_000) + "\"}";
        HttpResponse<String> plain = post("/v1/notes", NoteService.KEY, large);
        assertThat(plain.statusCode()).isEqualTo(413);
        assertProblem(plain, "body-too-large");

        HttpResponse<String> bomb = postGzip("{\"body\":\"" + "x".repeat(5_000_000) + "\"}");
        assertThat(bomb.statusCode()).isEqualTo(413);
        assertProblem(bomb, "body-too-large");

        assertThat(postGzip("{\"body\":\"small\"}").statusCode()).isEqualTo(201);
    }

    @Test
    void brokenGzipIsTheCallersFault() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri("/v1/notes"))
                .header("Authorization", "Bearer " + NoteService.KEY)
                .header("Content-Type", "application/json")
                .header("Content-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofString("not gzip"))
                .build();
        assertThat(send(request).statusCode()).isEqualTo(400);
    }

    @Test
    void aRepeatWithTheSameIdempotencyKeyGetsTheFirstAnswer() throws Exception {
        HttpResponse<String> first = post("/v1/notes", NoteService.KEY, "{\"body\":\"once\"}", "k-1");
        HttpResponse<String> second = post("/v1/notes", NoteService.KEY, "{\"body\":\"once\"}", "k-1");
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
        HttpResponse<String> other = post("/v1/notes", NoteService.KEY, "{\"body\":\"another one\"}", "k-1");
        assertThat(other.statusCode()).isEqualTo(422);
        HttpResponse<String> refused = post("/v1/notes", NoteService.KEY, "{\"body\":\"once\"}", "k".repeat(256));
        assertThat(refused.statusCode()).isEqualTo(400);
    }

    @Test
    void answersAreKeptForADay() throws Exception {
        post("/v1/notes", NoteService.KEY, "{\"body\":\"old\"}", "k-old");
        JdbcClient db = service.getBean(JdbcClient.class);
        db.sql("UPDATE idempotency_key SET created_at = now() - interval '25 hours' WHERE key = 'k-old'")
                .update();
        post("/v1/notes", NoteService.KEY, "{\"body\":\"new\"}", "k-new");
        assertThat(db.sql("SELECT key FROM idempotency_key WHERE key IN ('k-old', 'k-new')")
                        .query(String.class)
                        .list())
                .containsExactly("k-new");
    }

    @Test
    void poisonIsParkedAndTheRestGoesOn() throws Exception {
        NoteService.Commands commands = service.getBean(NoteService.Commands.class);
        EventPublisher events = service.getBean(EventPublisher.class);
        KafkaTemplate<String, byte[]> raw = kafka();
        String topic = infra.topicPrefix() + Topic.COMMANDS.wireName();

        events.publish(Topic.COMMANDS, 0, command("before")).join();
        raw.send(new ProducerRecord<>(topic, 0, "poison", "{not json".getBytes(StandardCharsets.UTF_8)))
                .join();
        ProducerRecord<String, byte[]> halfEvent =
                new ProducerRecord<>(topic, 0, "half", "{\"datasetId\":\"half\"}".getBytes(StandardCharsets.UTF_8));
        halfEvent.headers().add("ce_type", "winback.training.requested.v1".getBytes(StandardCharsets.UTF_8));
        raw.send(halfEvent).join();
        ProducerRecord<String, byte[]> newer =
                new ProducerRecord<>(topic, 0, "newer", "{}".getBytes(StandardCharsets.UTF_8));
        newer.headers().add("ce_type", "winback.from.the.future.v9".getBytes(StandardCharsets.UTF_8));
        raw.send(newer).join();
        events.publish(Topic.COMMANDS, 0, command("choke-1")).join();
        events.publish(Topic.COMMANDS, 0, command("after")).join();

        await().atMost(Duration.ofSeconds(20)).until(() -> commands.seen.contains("after"));
        assertThat(commands.seen).contains("before").doesNotContain("choke-1");
        Map<String, String> parked = parked(topic + ".dlt", 3);
        assertThat(parked).containsEntry("poison", "malformed").containsEntry("half", "malformed");
        assertThat(parked).containsEntry("choke-1", "failed").doesNotContainKey("newer");
        String metrics = get("/actuator/prometheus", NoteService.KEY).body();
        assertThat(metrics).contains("winback_events_parked_total").contains("winback_events_unknown_total");
    }

    @SuppressWarnings("unchecked")
    private static KafkaTemplate<String, byte[]> kafka() {
        return service.getBean(KafkaTemplate.class);
    }

    private static TrainingSetRequested command(String id) {
        return new TrainingSetRequested(id, Instant.EPOCH, 30, Instant.EPOCH);
    }

    private static Map<String, String> parked(String topic, int count) {
        Map<String, Object> config = Map.of("bootstrap.servers", infra.bootstrapServers());
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition only = new TopicPartition(topic, 0);
            consumer.assign(List.of(only));
            consumer.seekToBeginning(List.of(only));
            List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
            await().atMost(Duration.ofSeconds(10)).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(found::add);
                return found.size() >= count;
            });
            Map<String, String> reasons = new java.util.HashMap<>();
            for (ConsumerRecord<String, byte[]> record : found) {
                reasons.put(
                        record.key(),
                        new String(record.headers().lastHeader("winback_reason").value(), StandardCharsets.UTF_8));
            }
            return reasons;
        }
    }

    private static void assertProblem(HttpResponse<String> answer, String code) {
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private static HttpResponse<String> get(String path, @Nullable String key)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        return send(request.build());
    }

    private static HttpResponse<String> post(String path, String key, String body, String... idempotencyKey)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (idempotencyKey.length > 0) {
            request.header("Idempotency-Key", idempotencyKey[0]);
        }
        return send(request.build());
    }

    private static HttpResponse<String> postGzip(String body) throws IOException, InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(body.getBytes(StandardCharsets.UTF_8));
        }
        return send(HttpRequest.newBuilder(uri("/v1/notes"))
                .header("Authorization", "Bearer " + NoteService.KEY)
                .header("Content-Type", "application/json")
                .header("Content-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofByteArray(bytes.toByteArray()))
                .build());
    }

    private static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
