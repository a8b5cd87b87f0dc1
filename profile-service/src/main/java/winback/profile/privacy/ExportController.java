package winback.profile.privacy;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;
import winback.chassis.problems.Problem;
import winback.contracts.ProfileChanged;
import winback.contracts.ProfileChanged.Consent;
import winback.profile.features.Feature;
import winback.profile.features.FeatureSchema;
import winback.profile.features.Lifecycle;
import winback.profile.identities.SubscriberIds;
import winback.profile.subscribers.ActivityLog;
import winback.profile.subscribers.Subscriber;
import winback.profile.subscribers.Subscribers;

@RestController
@Tag(name = "Privacy")
class ExportController {

    /** {@code current} is what counts now; what is not listed is not agreed to. */
    record ConsentRecord(String subscriberId, List<Consent> current, List<Consents.Word> history) {}

    record Profile(
            long version,
            String lifecycle,
            @Nullable String disposition,
            @Nullable Instant firstSeenAt,
            @Nullable Instant lastActivityAt,
            @Nullable String timezone,
            @Nullable String locale,
            Map<String, @Nullable Object> traits,
            Instant featuresAsOf,
            String featureSchema,
            List<FeatureValue> features,
            List<String> periodNames,
            float[][] periods) {}

    /** {@code value} is null when unknown. */
    record FeatureValue(
            String name,
            String group,
            String unit,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            Double value) {}

    record Merge(String from, Instant at) {}

    /** Where another service tells what it holds of the same id: this one asks no other. */
    record Elsewhere(String service, String what, String path) {}

    private static final List<Elsewhere> ELSEWHERE = List.of(
            new Elsewhere("prediction-service", "scores", "/v1/subscribers/{id}/predictions"),
            new Elsewhere("delivery-service", "deliveries", "/v1/deliveries?subscriberId={id}"),
            new Elsewhere("delivery-service", "send times", "/v1/subscribers/{id}/sendtimes"),
            new Elsewhere("delivery-service", "suppressed addresses", "/v1/suppressions"));

    private static final JsonMapper JSON = JsonMapper.builder()
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private final JdbcClient db;
    private final TransactionTemplate snapshot;
    private final Subscribers subscribers;
    private final SubscriberIds ids;
    private final ActivityLog activity;
    private final Consents consents;
    private final Lifecycle lifecycle;
    private final Clock clock;

    ExportController(
            JdbcClient db,
            PlatformTransactionManager transactions,
            Subscribers subscribers,
            SubscriberIds ids,
            ActivityLog activity,
            Consents consents,
            Lifecycle lifecycle,
            Clock clock) {
        this.db = db;
        this.snapshot = new TransactionTemplate(transactions);
        this.snapshot.setReadOnly(true);
        this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        this.subscribers = subscribers;
        this.ids = ids;
        this.activity = activity;
        this.consents = consents;
        this.lifecycle = lifecycle;
        this.clock = clock;
    }

    @GetMapping("/v1/subscribers/{id}/consents")
    @Operation(summary = "What a person agreed to and took back, with source and time")
    ConsentRecord consents(@PathVariable String id) {
        return Objects.requireNonNull(snapshot.execute(status -> consents(find(id))));
    }

    private ConsentRecord consents(Subscriber subscriber) {
        return new ConsentRecord(subscriber.id(), subscriber.state().consents(), consents.history(subscriber.id()));
    }

    /** Streamed, since somebody may have a million activities. */
    @GetMapping(path = "/v1/subscribers/{id}/export", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Everything that this service holds of a person, and where the others' part is to be had")
    void export(@PathVariable String id, HttpServletResponse response) {
        snapshot.executeWithoutResult(status -> {
            Subscriber subscriber = find(id);
            response.setContentType(MediaType.APPLICATION_JSON_VALUE);
            response.setHeader("Content-Disposition", "attachment; filename=\"subscriber.json\"");
            try {
                write(subscriber, response.getOutputStream());
            } catch (IOException callerIsGone) {
                throw new java.io.UncheckedIOException(callerIsGone);
            }
        });
    }

    private void write(Subscriber subscriber, OutputStream out) {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringProperty("subscriberId", subscriber.id());
            json.writePOJOProperty("exportedAt", clock.instant());
            json.writePOJOProperty("profile", profile(subscriber));
            json.writePOJOProperty("consents", consents(subscriber));
            json.writePOJOProperty("merges", merges(subscriber.id()));
            json.writePOJOProperty("elsewhere", ELSEWHERE);
            json.writeArrayPropertyStart("activity");
            activity.received(subscriber.id(), json::writePOJO);
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private Profile profile(Subscriber subscriber) {
        ProfileChanged published = subscriber.changed(lifecycle);
        List<FeatureValue> features = new ArrayList<>();
        for (int i = 0; i < published.features().length; i++) {
            Feature feature = FeatureSchema.CURRENT.features().get(i);
            float value = published.features()[i];
            features.add(new FeatureValue(
                    feature.name(),
                    feature.group().name().toLowerCase(Locale.ROOT),
                    feature.unit(),
                    Float.isNaN(value) ? null : (double) value));
        }
        return new Profile(
                published.version(),
                published.lifecycle(),
                published.disposition(),
                subscriber.state().firstSeenAt(),
                published.lastActivityAt(),
                published.timezone(),
                published.locale(),
                published.traits(),
                published.featuresAsOf(),
                published.featureSchema(),
                features,
                FeatureSchema.PERIOD_NAMES,
                published.periods());
    }

    private List<Merge> merges(String id) {
        return db.sql("SELECT from_id, at FROM merge WHERE into_id = ? ORDER BY at, from_id")
                .param(id)
                .query((row, n) -> new Merge(
                        row.getString(1), row.getObject(2, OffsetDateTime.class).toInstant()))
                .list();
    }

    private Subscriber find(String id) {
        return subscribers
                .find(ids.canonical(SubscriberId.valid(id)))
                .orElseThrow(() -> Problem.notFound("unknown-subscriber", "There is no subscriber with this id."));
    }
}
