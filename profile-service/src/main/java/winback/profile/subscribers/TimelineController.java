package winback.profile.subscribers;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;
import winback.contracts.ActivityReceived;
import winback.profile.features.Activity;
import winback.profile.features.SubscriberState;
import winback.profile.identities.SubscriberIds;
import winback.profile.money.ExchangeRates;
import winback.profile.subscribers.ActivityLog.Stored;

/** What a subscriber did and what happened to them, newest first. */
@RestController
@Tag(name = "Subscribers")
class TimelineController {

    /**
     * @param kind what it means for the profile, such as {@code order}
     * @param precision {@code day} when only the day is known; {@code at} is then its noon in UTC
     * @param timeAdjusted whether the sender's clock was not believed
     * @param machineRule the rule by which it is a machine's and counts in nothing; absent for a person's
     * @param amount as sent, in {@code currency}
     * @param value the amount in the deployment's currency; absent without an amount
     * @param noRate true when there is an amount but no exchange rate of its day, so that no money counts it
     */
    record Item(
            String activityId,
            String type,
            @Nullable String name,
            String kind,
            Instant at,
            String precision,
            Instant receivedAt,
            @Nullable Boolean timeAdjusted,
            String source,
            @Nullable String machineRule,
            @Nullable String orderId,
            @Nullable String decisionId,
            @Nullable BigDecimal amount,
            @Nullable String currency,
            @Nullable BigDecimal value,
            @Nullable Boolean noRate,
            Map<String, @Nullable Object> properties,
            Map<String, @Nullable Object> traits) {}

    record Timeline(
            String subscriberId, List<Item> items, @Nullable String nextCursor) {}

    private final ActivityLog activity;
    private final Subscribers subscribers;
    private final SubscriberIds ids;
    private final ExchangeRates rates;

    TimelineController(ActivityLog activity, Subscribers subscribers, SubscriberIds ids, ExchangeRates rates) {
        this.activity = activity;
        this.subscribers = subscribers;
        this.ids = ids;
        this.rates = rates;
    }

    @GetMapping("/v1/subscribers/{id}/timeline")
    @Operation(summary = "What a subscriber did and what happened to them, newest first, machines' responses included")
    Timeline timeline(
            @PathVariable String id,
            @RequestParam(defaultValue = "50") @Min(1) @Max(500) int limit,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant until) {
        if (id.indexOf('\0') >= 0) {
            throw Problem.invalid("id", "control-character", "an id has no control characters");
        }
        String canonical = ids.canonical(id);
        if (subscribers.find(canonical).isEmpty()) {
            throw Problem.notFound("unknown-subscriber", "There is no subscriber with this id.");
        }
        SubscriberState.Place before = cursor == null
                ? new SubscriberState.Place(until == null ? LAST : bounded(until), Long.MIN_VALUE)
                : place(cursor);
        List<Stored> found = new ArrayList<>(
                activity.newest(canonical, before, from == null ? Instant.EPOCH : bounded(from), limit + 1));
        String next = null;
        if (found.size() > limit) {
            found.removeLast();
            Activity last = found.getLast().entry().activity();
            next = cursor(new SubscriberState.Place(last.at(), last.tie()));
        }
        return new Timeline(canonical, found.stream().map(this::item).toList(), next);
    }

    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

    private static Instant bounded(Instant time) {
        return time.isBefore(Instant.EPOCH) ? Instant.EPOCH : time.isAfter(LAST) ? LAST : time;
    }

    private Item item(Stored stored) {
        ActivityReceived event = stored.entry().event();
        Activity known = stored.entry().activity();
        double value = rates.current().amount(known);
        return new Item(
                known.id(),
                lower(event.type()),
                event.name(),
                lower(known.kind()),
                known.at(),
                lower(known.precision()),
                event.receivedAt().truncatedTo(ChronoUnit.MILLIS),
                event.timeAdjusted() ? true : null,
                event.source(),
                stored.machineRule(),
                known.orderId(),
                known.decisionId(),
                known.amount(),
                known.amount() == null
                        ? null
                        : known.currency() == null ? rates.current().currency() : known.currency(),
                Double.isNaN(value) ? null : BigDecimal.valueOf(value).setScale(2, RoundingMode.HALF_EVEN),
                known.amount() != null && Double.isNaN(value) ? true : null,
                event.properties(),
                event.traits());
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String cursor(SubscriberState.Place place) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((place.at().toEpochMilli() + " " + place.tie()).getBytes(StandardCharsets.US_ASCII));
    }

    private static SubscriberState.Place place(String cursor) {
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII).split(" ", 2);
            if (parts.length == 2) {
                return new SubscriberState.Place(
                        bounded(Instant.ofEpochMilli(Long.parseLong(parts[0]))), Long.parseLong(parts[1]));
            }
        } catch (IllegalArgumentException notOurs) {
            // Neither Base64 nor numbers.
        }
        throw Problem.invalid("cursor", "wrong-value", "not a cursor of this list");
    }
}
