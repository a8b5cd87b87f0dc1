package winback.profile.imports;

import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/** One JSON object a line. */
final class JsonLines implements Rows {

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(64)
                            .maxNumberLength(400)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // 10.00 stays as it was written, and does not become 1E+1.
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final Lines lines;

    JsonLines(Reader reader) {
        this.lines = new Lines(reader);
    }

    @Override
    public @Nullable Row next() throws IOException {
        Lines.Line line = lines.next();
        while (line != null && line.text().isBlank() && !line.tooLong()) {
            line = lines.next();
        }
        if (line == null) {
            return null;
        }
        if (line.tooLong()) {
            return Rows.tooLong(line.number());
        }
        try {
            JsonNode node = JSON.readTree(line.text());
            return node.isObject()
                    ? new Row.Json(line.number(), line.text(), node)
                    : new Row.Unreadable(line.number(), "wrong-type", "a line is one JSON object");
        } catch (JacksonException malformed) {
            var place = malformed.getLocation();
            return new Row.Unreadable(
                    line.number(),
                    "malformed-json",
                    "no JSON that can be read" + (place == null ? "" : ", at column " + place.getColumnNr()));
        }
    }
}
