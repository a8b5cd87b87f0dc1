package winback.delivery.deliveries;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;

@Tag(name = "deliveries", description = "The schedule of mails")
@RestController
@RequestMapping("/v1/deliveries")
class DeliveriesController {

    /**
     * A delivery as it is answered: without the mail and without the address.
     *
     * @param state {@code scheduled}, {@code publishing}, {@code due} or {@code refused}
     * @param reason why this time, or why not
     * @param dueAt absent when it was refused before it had a time
     * @param publishedAt when it was handed to Kafka, absent before
     * @param moves how often its time changed
     * @param attempts failures since it became due
     */
    record View(
            String deliveryId,
            String decisionId,
            String subscriberId,
            String campaignId,
            String variantId,
            String state,
            String reason,
            boolean immediate,
            @Nullable Instant dueAt,
            Instant createdAt,
            Instant changedAt,
            @Nullable Instant publishedAt,
            int moves,
            int attempts) {

        static View of(Delivery delivery) {
            return new View(
                    delivery.deliveryId(),
                    delivery.decisionId(),
                    delivery.subscriberId(),
                    delivery.campaignId(),
                    delivery.variantId(),
                    delivery.state().wireName(),
                    delivery.reason(),
                    delivery.immediate(),
                    delivery.dueAt(),
                    delivery.createdAt(),
                    delivery.changedAt(),
                    delivery.publishedAt(),
                    delivery.moves(),
                    delivery.attempts());
        }
    }

    record Page(List<View> deliveries, @Nullable String nextCursor) {}

    private final Deliveries deliveries;

    DeliveriesController(Deliveries deliveries) {
        this.deliveries = deliveries;
    }

    @Operation(summary = "Deliveries, newest first")
    @GetMapping
    Page list(
            @RequestParam(required = false) @Nullable @Size(min = 1, max = 256) String subscriberId,
            @RequestParam(required = false) @Nullable @Size(min = 1, max = 256) String campaignId,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(defaultValue = "100") @Min(1) @Max(1000) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        long before = cursor == null ? Long.MAX_VALUE : place(cursor);
        List<Deliveries.Listed> found =
                deliveries.page(new Deliveries.Filter(subscriberId, campaignId, state(state)), before, limit + 1);
        boolean more = found.size() > limit;
        return new Page(
                found.stream()
                        .limit(limit)
                        .map(listed -> View.of(listed.delivery()))
                        .toList(),
                more ? Long.toString(found.get(limit - 1).seq()) : null);
    }

    @Operation(summary = "One delivery")
    @GetMapping("/{deliveryId}")
    View get(@PathVariable String deliveryId) {
        return deliveries
                .find(deliveryId)
                .map(View::of)
                .orElseThrow(() -> Problem.notFound("unknown-delivery", "There is no such delivery."));
    }

    private static long place(String cursor) {
        try {
            return Long.parseLong(cursor);
        } catch (NumberFormatException unknown) {
            throw Problem.invalid("cursor", "wrong-value", "not a cursor of this list");
        }
    }

    private static @Nullable DeliveryState state(@Nullable String name) {
        if (name == null) {
            return null;
        }
        try {
            return DeliveryState.ofWireName(name.toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw Problem.invalid("state", "wrong-value", "scheduled, publishing, due or refused");
        }
    }
}
