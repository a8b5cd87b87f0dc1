package winback.standalone.content;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A text file that somebody hands in, in UTF-8, line by line, so that a line that is not can be told by its number. */
final class HandedIn implements AutoCloseable {

    /** Where the library says that it does not say where something began. */
    private static final Pattern PLACES = Pattern.compile("\\s*\\([^()]*\\[Source: .*", Pattern.DOTALL);

    /** Of what is given twice one would be lost. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final String BYTE_ORDER_MARK = "\ufeff";

    /**
     * @param number from 1
     * @param text absent where it is not UTF-8
     */
    record Line(int number, Optional<String> text) {}

    private final BufferedReader bytes;
    private int read;

    private HandedIn(BufferedReader bytes) {
        this.bytes = bytes;
    }

    static HandedIn open(Path file) throws IOException {
        // A character a byte: no byte of UTF-8's longer characters is a line break.
        return new HandedIn(Files.newBufferedReader(file, StandardCharsets.ISO_8859_1));
    }

    @Nullable
    Line next() throws IOException {
        String line = bytes.readLine();
        if (line == null) {
            return null;
        }
        read++;
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
            boolean marked = read == 1 && text.startsWith(BYTE_ORDER_MARK);
            return new Line(read, Optional.of(marked ? text.substring(BYTE_ORDER_MARK.length()) : text));
        } catch (CharacterCodingException otherCharset) {
            return new Line(read, Optional.empty());
        }
    }

    /** All of it. */
    static String read(Path file) throws IOException, NotUtf8 {
        StringBuilder all = new StringBuilder();
        try (HandedIn in = open(file)) {
            for (Line line = in.next(); line != null; line = in.next()) {
                int number = line.number();
                all.append(line.text().orElseThrow(() -> new NotUtf8(number))).append('\n');
            }
        }
        return all.toString();
    }

    /** @throws JacksonException when it is not JSON, or has something twice */
    static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    /** What is wrong with the JSON of a file, without its place. */
    static String complaint(JacksonException malformed) {
        return PLACES.matcher(String.valueOf(malformed.getOriginalMessage())).replaceFirst("");
    }

    static final class NotUtf8 extends Exception {
        private static final long serialVersionUID = 1;

        NotUtf8(int line) {
            super("is not UTF-8 at line " + line);
        }
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
