package winback.content.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

    private static final int SEGMENT = 4 << 20;

    @TempDir
    Path directory;

    private Journal open(int segments) {
        return Journal.open(directory, SEGMENT, (long) segments * SEGMENT);
    }

    private static byte[] record(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> rest(Journal journal) {
        List<String> rest = new ArrayList<>();
        for (Journal.Entry entry = journal.next(); entry != null; entry = journal.next()) {
            rest.add(new String(entry.record(), StandardCharsets.UTF_8));
        }
        return rest;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".journal"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void whatHasNotArrivedIsReadAgainByTheNext() {
        try (Journal journal = open(3)) {
            assertThat(journal.next()).isNull();
            for (int i = 0; i < 10; i++) {
                assertThat(journal.append(record("r" + i))).isTrue();
            }
            for (int i = 0; i < 4; i++) {
                journal.arrived(Objects.requireNonNull(journal.next()).next());
            }
            assertThat(rest(journal)).hasSize(6);
        }
        try (Journal journal = open(3)) {
            assertThat(journal.waiting()).hasSize(6);
            assertThat(journal.append(record("new"))).isTrue();
            assertThat(rest(journal)).containsExactly("r4", "r5", "r6", "r7", "r8", "r9", "new");
        }
    }

    @Test
    void aFullJournalSaysSoAndGoesOnWhenRecordsArrive() throws IOException {
        byte[] large = new byte[1 << 20];
        java.util.Arrays.fill(large, (byte) 'x');
        try (Journal journal = open(3)) {
            await().until(() -> {
                while (journal.hasRoom() && journal.append(large)) {
                    // on
                }
                return journal.bytes() == 3L * SEGMENT && !journal.hasRoom();
            });
            int written = rest(journal).size();
            assertThat(written).isEqualTo(9);
        }
        try (Journal journal = open(5)) {
            Journal.Entry entry = null;
            for (int i = 0; i < 9; i++) {
                entry = journal.next();
            }
            journal.arrived(Objects.requireNonNull(entry).next());
            assertThat(files().size()).isLessThanOrEqualTo(3);
            await().until(journal::hasRoom);
            assertThat(journal.append(record("small"))).isTrue();
            assertThat(rest(journal)).containsExactly("small");
        }
        assertThat(files()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void manyThreadsAppendAndEachRecordIsReadOnce() throws InterruptedException {
        int threads = 8;
        int each = 20_000;
        AtomicInteger refused = new AtomicInteger();
        Set<String> read = new HashSet<>();
        try (Journal journal = open(4)) {
            List<Thread> appending = IntStream.range(0, threads)
                    .mapToObj(thread -> Thread.ofPlatform().start(() -> {
                        for (int i = 0; i < each; i++) {
                            byte[] record = record(thread + "-" + i + "-" + "x".repeat(i % 700));
                            while (!journal.append(record)) {
                                refused.incrementAndGet();
                                Thread.onSpinWait();
                            }
                        }
                    }))
                    .toList();
            while (read.size() < threads * each) {
                Journal.Entry entry = journal.next();
                if (entry == null) {
                    Thread.onSpinWait();
                    continue;
                }
                assertThat(read.add(new String(entry.record(), StandardCharsets.UTF_8)))
                        .isTrue();
                journal.arrived(entry.next());
            }
            for (Thread thread : appending) {
                thread.join();
            }
            assertThat(journal.next()).isNull();
        }
        assertThat(read).hasSize(threads * each);
    }

    @Test
    void whatWasErasedIsNotReadNorInTheFile() throws IOException {
        try (Journal journal = open(3)) {
            for (String text : List.of("ann 1", "bob 1", "ann 2", "bob 2")) {
                journal.append(record(text));
            }
            Journal.Place ann = Objects.requireNonNull(journal.next()).place();
            assertThat(journal.read(ann)).isEqualTo(record("ann 1"));
            assertThat(journal.erase(record -> new String(record, StandardCharsets.UTF_8).startsWith("ann")))
                    .hasSize(2)
                    .contains(ann);
            assertThat(journal.read(ann)).isNull();
            assertThat(rest(journal)).containsExactly("bob 1", "bob 2");
        }
        for (Path file : files()) {
            assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                    .doesNotContain("ann");
        }
        try (Journal journal = open(3)) {
            assertThat(rest(journal)).containsExactly("bob 1", "bob 2");
        }
    }

    @Test
    void whatHasArrivedIsNotInTheFileAnyMore() throws IOException {
        try (Journal journal = open(3)) {
            for (int i = 0; i < 3; i++) {
                journal.append(record("ann " + "x".repeat(5_000)));
                journal.append(record("bob " + i));
            }
            for (int i = 0; i < 5; i++) {
                journal.arrived(Objects.requireNonNull(journal.next()).next());
            }
            for (Path file : files()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .doesNotContain("ann", "xx", "bob 0", "bob 1");
            }
        }
        try (Journal journal = open(3)) {
            assertThat(rest(journal)).containsExactly("bob 2");
        }
    }

    @Test
    void aFileGivesItsRoomBackAtOnce() throws IOException {
        Path file = directory.resolve("alone");
        Segment segment = Segment.create(file, 1, 1 << 16);
        segment.append(record("ann"));

        segment.delete();

        assertThat(file).doesNotExist();
        assertThatThrownBy(() -> segment.at(Segment.HEADER_BYTES))
                .as("no mapping keeps the disk's blocks until a collection")
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aRecordThatWasBeingWrittenIsPassedOver() throws IOException {
        try (Journal journal = open(3)) {
            for (int i = 0; i < 5; i++) {
                journal.append(record("record " + i));
            }
        }
        try (RandomAccessFile file = new RandomAccessFile(files().getFirst().toFile(), "rw")) {
            // The second had its place only, of the fourth not all bytes were there.
            file.seek(Segment.HEADER_BYTES + Segment.size(8));
            file.write(new byte[Segment.size(8)]);
            file.seek(Segment.HEADER_BYTES + 3L * Segment.size(8) + Segment.RECORD_HEADER_BYTES + 3);
            file.write('?');
        }
        try (Journal journal = open(3)) {
            assertThat(rest(journal)).containsExactly("record 0", "record 2", "record 4");
        }
    }

    @Test
    void oneProcessAtATime() {
        try (Journal journal = open(3)) {
            assertThat(journal.bytes()).isPositive();
            assertThatThrownBy(() -> open(3))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("in use");
        }
        open(3).close();
    }

    @Test
    void whatWasAppendedSurvivesTheProcess() throws IOException, InterruptedException {
        for (int kill = 0; kill < 3; kill++) {
            Process child = new ProcessBuilder(
                            ProcessHandle.current().info().command().orElseThrow(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Appending.class.getName(),
                            directory.toString(),
                            kill + "-")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String last = "";
            try (BufferedReader told = child.inputReader(StandardCharsets.UTF_8)) {
                for (int lines = 0; lines < 30_000; lines++) {
                    last = told.readLine();
                    assertThat(last).isNotNull();
                }
                child.destroyForcibly().waitFor();
            }
            try (Journal journal = open(8)) {
                List<String> read = rest(journal);
                assertThat(read).hasSizeGreaterThanOrEqualTo(30_000).contains(last);
                int known = Integer.parseInt(last.substring(2));
                for (int i = 0; i <= known; i += 997) {
                    assertThat(read).contains(kill + "-" + i);
                }
            }
        }
    }

    /** Tells each record once it is appended. */
    static final class Appending {
        private Appending() {}

        public static void main(String[] arguments) {
            Journal journal = Journal.open(Path.of(arguments[0]), SEGMENT, 8L * SEGMENT);
            for (int i = 0; i < 10_000_000; i++) {
                if (!journal.append(record(arguments[1] + i))) {
                    throw new IllegalStateException("full");
                }
                System.out.println(arguments[1] + i);
            }
        }
    }
}
