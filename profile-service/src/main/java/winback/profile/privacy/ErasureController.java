package winback.profile.privacy;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Instant;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;

@RestController
@Tag(name = "Privacy")
class ErasureController {

    record Accepted(String subscriberId, Instant erasedAt, Instant completeBy) {}

    /** {@code state} is {@code pending} or {@code complete}. */
    record Progress(String subscriberId, String state, Instant erasedAt, Instant completeBy) {}

    private final Erasures erasures;
    private final Clock clock;

    ErasureController(Erasures erasures, Clock clock) {
        this.erasures = erasures;
        this.clock = clock;
    }

    @DeleteMapping("/v1/subscribers/{id}")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(summary = "Forget a person: the tables at once, the topics by completeBy")
    Accepted erase(@PathVariable String id) {
        return erasures.erase(SubscriberId.valid(id))
                .map(erasure -> new Accepted(id, erasure.erasedAt(), erasure.completeBy()))
                .orElseThrow(() -> Problem.notFound("unknown-subscriber", "There is no subscriber with this id."));
    }

    @GetMapping("/v1/erasures/{id}")
    @Operation(summary = "How far the last erasure of an id has come")
    Progress progress(@PathVariable String id) {
        return erasures.find(SubscriberId.valid(id))
                .map(erasure -> new Progress(
                        id,
                        clock.instant().isBefore(erasure.completeBy()) ? "pending" : "complete",
                        erasure.erasedAt(),
                        erasure.completeBy()))
                .orElseThrow(() -> Problem.notFound("unknown-erasure", "No erasure of this id was asked for."));
    }
}
