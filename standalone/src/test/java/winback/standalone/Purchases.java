package winback.standalone;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import winback.standalone.demo.Demo;
import winback.standalone.orders.OrdersFile;

/** The shipped sample of real purchases. */
final class Purchases {

    static final int CUSTOMERS = 2357;
    static final int ORDERS = 6919;

    private Purchases() {}

    static InputStream open() {
        return Objects.requireNonNull(Demo.class.getResourceAsStream("cdnow_sample.txt.gz"));
    }

    static List<String> rows() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(open()), StandardCharsets.US_ASCII))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The sum of all rows. */
    static BigDecimal spend() {
        return rows().stream()
                .map(row -> new BigDecimal(row.strip().split("\\s+")[4]))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    static OrdersFile file(Path directory) {
        try (InputStream sample = open()) {
            Path file = directory.resolve("cdnow_sample.txt.gz");
            if (!Files.exists(file)) {
                Files.copy(sample, file);
            }
            return OrdersFile.inspect(file, null, null, null, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
