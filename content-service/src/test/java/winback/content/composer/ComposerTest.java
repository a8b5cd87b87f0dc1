package winback.content.composer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import winback.content.brief.Brief;
import winback.content.brief.DemoBrief;
import winback.content.brief.Term;
import winback.content.drafts.Draft;
import winback.content.drafts.Letter;
import winback.content.drafts.Request;
import winback.content.drafts.Style;
import winback.content.generation.Generation;

class ComposerTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 26);
    private static final Brief BRIEF = DemoBrief.on(TODAY);

    private static Generation generate(String language, double formality, long seed, int count) {
        return Generation.of(
                new Composer(),
                BRIEF,
                new Request(language, count, seed, new Style(formality, .6, .4, .5, .1), "lapsed"),
                TODAY);
    }

    @ParameterizedTest
    @CsvSource({"en, .3, 1", "en, .8, 2", "en, .5, 3", "es, .3, 1", "es, .8, 2", "es, .5, 3"})
    void writesMailsThatDifferAndPass(String language, double formality, long seed) {
        Generation generation = generate(language, formality, seed, 60);
        Generation.Summary summary = generation.summary();

        assertThat(generation.blocked()).isEmpty();
        assertThat(summary.subjects()).isGreaterThanOrEqualTo(50);
        assertThat(summary.strategies().values().stream().filter(count -> count >= 4))
                .hasSizeGreaterThanOrEqualTo(8);
        assertThat(summary.mostSimilar()).isLessThanOrEqualTo(.8);
        assertThat(summary.medianSimilarity()).isLessThanOrEqualTo(.3);
        assertThat(summary.rubric()).isGreaterThanOrEqualTo(90);
    }

    private static List<Draft> tempered(String language, double formality, double warmth, double energy) {
        Generation generation = Generation.of(
                new Composer(),
                BRIEF,
                new Request(language, 40, 1, new Style(formality, warmth, energy, .5, .1), "lapsed"),
                TODAY);
        assertThat(generation.blocked()).isEmpty();
        assertThat(generation.summary().rubric()).isGreaterThanOrEqualTo(90);
        return generation.mails().stream().map(Generation.Mail::draft).toList();
    }

    private static long with(List<Draft> drafts, String... words) {
        return drafts.stream()
                .filter(draft -> List.of(words).stream().anyMatch(whole(draft)::contains))
                .count();
    }

    @ParameterizedTest
    @CsvSource({"en, .3", "en, .8", "es, .3", "es, .8"})
    void warmthAndEnergyChangeWhatIsSaidAndNotWhatIsTold(String language, double formality) {
        List<Draft> warm = tempered(language, formality, .9, .4);
        List<Draft> cool = tempered(language, formality, .1, .4);
        List<Draft> lively = tempered(language, formality, .5, .9);
        List<Draft> calm = tempered(language, formality, .5, .1);

        String[] ofWarm = {"Warmly,", "a place for you here", "Con cariño,", "Aquí hay un sitio"};
        String[] ofCool = {"Regards,", "if you like.", "Saludos,", "si te apetece", "si le apetece"};
        assertThat(with(warm, ofWarm)).isGreaterThan(6);
        assertThat(with(cool, ofWarm)).isZero();
        assertThat(with(cool, ofCool)).isGreaterThan(4);
        assertThat(with(lively, "!")).isGreaterThan(8);
        assertThat(with(calm, "see for yourself!", "Qué alegría", "cannot wait", "can't wait"))
                .isZero();
        assertThat(told(warm)).isEqualTo(told(cool)).isEqualTo(told(lively)).isEqualTo(told(calm));
    }

    /** Subject and offer of each. */
    private static List<String> told(List<Draft> drafts) {
        return drafts.stream()
                .map(draft -> Letter.unnamed(draft.source().subject())
                                .replaceAll("[^\\p{L}\\p{N} ]", "")
                                .strip() + " "
                        + (draft.attributes() == null ? "" : draft.attributes().offerId()))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"en", "es"})
    void callsAndPostscriptsDifferToo(String language) {
        List<Draft> drafts = generate(language, .3, 1, 60).mails().stream()
                .map(Generation.Mail::draft)
                .toList();
        assertThat(drafts.stream().map(draft -> draft.source().ctaLabel()).distinct())
                .hasSizeGreaterThanOrEqualTo(10);
        assertThat(drafts.stream().map(draft -> draft.source().ps()).distinct()).hasSizeGreaterThanOrEqualTo(10);
        for (Draft draft : drafts) {
            // Nothing is told twice.
            String preheader = draft.source().preheader();
            if (preheader.length() > 50) {
                assertThat(draft.source().text()).doesNotContain(preheader);
            }
        }
    }

    @Test
    void theSameRequestGivesTheSameMails() {
        assertThat(sources(generate("es", .3, 7, 20))).isEqualTo(sources(generate("es", .3, 7, 20)));
        assertThat(sources(generate("es", .3, 8, 20))).isNotEqualTo(sources(generate("es", .3, 7, 20)));
    }

    private static List<?> sources(Generation generation) {
        return generation.mails().stream().map(mail -> mail.draft().source()).toList();
    }

    @Test
    void formalSpanishSaysUsted() {
        for (Generation.Mail mail : generate("es", .8, 1, 60).mails()) {
            assertThat(whole(mail.draft()))
                    .doesNotContainPattern(
                            "(?iu)(?<!\\p{L})(?:tú|te|ti|tu|tus|contigo|eres|quieres|vuelve con)(?!\\p{L})");
        }
    }

    @Test
    void informalSpanishSaysTu() {
        for (Generation.Mail mail : generate("es", .3, 1, 60).mails()) {
            assertThat(whole(mail.draft()))
                    .doesNotContainPattern("(?iu)(?<!\\p{L})(?:usted|le gustaría|díganos)(?!\\p{L})");
        }
    }

    private static String whole(Draft draft) {
        return String.join(
                "\n",
                draft.source().subject(),
                draft.source().preheader(),
                draft.source().text(),
                draft.source().ctaLabel(),
                draft.source().ps());
    }

    @Test
    void leavesNoSlotOpen() {
        for (String language : List.of("en", "es")) {
            for (Generation.Mail mail : generate(language, .5, 4, 100).mails()) {
                assertThat(whole(mail.draft()).replaceAll("\\{\\{.*?}}|\\{%.*?%}", ""))
                        .doesNotContain("{", "}", "|", "<", "@@", "#");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "el, cuencos, false, true, los cuencos",
        "el, vajilla, true, false, la vajilla",
        "el, agua de rosas, true, false, el agua de rosas",
        "nuestro, agua de rosas, true, false, nuestra agua de rosas",
        "un, tetera, true, false, una tetera",
        "este, servilletas, true, true, estas servilletas"
    })
    void spanishDeterminersAgree(String determiner, String noun, boolean feminine, boolean plural, String expected) {
        assertThat(Grammar.of("es").determined(determiner, new Term(noun, feminine, plural)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "nuevo, true, true, nuevas",
        "nuevo, false, false, nuevo",
        "recién llegado, true, true, recién llegadas",
        "feliz, false, true, felices",
        "suave, true, true, suaves",
        "es|son, true, true, son"
    })
    void spanishAdjectivesAgree(String form, boolean feminine, boolean plural, String expected) {
        assertThat(Grammar.of("es").agreeing(form, new Term("x", feminine, plural)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "apron, an apron",
        "bowl, a bowl",
        "unique bowl, a unique bowl",
        "8-cup pot, an 8-cup pot",
        "umbrella, an umbrella"
    })
    void englishArticlesGoByTheSound(String noun, String expected) {
        assertThat(Grammar.of("en").determined("a", new Term(noun, false, false)))
                .isEqualTo(expected);
    }

    @Test
    void contracts() {
        assertThat(Grammar.of("es")
                        .polished("La historia de el taller, vista a el horno", new Style(.3, .5, .5, .5, 0)))
                .isEqualTo("La historia del taller, vista al horno");
        assertThat(Grammar.of("en").polished("It has been a while", new Style(.2, .5, .5, .5, 0)))
                .isEqualTo("It's been a while");
        assertThat(Grammar.of("en").polished("We don't want to lose touch", new Style(.9, .5, .5, .5, 0)))
                .isEqualTo("We do not want to lose touch");
    }
}
