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
        String subscriberId = wish.subscriberId();
        String address = wish.address();
        if ((subscriberId == null) == (address == null)) {
            throw either();
        }
        String source = "key:" + caller.getName();
        var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        if (subscriberId == null) {
            return suppressions.add(address(address), SuppressionReason.OPERATOR, source, now);
        }
        if (subscriberId.isBlank()
                || subscriberId.length() > LONGEST_ID
                || subscriberId.chars().anyMatch(Character::isISOControl)) {
            throw Problem.invalid(
                    "subscriberId", "wrong-value", "1 to " + LONGEST_ID + " characters, no control characters");
        }
        return suppressions.add(subscriberId, SuppressionReason.OPERATOR, source, now);
    }

    private static Problem either() {
        return Problem.invalid("subscriberId", "wrong-value", "say either subscriberId or address");
    }

    private static Address address(@Nullable String text) {
        return Address.of(text).orElseThrow(() -> Problem.invalid("address", "wrong-value", "not an e-mail address"));
    }

    @Operation(summary = "Removes an entry")
    @DeleteMapping("/{suppressionId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(@PathVariable String suppressionId) {
        if (!suppressions.remove(suppressionId)) {
            throw unknown();
        }
    }

    @Operation(summary = "Removes the entries of a subscriber or of an address")
    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void removeOf(
            @RequestParam(required = false) @Nullable String subscriberId,
            @RequestParam(required = false) @Nullable String address) {
        if ((subscriberId == null) == (address == null)) {
            throw either();
        }
        int removed =
                subscriberId == null ? suppressions.removeOf(address(address)) : suppressions.removeOf(subscriberId);
        if (removed == 0) {
            throw unknown();
        }
    }

    private static Problem unknown() {
        return Problem.notFound("unknown-suppression", "Nothing is suppressed by that.");
    }
}
