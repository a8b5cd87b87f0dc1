package winback.profile.imports;

import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/** The lines of a text, none longer than memory should hold. */
final class Lines {

    /**
     * @param number from 1
     * @param text without its end; the beginning only, of one that is too long
     */
    record Line(long number, String text, boolean tooLong) {}

    /** Longest line in characters. */
    static final int MAX_LENGTH = 65_536;

    private final Reader reader;
    private final char[] buffer = new char[32_768];
    private int position;
    private int limit;
    private long number;

    Lines(Reader reader) {
        this.reader = reader;
    }

    /** Null at the end. A text that breaks off throws, and its last, broken line is never given. */
    @Nullable
    Line next() throws IOException {
        StringBuilder begun = null;
        boolean tooLong = false;
        while (true) {
            if (position == limit) {
                limit = reader.read(buffer, 0, buffer.length);
                position = 0;
                if (limit < 0) {
                    limit = 0;
                    return begun == null ? null : line(begun.toString(), tooLong);
                }
            }
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            if (end < limit && begun == null) {
                String text = new String(buffer, position, end - position);
                position = end + 1;
                return line(text, false);
            }
            begun = begun == null ? new StringBuilder() : begun;
            int room = Math.min(end - position, MAX_LENGTH - begun.length());
            begun.append(buffer, position, room);
            tooLong |= room < end - position;
            position = end;
            if (end < limit) {
                position++;
                return line(begun.toString(), tooLong);
            }
        }
    }

    private Line line(String text, boolean tooLong) {
        number++;
        int begin = number == 1 && text.startsWith("\uFEFF") ? 1 : 0;
        int end = text.endsWith("\r") ? text.length() - 1 : text.length();
        return new Line(number, text.substring(Math.min(begin, end), end), tooLong);
    }
}
