package winback.profile.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import winback.contracts.ActivityReceived;
import winback.contracts.ActivityType;
import winback.contracts.TimePrecision;

/** Keeps the page of the features in step with the schema: {@code -Dwinback.docs.write=true} writes it anew. */
class FeatureCatalogueTest {

    private static final Path FILE = Path.of("..", "docs", "features.md");
    private static final Path CDNOW = Path.of(
            "..", "standalone", "src", "main", "resources", "winback", "standalone", "demo", "cdnow_sample.txt.gz");
    private static final double REDUNDANT = 0.98;

    /** Two features that tell nearly the same. */
    private record Pair(String one, String other, double r) {}

    @Test
    void theDocumentationListsTheFeaturesAsTheyAre() throws IOException {
        if (Boolean.getBoolean("winback.docs.write")) {
            Files.writeString(FILE, catalogue());
        }
        assertThat(Files.readString(FILE)).isEqualTo(catalogue());
    }

    @Test
    void everyGroupHasEnough() {
        Map<Feature.Group, Integer> counts = counts();
        assertThat(FeatureSchema.CURRENT.features()).hasSizeGreaterThan(150);
        assertThat(counts.get(Feature.Group.BEHAVIOUR)).isGreaterThanOrEqualTo(50);
        assertThat(counts.get(Feature.Group.DEMOGRAPHICS)).isGreaterThanOrEqualTo(30);
        assertThat(counts.get(Feature.Group.PSYCHOGRAPHICS)).isGreaterThanOrEqualTo(35);
        assertThat(counts.get(Feature.Group.CONTEXT)).isGreaterThanOrEqualTo(30);
    }

    @Test
    void everyFeatureHasAValueForSomebodyAndFewTellTheSame() throws IOException {
        List<float[]> simulated = simulated();
        List<String> names = FeatureSchema.CURRENT.names();
        for (int i = 0; i < names.size(); i++) {
            Set<Float> values = new TreeSet<>();
            for (float[] vector : simulated) {
                if (!Float.isNaN(vector[i])) {
                    values.add(vector[i]);
                }
            }
            assertThat(values).as(names.get(i)).hasSizeGreaterThan(1);
        }
        assertThat(share(pairs(simulated))).isLessThanOrEqualTo(0.10);
        assertThat(share(pairs(cdnow()))).isLessThanOrEqualTo(0.10);
    }

    private static double share(List<Pair> pairs) {
        Set<String> concerned = new TreeSet<>();
        pairs.forEach(pair -> {
            concerned.add(pair.one());
            concerned.add(pair.other());
        });
        return (double) concerned.size() / FeatureSchema.CURRENT.features().size();
    }

    private static Map<Feature.Group, Integer> counts() {
        Map<Feature.Group, Integer> counts = new LinkedHashMap<>();
        FeatureSchema.CURRENT.features().forEach(feature -> counts.merge(feature.group(), 1, Integer::sum));
        return counts;
    }

    /** Vectors of 3,000 simulated people, each as of an instant within their history. */
    private static List<float[]> simulated() {
        List<float[]> vectors = new ArrayList<>();
        for (int seed = 0; seed < 3000; seed++) {
            int days = 60 + new Random(seed).nextInt(700);
            List<Activity> history = SimulatedActivity.of("p" + seed, seed, days).stream()
                    .map(Activity::of)
                    .sorted(Activity.IN_ORDER)
                    .toList();
            vectors.add(vector(history, Instant.parse("2024-01-01T00:00:00Z").plus(Duration.ofDays(days + 30))));
        }
        return vectors;
    }

    private static float[] vector(List<Activity> history, Instant asOf) {
        Replay replay = new Replay(new SubscriberState(), Rates.none("USD"));
        history.forEach(replay::add);
        return FeatureSchema.CURRENT.vector(replay.finish(), asOf);
    }

    /** Vectors of CDNOW's sample as of the end of 1997. */
    private static List<float[]> cdnow() throws IOException {
        Instant asOf = Instant.parse("1998-01-01T00:00:00Z");
        Map<String, List<Activity>> histories = new LinkedHashMap<>();
        int row = 0;
        for (String line : purchases()) {
            String[] fields = line.strip().split("\\s+");
            Instant at = LocalDate.parse(fields[2], DateTimeFormatter.BASIC_ISO_DATE)
                    .atTime(LocalTime.NOON)
                    .toInstant(ZoneOffset.UTC);
            if (at.isBefore(asOf)) {
                Map<String, @Nullable Object> properties =
                        Map.of("quantity", new BigDecimal(fields[3]), "total", new BigDecimal(fields[4]));
                histories
                        .computeIfAbsent(fields[1], id -> new ArrayList<>())
                        .add(Activity.of(new ActivityReceived(
                                fields[1],
                                fields[1],
                                null,
                                "import",
                                "r" + row++,
                                ActivityType.TRACK,
                                "Order Completed",
                                at,
                                TimePrecision.DAY,
                                at,
                                false,
                                properties,
                                Map.of(),
                                Map.of())));
            }
        }
        List<float[]> vectors = new ArrayList<>();
        histories.values().forEach(history -> {
            history.sort(Activity.IN_ORDER);
            vectors.add(vector(history, asOf));
        });
        return vectors;
    }

    private static List<String> purchases() throws IOException {
        try (InputStream file = new GZIPInputStream(Files.newInputStream(CDNOW))) {
            return new String(file.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
        }
    }

    /** Pairs with |r| above {@value #REDUNDANT}, over those who have both values; at least 100 of them. */
    private static List<Pair> pairs(List<float[]> vectors) {
        List<String> names = FeatureSchema.CURRENT.names();
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            for (int j = 0; j < i; j++) {
                double n = 0;
                double mx = 0;
                double my = 0;
                double sxx = 0;
                double syy = 0;
                double sxy = 0;
                for (float[] vector : vectors) {
                    double x = vector[i];
                    double y = vector[j];
                    if (Double.isNaN(x) || Double.isNaN(y)) {
                        continue;
                    }
                    n++;
                    double dx = x - mx;
                    double dy = y - my;
                    mx += dx / n;
                    my += dy / n;
                    sxx += dx * (x - mx);
                    syy += dy * (y - my);
                    sxy += dx * (y - my);
                }
                double r = sxy / Math.sqrt(sxx * syy);
                if (n >= 100 && sxx > 1e-9 && syy > 1e-9 && Math.abs(r) > REDUNDANT) {
                    pairs.add(new Pair(names.get(j), names.get(i), r));
                }
            }
        }
        return pairs;
    }

    private static String catalogue() throws IOException {
        StringBuilder page = new StringBuilder("""
                # Features

                Each feature is a declared unit of one schema, a pure function of the subscriber's state and an instant: the same
                code serves and trains. A running service lists them at `GET /v1/features`, with a subscriber's values at
                `GET /v1/subscribers/{id}/features`. This page is generated from the schema (`FeatureCatalogueTest`).

                """);
        FeatureSchema schema = FeatureSchema.CURRENT;
        List<String> groups = new ArrayList<>();
        counts().forEach((group, count) -> groups.add(count + " " + group.name().toLowerCase(Locale.ROOT)));
        page.append("Fingerprint `%s`, %d features: %s.%n%n"
                .formatted(schema.fingerprint(), schema.features().size(), String.join(", ", groups)));
        page.append("| feature | group | unit | range | unknown when | formula |\n|---|---|---|---|---|---|\n");
        for (Feature feature : schema.features()) {
            page.append("| `%s` | %s | %s | %s | %s | %s |%n"
                    .formatted(
                            feature.name(),
                            feature.group().name().toLowerCase(Locale.ROOT),
                            cell(feature.unit()),
                            cell(feature.range()),
                            cell(feature.absence()),
                            cell(feature.formula())));
        }
        page.append(
                "\nBeside the vector goes the sequence of the last twelve 30-day periods, oldest first, with the columns ");
        page.append("`" + String.join("`, `", FeatureSchema.PERIOD_NAMES) + "`.\n");
        page.append("""

                ## Features that tell nearly the same

                Pairs with |r| > %.2f among those who have both values: of 3,000 simulated people (`SimulatedActivity`), and of the
                customers of the CDNOW sample as of the end of 1997, who are known by their purchases alone.

                | data | feature | feature | r |
                |---|---|---|---|
                """.formatted(REDUNDANT));
        List<Pair> simulated = pairs(simulated());
        List<Pair> cdnow = pairs(cdnow());
        rows(page, "simulated", simulated);
        rows(page, "CDNOW", cdnow);
        page.append("%nOf all features %.1f %% are in such a pair on simulated activity, %.1f %% on CDNOW.%n"
                .formatted(100 * share(simulated), 100 * share(cdnow)));
        return page.toString();
    }

    private static void rows(StringBuilder page, String data, List<Pair> pairs) {
        for (Pair pair : pairs) {
            page.append("| %s | `%s` | `%s` | %.3f |%n".formatted(data, pair.one(), pair.other(), pair.r()));
        }
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
