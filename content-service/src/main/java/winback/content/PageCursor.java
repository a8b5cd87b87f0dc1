package winback.content;

import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import winback.chassis.problems.Problem;

/** Where a page of what is listed newest first goes on. */
public final class PageCursor {

    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");

    /** Later ones PostgreSQL's driver cannot send. */
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

    private PageCursor() {}

    /**
     * Before when the page begins.
     *
     * @param cursor of the page before; absent for the first
     * @throws Problem 400 where it is none
     */
    public static @Nullable Instant before(@Nullable String cursor) {
        if (cursor == null) {
            return null;
        }
        try {
            Instant before = Instant.parse(cursor);
            if (!before.isBefore(FIRST) && !before.isAfter(LAST)) {
                return before;
            }
        } catch (DateTimeException none) {
            // as one that is out of bounds
        }
        throw Problem.invalid("cursor", "wrong-value", "a nextCursor of an earlier page");
    }
}
