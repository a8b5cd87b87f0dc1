package winback.profile.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** {@code docs/features.md} is made from the schema; {@code -Dwinback.docs.write=true} makes it anew. */
class FeatureCatalogueTest {

    private static final Path FILE = Path.of("..", "docs", "features.md");

    @Test
    void theDocumentationListsTheFeaturesAsTheyAre() throws IOException {
        if (Boolean.getBoolean("winback.docs.write")) {
            Files.writeString(FILE, catalogue());
        }
        assertThat(Files.readString(FILE)).isEqualTo(catalogue());
    }

    private static String catalogue() {
        StringBuilder page = new StringBuilder("""
                # Features

                Each feature is a declared unit of one schema, a pure function of the subscriber's state and an instant: the same
                code serves and trains. A running service lists them at `GET /v1/features`, with a subscriber's values at
                `GET /v1/subscribers/{id}/features`. This page is generated from the schema (`FeatureCatalogueTest`).

                """);
        FeatureSchema schema = FeatureSchema.CURRENT;
        page.append("Fingerprint `%s`, %d features.%n%n"
                .formatted(schema.fingerprint(), schema.features().size()));
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
        return page.toString();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
