package winback.prediction.explanation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import winback.prediction.attribution.Attribution;
import winback.prediction.explanation.Explanation.Contribution;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.ModelName;

class ExplanationTest {

    private static final Pattern FEATURE = Pattern.compile("\\| `(\\w+)` \\| \\w+ \\| ([^|]+) \\|.*");

    /** The units of profile-service's features, by name. */
    private static Map<String, String> catalogue() throws IOException {
        Map<String, String> units = new LinkedHashMap<>();
        for (String line : Files.readAllLines(Path.of("..", "docs", "features.md"))) {
            Matcher feature = FEATURE.matcher(line);
            if (feature.matches()) {
                units.put(feature.group(1), feature.group(2));
            }
        }
        assertThat(units).hasSizeGreaterThanOrEqualTo(194);
        return units;
    }

    @Test
    void everyFeatureHasItsPhraseInEveryLanguageAndItsKind() throws IOException {
        Map<String, String> units = catalogue();
        for (Language language : Language.values()) {
            Words words = Words.of(language);
            assertThat(units.keySet())
                    .as(language.tag())
                    .allSatisfy(name -> assertThat(words.knows(name)).isTrue())
                    .extracting(words::phrase)
                    .doesNotHaveDuplicates()
                    .doesNotContain("");
        }
        units.forEach((name, unit) -> assertThat(Words.kind(name)).as(name).isEqualTo(kindOf(unit)));
    }

    private static Kind kindOf(String unit) {
        if (unit.startsWith("currency")) {
            return Kind.MONEY;
        }
        if (unit.equals("log10 of points + 1")) {
            return Kind.MAGNITUDE_PLUS_ONE;
        }
        if (unit.startsWith("log10 of")) {
            return Kind.MAGNITUDE;
        }
        return switch (unit) {
            case "days" -> Kind.DAYS;
            case "hours" -> Kind.HOURS;
            case "years" -> Kind.YEARS;
            case "share" -> Kind.SHARE;
            case "0 or 1" -> Kind.FLAG;
            default -> Kind.NUMBER;
        };
    }

    @Test
    void valuesAreToldAsPeopleSayThem() {
        Words english = Words.of(Language.ENGLISH);
        assertThat(english.value("days_since_last_order", 390.4f)).isEqualTo("390 days");
        assertThat(english.value("days_since_last_order", 1)).isEqualTo("1 day");
        assertThat(english.value("days_since_last_order", .42f)).isEqualTo("0.4 days");
        assertThat(english.value("orders_30d", 1.689f)).isEqualTo("1.69");
        assertThat(english.value("email_open_rate", .354f)).isEqualTo("35%");
        assertThat(english.value("spend_total", 1234.5f)).isEqualTo("1,234.50");
        assertThat(english.value("gender_female", 1)).isEqualTo("yes");
        assertThat(english.value("gender_female", 0)).isEqualTo("no");
        assertThat(english.value("income", 4.6532f)).isEqualTo("44,999");
        assertThat(english.value("loyalty_points", 2.0043214f)).isEqualTo("100");
        assertThat(english.value("age", Float.NaN)).isEqualTo("unknown");

        Words spanish = Words.of(Language.SPANISH);
        assertThat(spanish.value("spend_total", 12345.5f)).isEqualTo("12.345,50");
        assertThat(spanish.value("gender_female", 1)).isEqualTo("sí");
        assertThat(spanish.value("email_open_rate", .354f)).isEqualTo("35\u00a0%");
        assertThat(spanish.value("age", Float.NaN)).isEqualTo("sin datos");
        assertThat(spanish.value("days_since_last_order", 390.4f)).isEqualTo("390 días");
    }

    private static final List<String> NAMES = Stream.concat(
                    Stream.of(
                            FeatureSchema.ORDER_DAYS,
                            FeatureSchema.DAYS_FIRST_TO_LAST_ORDER,
                            FeatureSchema.DAYS_SINCE_FIRST_ORDER,
                            FeatureSchema.DAYS_SINCE_LAST_ORDER,
                            FeatureSchema.ORDER_DAY_VALUE_MEAN,
                            "shoe_size"),
                    IntStream.range(0, 14).mapToObj(i -> "extra_" + i))
            .toList();
    private static final FeatureSchema SCHEMA = new FeatureSchema("s", NAMES, List.of());

    private static float[] row() {
        float[] row = new float[NAMES.size()];
        row[0] = 3;
        row[1] = 100;
        row[2] = 490.5f;
        row[3] = 390.5f;
        row[4] = 12.5f;
        row[5] = Float.NaN;
        return row;
    }

    @Test
    void tellsWhatMovedTheScoreMostInWordsOfEitherLanguage() {
        Attribution parts = new Attribution(Attribution.Scale.LOG_ODDS, NAMES.size(), 2.5, 1);
        parts.addBase(.25);
        parts.addGuess(1);
        parts.addFeature(3, .8);
        parts.addFeature(5, -.3);
        parts.addFeature(6, .001);

        Explanation english = Explanation.of(parts, ModelName.CHURN, SCHEMA, row(), Language.ENGLISH);
        assertThat(english.scale()).isEqualTo("log-odds");
        assertThat(english.base()).isEqualTo(1.25);
        assertThat(english.margin()).isCloseTo(1.25 + 1.5 + .8 - .3 + .001, within(1e-12));
        assertThat(english.contributions())
                .extracting(Contribution::text)
                .containsExactly(
                        "purchase history: orders on 3 days, the last one 390 days ago;"
                                + " raises the risk of staying away",
                        "time since the last order: 390 days; raises the risk of staying away",
                        "shoe_size: unknown; lowers the risk of staying away");
        assertThat(english.contributions())
                .extracting(Contribution::feature)
                .containsExactly("purchase_history", "days_since_last_order", "shoe_size");
        assertThat(english.contributions().get(1))
                .satisfies(part -> assertThat(part.value()).isEqualTo(390.5f))
                .satisfies(part -> assertThat(part.direction()).isEqualTo("raises"));
        assertThat(english.contributions().get(2))
                .satisfies(part -> assertThat(part.value()).isNull())
                .satisfies(part -> assertThat(part.direction()).isEqualTo("lowers"));
        assertThat(english.rest()).isCloseTo(.001, within(1e-12));
        assertThat(english.other()).isNull();
        assertThat(english.unexplained()).isNull();

        Explanation spanish = Explanation.of(parts, ModelName.VALUE, SCHEMA, row(), Language.SPANISH);
        assertThat(spanish.contributions())
                .extracting(Contribution::text)
                .containsExactly(
                        "historial de compras: pedidos en 3 días, el último hace 390 días; aumenta el gasto previsto",
                        "tiempo desde el último pedido: 390 días; aumenta el gasto previsto",
                        "shoe_size: sin datos; reduce el gasto previsto");
    }

    @Test
    void listsFiveEachWayAndEightInAllAndSumsUpTheRest() {
        Attribution parts = new Attribution(Attribution.Scale.LOG, NAMES.size(), 0, 0);
        for (int i = 0; i < 7; i++) {
            parts.addFeature(6 + i, .2 + i / 100.);
            parts.addFeature(13 + i, -.1 - i / 100.);
        }
        Explanation explanation = Explanation.of(parts, ModelName.VALUE, SCHEMA, row(), Language.ENGLISH);
        assertThat(explanation.contributions()).hasSize(8);
        assertThat(explanation.contributions())
                .filteredOn(part -> part.contribution() > 0)
                .extracting(Contribution::feature)
                .containsExactly("extra_6", "extra_5", "extra_4", "extra_3", "extra_2");
        assertThat(explanation.contributions())
                .filteredOn(part -> part.contribution() < 0)
                .extracting(Contribution::feature)
                .containsExactly("extra_13", "extra_12", "extra_11");
        assertThat(explanation.base()
                        + explanation.rest()
                        + explanation.contributions().stream()
                                .mapToDouble(Contribution::contribution)
                                .sum())
                .isCloseTo(explanation.margin(), within(1e-12));
    }

    @Test
    void aMemberThatCannotTellWhyIsNamedWithItsShare() {
        Attribution parts = new Attribution(Attribution.Scale.LOG_ODDS, NAMES.size(), 1, 1);
        parts.addGuess(1);
        parts.addOther("net", .4);
        parts.calibrate(.5, .1);
        Explanation explanation = Explanation.of(parts, ModelName.CHURN, SCHEMA, row(), Language.ENGLISH);
        assertThat(explanation.other()).isEqualTo(.2);
        assertThat(explanation.unexplained()).containsExactly("net");
        assertThat(explanation.base()).isCloseTo(.6, within(1e-12));
        assertThat(explanation.margin()).isCloseTo(.8, within(1e-12));
        assertThat(explanation.rest()).isCloseTo(0, within(1e-12));
    }

    @Test
    void theLanguageIsTheOneThatTheReaderLikesBest() {
        assertThat(Language.of(null)).isEqualTo(Language.ENGLISH);
        assertThat(Language.of("es-MX,es;q=0.9,en;q=0.8")).isEqualTo(Language.SPANISH);
        assertThat(Language.of("fr,en;q=0.5,es;q=0.7")).isEqualTo(Language.SPANISH);
        assertThat(Language.of("fr")).isEqualTo(Language.ENGLISH);
        assertThat(Language.of("*")).isEqualTo(Language.ENGLISH);
        assertThat(Language.of(";;q=x")).isEqualTo(Language.ENGLISH);
        assertThat(Language.ofTag("ES")).contains(Language.SPANISH);
        assertThat(Language.ofTag("de")).isEmpty();
        assertThat(Language.SPANISH.tag()).isEqualTo("es");
    }

    @Test
    void purchasesAreCountedAsTheLanguageDoes() {
        Words english = Words.of(Language.ENGLISH);
        assertThat(english.history(1, .3)).isEqualTo("orders on 1 day, the last one less than a day ago");
        assertThat(english.history(2, 1.9)).isEqualTo("orders on 2 days, the last one 1 day ago");
        assertThat(english.history(2, Double.NaN)).isEqualTo("orders on 2 days");
        Words spanish = Words.of(Language.SPANISH);
        assertThat(spanish.history(1, .3)).isEqualTo("pedidos en 1 día, el último hace menos de un día");
        assertThat(spanish.history(12, 1)).isEqualTo("pedidos en 12 días, el último hace 1 día");
    }
}
