package winback.delivery.sendtimes;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;
import winback.contracts.SendTimesChanged;

@Tag(name = "send times", description = "When a subscriber tends to respond")
@RestController
class SendTimesController {

    private final SendTimes sendTimes;

    SendTimesController(SendTimes sendTimes) {
        this.sendTimes = sendTimes;
    }

    @Operation(summary = "Share of responses by local hour, and the best hour to write at")
    @GetMapping("/v1/subscribers/{subscriberId}/sendtimes")
    SendTimesChanged sendTimes(@PathVariable String subscriberId) {
        return sendTimes
                .find(subscriberId)
                .orElseThrow(() -> Problem.notFound("unknown-subscriber", "No such subscriber is known here."));
    }
}
