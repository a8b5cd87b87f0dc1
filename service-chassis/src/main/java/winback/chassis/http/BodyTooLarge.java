package winback.chassis.http;

import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.util.unit.DataSize;
import winback.chassis.problems.Problem;

/** A body grew past its bound, after inflation. */
public final class BodyTooLarge extends IOException {

    private static final long serialVersionUID = 1;

    BodyTooLarge(DataSize limit) {
        super("body exceeds " + limit.toKilobytes() + " KB");
    }

    public Problem problem() {
        return Problem.of(
                HttpStatus.CONTENT_TOO_LARGE,
                "body-too-large",
                "The b" + String.valueOf(getMessage()).substring(1) + ".");
    }
}
