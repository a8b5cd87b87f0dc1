package winback.content.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is on its way to Kafka, in files of a local directory. A record that was appended is there after a
 * {@code kill -9}: it is in the page cache, which the kernel writes. It is not after a loss of power, since nothing is
 * forced to the disk. Records are read in the order in which they were begun, and leave when they have arrived; a new
 * process reads again what had not.
 *
 * <p>Appending takes no lock and waits for nothing, neither for the disk: a thread of the journal's own makes the next
 * file while the present one is filled. When there is no room there is an answer at once.
 */
public final class Journal implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Journal.class);
    private static final String SUFFIX = ".journal";
    private static final long PAUSE_NANOS = 200_000_000;

    private static final int LEAST_SEGMENT_BYTES = 1 << 16;

    /** The part of a file that has to be left for one more: what other threads write at the same moment fits as well. */
    private static final int MARGIN = 4;

    /** Where a record is; the order of places is that of reading. */
    public record Place(long segment, int at) {}

    /**
     * @param place of this record
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes, compared nowhere
    public record Entry(Place place, byte[] record, Place next) {}

    private final Path directory;
    private final int segmentBytes;
    private final int mostSegments;
    private final FileChannel lockFile;
    private final FileLock lock;

    private final ConcurrentSkipListMap<Long, Segment> segments = new ConcurrentSkipListMap<>();
    private final AtomicReference<Segment> current;
    private final AtomicReference<@Nullable Segment> spare = new AtomicReference<>();
    private final Thread preparing;
    private volatile boolean closed;
    private Place reading;

    private Journal(Path directory, int segmentBytes, int mostSegments, FileChannel lockFile, FileLock lock)
            throws IOException {
        this.directory = directory;
        this.segmentBytes = segmentBytes;
        this.mostSegments = mostSegments;
        this.lockFile = lockFile;
        this.lock = lock;
        long newest = recover();
        Segment first = Segment.create(file(newest + 1), newest + 1, segmentBytes);
        segments.put(first.number(), first);
        this.current = new AtomicReference<>(first);
        Segment oldest = segments.firstEntry().getValue();
        this.reading = new Place(oldest.number(), oldest.arrived());
        this.preparing = Thread.ofPlatform().name("journal").daemon(true).unstarted(this::prepare);
    }

    /**
     * Opens a directory, which is made if it is absent, with what an earlier process left in it.
     *
     * @param segmentBytes of one file, at least 64 KiB
     * @param mostBytes of all files, at least three of them
     * @throws IllegalStateException when another process has it open
     */
    public static Journal open(Path directory, int segmentBytes, long mostBytes) {
        if (segmentBytes < LEAST_SEGMENT_BYTES || mostBytes < 3L * segmentBytes) {
            throw new IllegalArgumentException(
                    "Invalid journal: files of %d bytes, %d in all".formatted(segmentBytes, mostBytes));
        }
        try {
            Files.createDirectories(directory);
            FileChannel lockFile =
                    FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = lock(lockFile);
            if (lock == null) {
                lockFile.close();
                throw new IllegalStateException(
                        "The journal in " + directory + " is in use: each instance needs a directory of its own.");
            }
            Journal journal = new Journal(directory, segmentBytes, (int) (mostBytes / segmentBytes), lockFile, lock);
            journal.preparing.start();
            return journal;
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot open the journal in " + directory, failed);
        }
    }

    private static @Nullable FileLock lock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException here) {
            return null;
        }
    }

    private Path file(long number) {
        return directory.resolve("%016d%s".formatted(number, SUFFIX));
    }

    /** Opens what is there; returns the highest number, 0 when there is none. */
    private long recover() throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.list(directory)) {
            files = found.filter(file -> file.getFileName().toString().matches("\\d{16}\\" + SUFFIX))
                    .sorted(Comparator.naturalOrder())
                    .toList();
        }
        long newest = 0;
        for (Path file : files) {
            newest = Long.parseLong(file.getFileName().toString().substring(0, 16));
            Segment segment = Segment.open(file, newest);
            if (segment == null) {
                Files.delete(file);
            } else if (segment.at(segment.arrived()).next() < 0) {
                segment.delete();
            } else {
                segments.put(newest, segment);
            }
        }
        return newest;
    }

    /** Makes the next file ahead of its need, as long as there may be another one. */
    private void prepare() {
        boolean complained = false;
        while (!closed) {
            try {
                if (spare.get() == null && segments.size() < mostSegments) {
                    long number = current().number() + 1;
                    spare.set(Segment.create(file(number), number, segmentBytes));
                    complained = false;
                    continue;
                }
            } catch (IOException | RuntimeException failed) {
                if (!complained) {
                    complained = true;
                    log.error("the journal cannot grow: {}", failed.toString());
                }
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private Segment current() {
        return Objects.requireNonNull(current.get());
    }

    /** Whether there is room for a record now, and for those that other threads append meanwhile. */
    public boolean hasRoom() {
        return spare.get() != null || current().room() >= mostRecordBytes();
    }

    /** The largest record that it takes: a quarter of a file. */
    public int mostRecordBytes() {
        return segmentBytes / MARGIN;
    }

    /**
     * Appends a record; from here on it outlives the process.
     *
     * @param record 1 byte to {@link #mostRecordBytes}
     * @return false when there was no room
     */
    public boolean append(byte[] record) {
        if (record.length == 0 || record.length > mostRecordBytes()) {
            throw new IllegalArgumentException("Invalid record: " + record.length + " bytes");
        }
        while (!closed) {
            Segment open = current();
            if (open.append(record)) {
                return true;
            }
            Segment next = spare.get();
            if (current() != open) {
                continue; // another thread was first
            }
            if (next == null) {
                return false;
            }
            if (next != open && current.compareAndSet(open, next)) {
                // Read from here on; the one that is filled up is before it.
                segments.put(next.number(), next);
                spare.set(null);
                LockSupport.unpark(preparing);
            }
        }
        return false;
    }

    /** The next record, null when there is none yet. For one thread. */
    public @Nullable Entry next() {
        while (true) {
            Segment segment = segments.get(reading.segment());
            if (segment == null) {
                throw new IllegalStateException("no segment " + reading.segment());
            }
            Segment.Found found = segment.at(reading.at());
            if (found.record() != null) {
                Place next = new Place(segment.number(), found.next());
                Entry entry = new Entry(new Place(segment.number(), found.at()), found.record(), next);
                reading = next;
                return entry;
            }
            if (found.next() >= 0) {
                return null;
            }
            var following = segments.higherEntry(segment.number());
            if (following == null) {
                return null;
            }
            reading = new Place(following.getKey(), following.getValue().arrived());
        }
    }

    /** A record that was read and has not arrived, once more; null when it was erased. */
    public byte @Nullable [] read(Place place) {
        Segment segment = segments.get(place.segment());
        try {
            Segment.Found found = segment == null ? Segment.Found.NOTHING : segment.at(place.at());
            return found.at() == place.at() ? found.record() : null;
        } catch (IllegalStateException arrived) {
            return null;
        }
    }

    /** All before that place have arrived, and are not read again by a later process. */
    public void arrived(Place next) {
        for (Segment before : List.copyOf(segments.headMap(next.segment()).values())) {
            segments.remove(before.number());
            try {
                before.delete();
            } catch (IOException failed) {
                log.warn("cannot delete a file of the journal: {}", failed.toString());
            }
        }
        LockSupport.unpark(preparing);
        Segment segment = segments.get(next.segment());
        if (segment != null) {
            segment.arrived(next.at());
        }
    }

    /**
     * Overwrites records that have not arrived, whether read or not.
     *
     * @return where they were
     */
    public Set<Place> erase(Predicate<byte[]> which) {
        Set<Place> erased = new HashSet<>();
        for (Segment segment : segments.values()) {
            try {
                erase(segment, which, erased);
            } catch (IllegalStateException gone) {
                log.debug("a file of the journal has arrived meanwhile: {}", segment.number());
            }
        }
        return erased;
    }

    private static void erase(Segment segment, Predicate<byte[]> which, Set<Place> erased) {
        int at = segment.arrived();
        while (at >= 0) {
            Segment.Found found = segment.at(at);
            byte[] record = found.record();
            // What arrives meanwhile is overwritten under this thread, which goes on behind it.
            boolean overtaken = segment.arrived() > at;
            if (!overtaken && record != null && which.test(record)) {
                segment.erase(found.at());
                erased.add(new Place(segment.number(), found.at()));
            }
            at = overtaken ? segment.arrived() : record == null ? -1 : found.next();
        }
    }

    /** All that has not arrived, in order. For one thread, before {@link #next}. */
    public List<byte[]> waiting() {
        List<byte[]> waiting = new ArrayList<>();
        erase(record -> {
            waiting.add(record);
            return false;
        });
        return waiting;
    }

    /** Bytes of the files, those that are empty yet included. */
    public long bytes() {
        return (long) segmentBytes * segments.size();
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(preparing);
        try {
            preparing.join();
            Segment unused = spare.getAndSet(null);
            if (unused != null) {
                unused.delete();
            }
            segments.values().forEach(Segment::close);
            lock.release();
            lockFile.close();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (IOException failed) {
            log.warn("the journal is not closed in order: {}", failed.toString());
        }
    }
}
