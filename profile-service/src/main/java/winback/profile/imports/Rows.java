package winback.profile.imports;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The rows of a file, read one by one. A row that cannot be read is said to be so and the next one is read. */
interface Rows {

    /** A row with its values, or what is wrong with it. */
    sealed interface Row {
        /** The line on which the row begins, from 1. */
        long line();

        record Values(long line, List<String> values) implements Row {}

        record Json(long line, String text, JsonNode object) implements Row {}

        record Unreadable(long line, String code, String detail) implements Row {}
    }

    /** The next row that is not empty; null at the end. */
    @Nullable
    Row next() throws IOException;

    static Row tooLong(long line) {
        return new Row.Unreadable(line, "too-long", "a row has at most " + Lines.MAX_LENGTH + " characters");
    }
}
