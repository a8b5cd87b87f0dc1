package winback.profile.imports;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import winback.chassis.problems.Problem;

/** A file as it arrives: its bytes counted, inflated if it is gzipped, and decoded. */
final class Upload {

    private static final int BUFFER = 65_536;

    private final Counted raw;
    private final @Nullable Long bytesTotal;
    private final Reader text;

    /**
     * @param length as the sender declared it, below zero when it did not
     * @throws Problem when the text is of a character set that the mapping does not name
     */
    Upload(InputStream body, long length, Charset charset) throws IOException {
        this.raw = new Counted(body);
        this.bytesTotal = length < 0 ? null : length;
        PushbackInputStream sent = new PushbackInputStream(raw, 2);
        int magic = magic(sent);
        PushbackInputStream bytes =
                magic == 0x1f8b ? new PushbackInputStream(new GZIPInputStream(sent, BUFFER), 2) : sent;
        int mark = magic == 0x1f8b ? magic(bytes) : magic;
        if (charset.equals(StandardCharsets.UTF_8) && (mark == 0xfeff || mark == 0xfffe)) {
            throw Problem.invalid("charset", "wrong-encoding", "the file is UTF-16; say charset=UTF-16");
        }
        this.text = new InputStreamReader(
                bytes,
                charset.newDecoder()
                        // A malformed byte becomes U+FFFD, which spoils its row and not the file.
                        .onMalformedInput(CodingErrorAction.REPLACE)
                        .onUnmappableCharacter(CodingErrorAction.REPLACE));
    }

    private static int magic(PushbackInputStream bytes) throws IOException {
        byte[] two = bytes.readNBytes(2);
        bytes.unread(two);
        return two.length < 2 ? 0 : (two[0] & 0xff) << 8 | two[1] & 0xff;
    }

    Reader text() {
        return text;
    }

    /** Bytes received, before inflation; somewhat ahead of the text that was read. */
    long bytesRead() {
        return raw.count;
    }

    @Nullable
    Long bytesTotal() {
        return bytesTotal;
    }

    private static final class Counted extends FilterInputStream {
        private long count;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            count += value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            count += Math.max(0, read);
            return read;
        }
    }
}
