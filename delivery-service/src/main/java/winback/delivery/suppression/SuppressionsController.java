package winback.delivery.suppression;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.security.Principal;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;
import winback.delivery.recipients.Address;

@Tag(name = "suppressions", description = "Who must not be written to")
@RestController
@RequestMapping("/v1/suppressions")
class SuppressionsController {

    private static final int LONGEST_ID = 256;

    /**
     * Exactly one of the two.
     *
     * @param address an e-mail address; only a code of it is kept
     */
    record Wish(@Nullable String subscriberId, @Nullable String address) {}

    record Page(List<Suppression> suppressions, @Nullable String nextCursor) {}

    private final Suppressions suppressions;
    private final Clock clock;

    SuppressionsController(Suppressions suppressions, Clock clock) {
        this.suppressions = suppressions;
        this.clock = clock;
    }

    @Operation(summary = "The suppression list, newest first")
    @GetMapping
    Page list(
            @RequestParam(defaultValue = "100") @Min(1) @Max(1000) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        long before = Long.MAX_VALUE;
        if (cursor != null) {
            try {
                before = Long.parseLong(cursor);
            } catch (NumberFormatException unknown) {
                throw Problem.invalid("cursor", "wrong-value", "not a cursor of this list");
            }
        }
        List<Suppression> found = suppressions.page(before, limit + 1);
        return found.size() <= limit
                ? new Page(found, null)
                : new Page(
                        List.copyOf(found.subList(0, limit)),
                        found.get(limit - 1).suppressionId());
    }

    @Operation(summary = "Suppresses a subscriber or an address")
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Suppression add(@RequestBody Wish wish, Principal caller) {
        if ((wish.subscriberId() == null) == (wish.address() == null)) {
            throw Problem.invalid("subscriberId", "wrong-value", "say either subscriberId or address");
        }
        String source = "key:" + caller.getName();
        var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        if (wish.address() != null) {
            Address address = Address.of(wish.address())
                    .orElseThrow(() -> Problem.invalid("address", "wrong-value", "not an e-mail address"));
            return suppressions.add(address, SuppressionReason.OPERATOR, source, now);
        }
        String subscriberId = wish.subscriberId();
        if (subscriberId == null
                || subscriberId.isBlank()
                || subscriberId.length() > LONGEST_ID
                || subscriberId.chars().anyMatch(Character::isISOControl)) {
            throw Problem.invalid(
                    "subscriberId", "wrong-value", "1 to " + LONGEST_ID + " characters, no control characters");
        }
        return suppressions.add(subscriberId, SuppressionReason.OPERATOR, source, now);
    }

    @Operation(summary = "Removes the entries of an address, a subscriber or an entry's id")
    @DeleteMapping("/{addressOrId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(@PathVariable String addressOrId) {
        if (suppressions.remove(addressOrId) == 0) {
            throw Problem.notFound("unknown-suppression", "Nothing is suppressed by that address or id.");
        }
    }
}
