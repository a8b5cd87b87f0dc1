package winback.prediction.alerts;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;

@RestController
@Tag(name = "Alerts")
class AlertController {

    private static final int MAX_PAGE = 500;
    private static final Pattern CURSOR = Pattern.compile("a-[0-9a-f]{11,30}");

    private final Alerts alerts;

    AlertController(Alerts alerts) {
        this.alerts = alerts;
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Page(List<Alert> alerts, @Nullable String nextCursor) {}

    @GetMapping("/v1/alerts")
    @Operation(summary = "All alerts on models, newest first")
    Page list(
            @Parameter(description = "true for open ones alone, false for closed ones alone")
                    @RequestParam(required = false)
                    @Nullable
                    Boolean open,
            @RequestParam(defaultValue = "100") int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw Problem.invalid("limit", "out-of-range", "1 to " + MAX_PAGE);
        }
        if (cursor != null && !CURSOR.matcher(cursor).matches()) {
            throw Problem.invalid("cursor", "wrong-value", "not a cursor of this list");
        }
        List<Alert> found = alerts.list(open, limit + 1, cursor);
        return found.size() <= limit
                ? new Page(found, null)
                : new Page(found.subList(0, limit), found.get(limit - 1).alertId());
    }
}
