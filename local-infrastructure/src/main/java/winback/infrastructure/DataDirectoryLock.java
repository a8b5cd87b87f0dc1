package winback.infrastructure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One owner per data directory: a lock on its file {@code lock}, which holds the owner's pid. The operating system lets
 * go of it when the process dies, however it dies.
 */
final class DataDirectoryLock implements AutoCloseable {

    // On POSIX, closing any channel on a file drops every lock this JVM has on it. So a directory that this JVM holds
    // is known from here, and its lock file is never opened a second time.
    private static final Set<Path> HELD = new HashSet<>();

    private final Path directory;
    private final FileChannel channel;

    private DataDirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /** Creates the directory if it is absent and locks it; throws {@link DataDirectoryInUse} if it is held already. */
    static DataDirectoryLock acquire(Path dataDir) {
        PrivateFiles.createDirectories(dataDir);
        synchronized (HELD) {
            try {
                Path directory = dataDir.toRealPath();
                if (HELD.contains(directory)) {
                    throw new DataDirectoryInUse(
                            directory, ProcessHandle.current().pid());
                }
                FileChannel channel = FileChannel.open(
                        directory.resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
                try {
                    @Nullable FileLock lock = channel.tryLock();
                    if (lock == null) {
                        throw new DataDirectoryInUse(directory, pidIn(channel));
                    }
                    writePid(channel);
                } catch (IOException | RuntimeException e) {
                    channel.close();
                    throw e;
                }
                HELD.add(directory);
                return new DataDirectoryLock(directory, channel);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot lock the data directory " + dataDir, e);
            }
        }
    }

    private static void writePid(FileChannel channel) throws IOException {
        channel.truncate(0);
        channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes()), 0);
    }

    private static long pidIn(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(32);
        channel.read(text, 0);
        try {
            return Long.parseLong(new String(text.array(), 0, text.position()).strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @Override
    public void close() {
        synchronized (HELD) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot unlock the data directory " + directory, e);
            } finally {
                HELD.remove(directory);
            }
        }
    }
}
