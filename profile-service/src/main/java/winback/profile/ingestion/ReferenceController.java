package winback.profile.ingestion;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import winback.contracts.ActivityType;

/**
 * What {@code ./winback bench ingest} measures {@code /v1/track} against: the same filters, authentication, parsing and
 * validation, and nothing after them. Off unless {@code winback.bench.reference} is true: it forgets what it is told.
 */
@RestController
@ConditionalOnProperty("winback.bench.reference")
@Hidden
class ReferenceController {

    private final IngestionController ingestion;

    ReferenceController(IngestionController ingestion) {
        this.ingestion = ingestion;
    }

    @PostMapping("/v1/track/reference")
    IngestionController.Accepted track(HttpServletRequest call, Principal key) {
        ingestion.understood(ActivityType.TRACK, IngestionController.body(call), key);
        return new IngestionController.Accepted(true, List.of());
    }
}
