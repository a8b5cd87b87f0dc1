package winback.content.decisions;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShelfTest {

    @Test
    void whatWasPutIsThereUntilItIsRemovedAndItsFileIsGivenBack(@TempDir Path directory) throws Exception {
        Shelf shelf = new Shelf(directory.resolve("shelf"));
        Random random = new Random(3);
        List<byte[]> things = new ArrayList<>();
        List<Long> places = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            byte[] thing = new byte[1 + random.nextInt(1 << 20)];
            random.nextBytes(thing);
            things.add(thing);
            places.add(shelf.put(thing));
        }
        long all = shelf.bytes();
        assertThat(all).isGreaterThan(2L << 24);
        for (int i = 0; i < 100; i++) {
            assertThat(shelf.get(places.get(i))).isEqualTo(things.get(i));
        }
        // No name, so that nothing of it stays when the process ends.
        try (Stream<Path> files = Files.list(directory.resolve("shelf"))) {
            assertThat(files).isEmpty();
        }
        for (int i = 0; i < 99; i++) {
            shelf.remove(places.get(i));
            shelf.remove(places.get(i));
            assertThat(shelf.get(places.get(i))).isNull();
        }
        assertThat(shelf.bytes()).isLessThan(all);
        assertThat(shelf.get(places.get(99))).isEqualTo(things.get(99));

        shelf.close();
        assertThat(shelf.bytes()).isZero();
        assertThat(shelf.get(places.get(99))).isNull();
    }
}
