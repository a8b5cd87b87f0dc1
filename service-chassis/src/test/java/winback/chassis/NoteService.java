package winback.chassis;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import winback.chassis.events.Batches;
import winback.contracts.Event;
import winback.contracts.TrainingSetRequested;
import winback.infrastructure.LocalPostgres.Database;
import winback.infrastructure.junit.Infrastructure;

/** The smallest service there can be: notes over HTTP, and a listener that chokes on a given id. */
@SpringBootApplication
class NoteService {

    static final String KEY = "test-key-0123456789abcdef-admin";

    static ConfigurableApplicationContext start(Infrastructure infra, String... more) {
        Database db = infra.database("chassistest");
        List<String> args = new ArrayList<>(List.of(
                "--winback.service=chassistest",
                "--winback.access.ingest-paths=/v1/drop",
                "--winback.access.read-paths=/v1/questions",
                "--winback.http.max-body=10KB",
                "--winback.http.idempotent-paths=/v1/notes",
                "--winback.kafka=" + infra.bootstrapServers(),
                "--winback.topics.prefix=" + infra.topicPrefix(),
                "--winback.topics.partitions=2",
                "--winback.db.url=" + db.url(),
                "--winback.db.user=" + db.user(),
                "--winback.db.password=" + db.password(),
                "--winback.db.schema=" + db.schema(),
                "--winback.api.key=" + KEY,
                "--server.port=0"));
        args.addAll(List.of(more));
        SpringApplication application = new SpringApplicationBuilder(NoteService.class).build();
        return application.run(args.toArray(String[]::new));
    }

    record Note(
            @Nullable String id,
            @NotBlank String body,
            @Nullable Integer stars,
            @Nullable JsonNode more,
            @Nullable Map<String, Object> tags) {}

    @RestController
    static class Notes {
        private final JdbcClient db;
        private final Clock clock;

        Notes(JdbcClient db, Clock clock) {
            this.db = db;
            this.clock = clock;
        }

        @PostMapping("/v1/questions")
        Map<String, Object> ask() {
            return Map.of("answer", 42);
        }

        @PostMapping("/v1/notes")
        @ResponseStatus(HttpStatus.CREATED)
        Map<String, Object> create(@Valid @RequestBody Note note) {
            String id = note.id() == null ? UUID.randomUUID().toString() : note.id();
            db.sql("INSERT INTO note (id, body) VALUES (:id, :body)")
                    .param("id", id)
                    .param("body", note.body())
                    .update();
            return Map.of("id", id, "at", clock.instant());
        }

        @GetMapping("/v1/notes/{id}")
        Map<String, Object> read(@PathVariable String id) {
            if (id.equals("boom")) {
                throw new IllegalStateException("secret detail");
            }
            return db.sql("SELECT id, body FROM note WHERE id = :id")
                    .param("id", id)
                    .query()
                    .singleRow();
        }

        @GetMapping("/v1/notes/find")
        List<Map<String, Object>> find(@RequestParam String id) {
            return db.sql("SELECT id, body FROM note WHERE id = :id")
                    .param("id", id)
                    .query()
                    .listOfRows();
        }

        @PostMapping("/v1/drop")
        Map<String, Object> drop(@RequestBody Map<String, Object> anything) {
            return Map.of("success", true);
        }
    }

    @Component
    static class Commands {
        final List<String> seen = new CopyOnWriteArrayList<>();

        @KafkaListener(
                topics = "${winback.topics.prefix}winback.commands",
                groupId = "${winback.topics.prefix}chassistest")
        void on(List<ConsumerRecord<String, Event>> batch) {
            Batches.process(batch, records -> {
                List<String> ids = new ArrayList<>();
                for (ConsumerRecord<String, Event> record : records) {
                    if (record.value() instanceof TrainingSetRequested request) {
                        if (request.datasetId().startsWith("choke")) {
                            throw new IllegalArgumentException("chokes on " + request.datasetId());
                        }
                        ids.add(request.datasetId());
                    }
                }
                seen.addAll(ids);
            });
        }
    }
}
