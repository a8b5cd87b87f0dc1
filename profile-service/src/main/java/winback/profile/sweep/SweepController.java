package winback.profile.sweep;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;

@RestController
@Tag(name = "Sweeps")
class SweepController {

    record Requested(UUID sweepId) {}

    private final Sweeps sweeps;

    SweepController(Sweeps sweeps) {
        this.sweeps = sweeps;
    }

    @PostMapping("/v1/sweeps")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(summary = "Recompute everybody as of now")
    ResponseEntity<Requested> request() {
        UUID id = sweeps.request();
        return ResponseEntity.accepted()
                .location(URI.create("/v1/sweeps/" + id))
                .body(new Requested(id));
    }

    @GetMapping("/v1/sweeps/{id}")
    @Operation(summary = "How far a sweep is")
    Sweeps.Sweep find(@PathVariable UUID id) {
        return sweeps.find(id).orElseThrow(() -> Problem.notFound("unknown-sweep", "There is no sweep with this id."));
    }
}
