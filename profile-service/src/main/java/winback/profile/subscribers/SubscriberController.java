package winback.profile.subscribers;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;
import winback.contracts.ProfileChanged.Consent;
import winback.profile.features.Deployment;
import winback.profile.features.Feature;
import winback.profile.features.FeatureSchema;
import winback.profile.features.Lifecycle;
import winback.profile.features.SubscriberState;
import winback.profile.identities.SubscriberIds;

@RestController
@Tag(name = "Subscribers")
class SubscriberController {

    record Summary(
            String subscriberId,
            String lifecycle,
            @Nullable Instant lastActivityAt,
            @Nullable Instant lastOrderAt,
            long orders,
            BigDecimal spend) {}

    record Page(List<Summary> subscribers, @Nullable String nextCursor) {}

    /** {@code spend} in {@code currency}, refunds subtracted. */
    record Orders(
            long count,
            BigDecimal spend,
            String currency,
            @Nullable Instant firstAt,
            @Nullable Instant lastAt) {}

    record Profile(
            String subscriberId,
            long version,
            String lifecycle,
            Map<String, @Nullable Object> traits,
            List<Consent> consents,
            @Nullable String timezone,
            @Nullable String locale,
            @Nullable Instant firstSeenAt,
            @Nullable Instant lastActivityAt,
            Orders orders,
            Instant featuresAsOf,
            String featureSchema) {}

    /** {@code value} is null when unknown. */
    record FeatureValue(
            String name,
            String group,
            String unit,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            Double value) {}

    record Features(String subscriberId, String featureSchema, Instant asOf, List<FeatureValue> features) {}

    record DeclaredFeature(String name, String group, String unit, String range, String absence, String formula) {}

    record Catalogue(String featureSchema, List<DeclaredFeature> features, List<String> periodNames) {}

    record Stats(
            long subscribers,
            long orders,
            long activities,
            BigDecimal spend,
            String currency,
            Map<String, Long> byLifecycle) {}

    private final JdbcClient db;
    private final Subscribers subscribers;
    private final SubscriberIds ids;
    private final Lifecycle lifecycle;
    private final Deployment deployment;

    SubscriberController(
            JdbcClient db, Subscribers subscribers, SubscriberIds ids, Lifecycle lifecycle, Deployment deployment) {
        this.db = db;
        this.subscribers = subscribers;
        this.ids = ids;
        this.lifecycle = lifecycle;
        this.deployment = deployment;
    }

    @GetMapping("/v1/subscribers")
    @Operation(summary = "Everybody, or those in one stage of the lifecycle, in order of id")
    Page list(
            @RequestParam(name = "lifecycle", required = false) @Nullable String stage,
            @RequestParam(defaultValue = "100") @Min(1) @Max(1000) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        if (stage != null
                && Arrays.stream(Lifecycle.Stage.values())
                        .noneMatch(known -> known.wireName().equals(stage))) {
            throw Problem.invalid(
                    "lifecycle",
                    "wrong-value",
                    "one of "
                            + Arrays.stream(Lifecycle.Stage.values())
                                    .map(Lifecycle.Stage::wireName)
                                    .toList());
        }
        List<Summary> found = new ArrayList<>(db.sql("""
                        SELECT id, lifecycle, last_activity_at, last_order_at, orders, spend FROM subscriber
                        WHERE version > 0 AND id > :after AND (:stage::text IS NULL OR lifecycle = :stage)
                        ORDER BY id LIMIT :limit
                        """)
                .param("after", cursor == null ? "" : after(cursor))
                .param("stage", stage)
                .param("limit", limit + 1)
                .query((row, n) -> new Summary(
                        row.getString(1),
                        row.getString(2),
                        instant(row.getObject(3, OffsetDateTime.class)),
                        instant(row.getObject(4, OffsetDateTime.class)),
                        row.getLong(5),
                        money(row.getDouble(6))))
                .list());
        String next = null;
        if (found.size() > limit) {
            found.removeLast();
            next = cursor(found.getLast().subscriberId());
        }
        return new Page(found, next);
    }

    @GetMapping("/v1/subscribers/{id}")
    @Operation(summary = "Who a subscriber is, as last published")
    Profile profile(@PathVariable String id) {
        Subscriber subscriber = find(id);
        SubscriberState state = subscriber.state();
        return new Profile(
                subscriber.id(),
                subscriber.version(),
                lifecycle.stage(state, subscriber.featuresAsOf()).wireName(),
                state.traits(),
                state.consents(),
                state.timezone(),
                state.locale(),
                state.firstSeenAt(),
                state.lastActivityAt(),
                new Orders(
                        state.orders(),
                        money(state.spend()),
                        deployment.currency(),
                        state.firstOrderAt(),
                        state.lastOrderAt()),
                subscriber.featuresAsOf(),
                FeatureSchema.CURRENT.fingerprint());
    }

    @GetMapping("/v1/subscribers/{id}/features")
    @Operation(summary = "A subscriber's feature vector, as last published")
    Features features(@PathVariable String id) {
        Subscriber subscriber = find(id);
        FeatureSchema schema = FeatureSchema.CURRENT;
        float[] vector = schema.vector(subscriber.state(), subscriber.featuresAsOf());
        List<FeatureValue> values = new ArrayList<>(vector.length);
        for (int i = 0; i < vector.length; i++) {
            Feature feature = schema.features().get(i);
            values.add(new FeatureValue(
                    feature.name(),
                    group(feature),
                    feature.unit(),
                    Float.isNaN(vector[i]) ? null : (double) vector[i]));
        }
        return new Features(subscriber.id(), schema.fingerprint(), subscriber.featuresAsOf(), values);
    }

    @GetMapping("/v1/features")
    @Operation(summary = "Every feature: its unit, range, absence and formula")
    Catalogue catalogue() {
        FeatureSchema schema = FeatureSchema.CURRENT;
        return new Catalogue(
                schema.fingerprint(),
                schema.features().stream()
                        .map(feature -> new DeclaredFeature(
                                feature.name(),
                                group(feature),
                                feature.unit(),
                                feature.range(),
                                feature.absence(),
                                feature.formula()))
                        .toList(),
                FeatureSchema.PERIOD_NAMES);
    }

    @GetMapping("/v1/stats")
    @Operation(summary = "How many subscribers, orders and activities there are")
    Stats stats() {
        Map<String, Long> byLifecycle = new LinkedHashMap<>();
        for (Lifecycle.Stage stage : Lifecycle.Stage.values()) {
            byLifecycle.put(stage.wireName(), 0L);
        }
        long[] counts = new long[3];
        double[] spend = new double[1];
        db.sql("""
                        SELECT lifecycle, count(*), sum(orders), sum(activities), sum(spend) FROM subscriber
                        WHERE version > 0 GROUP BY lifecycle
                        """).query(row -> {
            byLifecycle.put(row.getString(1), row.getLong(2));
            for (int i = 0; i < 3; i++) {
                counts[i] += row.getLong(i + 2);
            }
            spend[0] += row.getDouble(5);
        });
        return new Stats(counts[0], counts[1], counts[2], money(spend[0]), deployment.currency(), byLifecycle);
    }

    private Subscriber find(String id) {
        if (id.indexOf('\0') >= 0) {
            throw Problem.invalid("id", "control-character", "an id has no control characters");
        }
        // A merged-away id answers for whom it was merged into.
        return subscribers
                .find(ids.canonical(id))
                .orElseThrow(() -> Problem.notFound("unknown-subscriber", "There is no subscriber with this id."));
    }

    private static String group(Feature feature) {
        return feature.group().name().toLowerCase(Locale.ROOT);
    }

    private static BigDecimal money(double amount) {
        return BigDecimal.valueOf(amount).setScale(2, RoundingMode.HALF_EVEN);
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }

    /** What a cursor says, so that another text is not taken for one. */
    private static final String AFTER = "after:";

    private static String cursor(String id) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString((AFTER + id).getBytes(StandardCharsets.UTF_8));
    }

    private static String after(String cursor) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            if (text.startsWith(AFTER) && text.indexOf('\0') < 0) {
                return text.substring(AFTER.length());
            }
        } catch (IllegalArgumentException notBase64) {
            // as any other text that is none
        }
        throw Problem.invalid("cursor", "wrong-value", "not a cursor of this list");
    }
}
