package winback.content.decisions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are seldom read again, off the heap: in mapped files without a name, which the kernel writes and reads as it
 * likes and which are gone with the process, however it ends. A file is given back when nothing on it is needed, at once:
 * a mapping that waits for the collector keeps the disk's room.
 */
final class Shelf implements AutoCloseable {

    private static final int BOARD_BYTES = 1 << 24;

    /** One mapped file. */
    private static final class Board {
        private final Arena mapping = Arena.ofShared();
        private final ByteBuffer bytes;
        // Guarded by the shelf, as all that is written is.
        private int used;
        private int things;

        Board(Path directory, int size) throws IOException {
            Files.createDirectories(directory);
            Path file = Files.createTempFile(directory, "live", null);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                bytes = channel.map(FileChannel.MapMode.READ_WRITE, 0, size, mapping)
                        .asByteBuffer();
            } finally {
                Files.delete(file);
            }
        }
    }

    private final Path directory;
    private final Map<Integer, Board> boards = new ConcurrentHashMap<>();
    private int newest = -1;

    Shelf(Path directory) {
        this.directory = directory;
    }

    /**
     * Keeps some bytes.
     *
     * @return the place, not negative
     */
    synchronized long put(byte[] thing) {
        int size = Integer.BYTES + thing.length;
        Board board = boards.get(newest);
        if (board == null || board.bytes.capacity() - board.used < size) {
            try {
                Board next = new Board(directory, Math.max(BOARD_BYTES, size));
                if (board != null && board.things == 0) {
                    giveBack(newest);
                }
                newest++;
                boards.put(newest, next);
                board = next;
            } catch (IOException failed) {
                throw new UncheckedIOException("no room for live deliveries in " + directory, failed);
            }
        }
        int at = board.used;
        board.bytes.putInt(at, thing.length);
        board.bytes.put(at + Integer.BYTES, thing);
        board.used += size;
        board.things++;
        return (long) newest << Integer.SIZE | at;
    }

    /** What was put there; null when it was removed. */
    byte @Nullable [] get(long place) {
        Board board = boards.get((int) (place >>> Integer.SIZE));
        if (board == null) {
            return null;
        }
        try {
            return get(board, (int) place);
        } catch (IllegalStateException givenBack) {
            return null;
        }
    }

    private static byte @Nullable [] get(Board board, int at) {
        int length = board.bytes.getInt(at);
        if (length == 0) {
            return null;
        }
        byte[] thing = new byte[length];
        board.bytes.get(at + Integer.BYTES, thing);
        // Removed meanwhile: perhaps overwritten already.
        return board.bytes.getInt(at) == 0 ? null : thing;
    }

    /** Overwrites what is there, if it is. */
    synchronized void remove(long place) {
        int number = (int) (place >>> Integer.SIZE);
        Board board = boards.get(number);
        if (board == null) {
            return;
        }
        int at = (int) place;
        int length = board.bytes.getInt(at);
        if (length == 0) {
            return;
        }
        board.bytes.putInt(at, 0);
        board.bytes.put(at + Integer.BYTES, new byte[length]);
        board.things--;
        if (board.things == 0 && number != newest) {
            giveBack(number);
        }
    }

    private void giveBack(int number) {
        Board board = boards.remove(number);
        if (board != null) {
            board.mapping.close();
        }
    }

    @Override
    public synchronized void close() {
        List.copyOf(boards.keySet()).forEach(this::giveBack);
    }

    /** Of the files that are in use. */
    long bytes() {
        return boards.values().stream()
                .mapToLong(board -> board.bytes.capacity())
                .sum();
    }
}
