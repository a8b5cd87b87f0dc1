package winback.profile;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.infrastructure.junit.Infrastructure;

/** The service in this JVM, with a clock that tests move, and the eyes of its neighbours on HTTP and Kafka. */
public final class RunningService implements AutoCloseable {

    static final String KEY = "a-key-only-for-these-tests";
    static final JsonMapper JSON = JsonMapper.shared();

    /** The real time and what the test adds to it. */
    static final class MovableClock extends Clock {
        private volatile Duration ahead = Duration.ZERO;

        void advance(Duration by) {
            ahead = ahead.plus(by);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }
    }

    record Answer(int status, JsonNode body, Map<String, List<String>> headers) {}

    final MovableClock clock = new MovableClock();
    public final JdbcClient db;
    private final Infrastructure infra;
    private final ConfigurableApplicationContext context;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    final int port;
    /** Whether a 503 is tried again, as senders do; a machine under load may be late with an acknowledgement. */
    boolean patient = true;

    public RunningService(Infrastructure infra, String... more) {
        this.infra = infra;
        List<String> arguments = new ArrayList<>(arguments(infra));
        arguments.add("--server.port=0");
        arguments.addAll(List.of(more));
        this.context = ProfileServiceApplication.builder()
                .initializers(context ->
                        ((GenericApplicationContext) context).registerBean("clock", Clock.class, () -> clock))
                .run(arguments.toArray(String[]::new));
        this.port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        this.db = context.getBean(JdbcClient.class);
    }

    static List<String> arguments(Infrastructure infra) {
        var database = infra.database("profile");
        return List.of(
                "--winback.kafka=" + infra.bootstrapServers(),
                "--winback.db.url=" + database.url(),
                "--winback.db.user=" + database.user(),
                "--winback.db.password=" + database.password(),
                "--winback.db.schema=" + database.schema(),
                "--winback.topics.prefix=" + infra.topicPrefix(),
                "--winback.topics.partitions=3",
                "--winback.api.key=" + KEY,
                "--winback.secret.value=a-secret-of-the-tests-that-is-long-enough");
    }

    Answer get(String path) {
        return send(request(path).GET().build());
    }

    Answer post(String path, String body, String... headers) {
        return post(path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    Answer post(String path, byte[] body, String... headers) {
        HttpRequest.Builder request = request(path).POST(BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        Answer answer = send(request.build());
        for (int tries = 1; patient && answer.status() == 503 && tries < 5; tries++) {
            answer = send(request.build());
        }
        return answer;
    }

    Answer put(String path, String body) {
        return send(request(path)
                .PUT(BodyPublishers.ofString(body, StandardCharsets.UTF_8))
                .build());
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + KEY)
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(300));
    }

    Answer send(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            return new Answer(
                    response.statusCode(),
                    JSON.readTree(response.body().isEmpty() ? "{}" : response.body()),
                    response.headers().map());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Everything on a topic as it stands now. */
    List<ConsumerRecord<String, byte[]>> records(String topic) {
        return records(infra, topic);
    }

    static List<ConsumerRecord<String, byte[]>> records(Infrastructure infra, String topic) {
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, infra.bootstrapServers());
        config.put(ConsumerConfig.GROUP_ID_CONFIG, UUID.randomUUID().toString());
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(infra.topicPrefix() + topic).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            return records;
        }
    }

    /** The payloads for one key on a topic, in order. */
    List<JsonNode> events(String topic, String key) {
        List<JsonNode> events = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> record : records(topic)) {
            if (key.equals(record.key()) && record.value() != null) {
                events.add(JSON.readTree(record.value()));
            }
        }
        return events;
    }

    static String header(ConsumerRecord<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    /** Puts bytes on a topic as a stranger might. */
    void produce(String topic, String key, byte[] value, Map<String, String> headers) {
        Map<String, Object> config = Map.of("bootstrap.servers", infra.bootstrapServers());
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
            var record = new ProducerRecord<>(infra.topicPrefix() + topic, key, value);
            headers.forEach((name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
            producer.send(record);
        }
    }

    @Override
    public void close() {
        context.close();
        http.close();
    }
}
