package winback.content.composer;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import winback.content.brief.Brief;
import winback.content.brief.Brief.Fact;
import winback.content.brief.Brief.Kind;
import winback.content.brief.Brief.Product;
import winback.content.brief.BriefReader;
import winback.content.brief.DemoBrief;
import winback.content.brief.FaultyBrief;
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

    /** In so many mails that hardly a line is left that none of them has. */
    @ParameterizedTest
    @CsvSource({
        "en, .1, .9, .2, lapsed",
        "en, .9, .1, .8, lost",
        "en, .4, .5, .9, lapsed",
        "en, .6, .8, .4, lost",
        "es, .1, .9, .2, lapsed",
        "es, .9, .1, .8, lost",
        "es, .4, .5, .9, lapsed",
        "es, .6, .8, .4, lost"
    })
    void saysNothingThatTheGateBlocks(String language, double formality, double energy, double length, String stage) {
        long seed = Math.round(10 * (formality + energy + length));
        assertThat(Generation.of(
                                new Composer(),
                                BRIEF,
                                new Request(language, 100, seed, new Style(formality, .6, energy, length, .5), stage),
                                TODAY)
                        .blocked())
                .isEmpty();
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

        String[] ofWarm = {
            "Warmly,",
            "a place for you here",
            "make our day",
            "and we mean it.",
            "always welcome here",
            "Con cariño,",
            "Aquí hay un sitio",
            "el día con t",
            "el día con s",
            "de menos, de verdad",
            "Aquí siempre se"
        };
        String[] ofCool = {
            "Regards,",
            "if you like.",
            "should you want it",
            "when you need it",
            "Saludos,",
            "si te apetece",
            "si le apetece",
            "por si lo quiere",
            "para cuando haga falta"
        };
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

    @ParameterizedTest
    @CsvSource({"en, .2", "en, .5", "en, .9", "es, .2", "es, .5", "es, .9"})
    void mailsSpeakOfWhatTheirSubjectNames(String language, double length) {
        Generation generation = Generation.of(
                new Composer(), BRIEF, new Request(language, 100, 1, new Style(.3, .6, .4, length, .1), "lost"), TODAY);
        assertThat(generation.blocked()).isEmpty();
        int named = 0;
        for (Generation.Mail mail : generation.mails()) {
            String subject = Letter.unnamed(mail.draft().source().subject());
            String text = mail.draft().source().text();
            List<String> things = new ArrayList<>();
            for (Product product : BRIEF.products()) {
                if (subject.contains(word(product.name(), language))) {
                    things.add(word(product.name(), language));
                    assertThat(text).contains(product.text().get(language));
                }
            }
            for (Fact fact : BRIEF.facts(Kind.NEWS)) {
                if (subject.contains(word(fact.name(), language))) {
                    things.add(word(fact.name(), language));
                    assertThat(text).contains(fact.text().get(language));
                }
            }
            for (Map<String, Term> category : BRIEF.categories()) {
                if (subject.toLowerCase(Locale.ROOT).contains(word(category, language))) {
                    things.add(word(category, language));
                }
            }
            if (!things.isEmpty()) {
                named++;
                BRIEF.facts(Kind.NEWS).stream()
                        .filter(fact -> !things.contains(word(fact.name(), language)))
                        .forEach(other -> assertThat(whole(mail.draft()))
                                .as("of %s", things)
                                .doesNotContain(other.text().get(language)));
            }
        }
        assertThat(named).isGreaterThan(20);
    }

    private static String word(Map<String, Term> name, String language) {
        Term term = name.get(language);
        return term == null ? "" : term.text();
    }

    @ParameterizedTest
    @CsvSource({"en", "es"})
    void asksForAnswersOnlyWhereTheyAreRead(String language) throws FaultyBrief {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        ((ObjectNode) json.get("sender")).put("replies", false);
        Request request = new Request(language, 100, 1, new Style(.3, .6, .4, .5, .1), "lost");
        Generation silent = Generation.of(new Composer(), BriefReader.read(json, TODAY), request, TODAY);
        Generation listening = Generation.of(new Composer(), BRIEF, request, TODAY);
        String[] asking = {"eply to this email", "esponde a este correo", "esponder a este correo"};
        assertThat(with(silent.mails().stream().map(Generation.Mail::draft).toList(), asking))
                .isZero();
        assertThat(with(listening.mails().stream().map(Generation.Mail::draft).toList(), asking))
                .isGreaterThan(4);
    }

    private static Generation generate(ObjectNode json, String language, int count, String stage) throws FaultyBrief {
        return Generation.of(
                new Composer(),
                BriefReader.read(json, TODAY),
                new Request(language, count, 1, new Style(.3, .6, .4, .5, .1), stage),
                TODAY);
    }

    /** Of a brief that has nothing new, no service and no products. */
    @ParameterizedTest
    @CsvSource({"en", "es"})
    void leadsUpToNothingWhereThereIsNothingToTell(String language) throws FaultyBrief {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        json.putArray("products");
        ArrayNode facts = (ArrayNode) json.get("facts");
        while (facts.size() > 1) {
            facts.remove(0);
        }
        ((ObjectNode) facts.get(0)).remove("of");
        Generation generation = generate(json, language, 100, "lost");
        assertThat(generation.blocked()).isEmpty();
        assertThat(generation.mails()).hasSizeGreaterThan(30);
        String[] leads = {
            "this is one of them", "came up with", "only a moment.", "to begin with.", "good place to begin.",
                    "what we would show",
            "esta es una de ellas", "lo que se nos ocurre", "se cuenta rápido", "basta para empezar",
                    "un buen sitio por donde empezar.", "lo que te enseñaríamos"
        };
        assertThat(with(generation.mails().stream().map(Generation.Mail::draft).toList(), leads))
                .isZero();
    }

    /** Of a brief whose mails may show nothing that is known of their readers. */
    @ParameterizedTest
    @CsvSource({"en", "es"})
    void greetsNobodyByNameWhereNoTraitMayBeShown(String language) throws FaultyBrief {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        json.putArray("traits");
        Generation generation = generate(json, language, 60, "lapsed");
        assertThat(generation.blocked()).isEmpty();
        assertThat(generation.mails())
                .hasSize(60)
                .noneMatch(mail -> whole(mail.draft()).contains("firstName"));
    }

    /** Large numbers in words beside smaller ones of the same thing, and a gift whose terms ask for two or more. */
    @ParameterizedTest
    @CsvSource({"en", "es"})
    void numbersInWordsAreTheBriefsOwn(String language) throws FaultyBrief {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        for (JsonNode fact : json.get("facts")) {
            if (fact.get("id").asString().equals("reviews")) {
                ((ObjectNode) fact.get("text"))
                        .put("en", "one hundred and eighty bowls a week, one kiln")
                        .put("es", "ciento ochenta cuencos a la semana, un horno");
            } else if (fact.get("id").asString().equals("bowls")) {
                ((ObjectNode) fact.get("text"))
                        .put("en", "Our stoneware bowls now come in boxes of twelve bowls.")
                        .put("es", "Nuestros cuencos de gres vienen ahora en cajas de doce cuencos.");
            }
        }
        ObjectNode gift = json.putArray("offers").addObject();
        gift.put("id", "cellar")
                .put("reward", "gift")
                .put("until", TODAY.plusDays(21).toString());
        gift.putObject("gift").put("en", "salt cellar").put("es", "salero");
        gift.putObject("terms").put("en", "with a table for two or more").put("es", "con una mesa de dos o más");
        Generation generation = generate(json, language, 60, "lapsed");
        assertThat(generation.blocked()).isEmpty();
    }

    /** What is told of the workshop's pieces is not told of linen. */
    @ParameterizedTest
    @CsvSource({"en, napkins, fired twice, chips", "es, servilletas, se cuece, descascarilla"})
    void tellsNothingBesideWhatItIsNotTrueOf(String language, String linen, String claim, String service) {
        assertThat(generate(language, .3, 1, 60).mails())
                .filteredOn(mail -> whole(mail.draft()).contains(linen))
                .hasSizeGreaterThan(10)
                .noneMatch(mail -> mail.draft().source().text().contains(claim)
                        || mail.draft().source().text().contains(service));
    }

    @ParameterizedTest
    @CsvSource({"en, 1", "es, 2"})
    void everyMailHasAPreheaderAndNoOfferIsUnhurried(String language, long seed) {
        assertThat(generate(language, .3, seed, 100).mails()).allSatisfy(mail -> {
            assertThat(mail.draft().source().preheader()).isNotBlank();
            if (Objects.requireNonNull(mail.draft().attributes()).offerId() != null) {
                assertThat(whole(mail.draft())).doesNotContain("whenever", "standing invitation", "sea cuando sea");
            }
        });
    }

    /** A gift that comes with some orders only. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "en | next order | With any restored bowl. | It applies with any restored bowl.",
                "es | próximo pedido | Con cualquier cuenco restaurado. | Vale con cualquier cuenco restaurado.",
                "en | next order | with any order of bowls | It applies with any order of bowls.",
                "es | próximo pedido | con cualquier pedido de cuencos | Vale con cualquier pedido de cuencos.",
                "en | next order | One for each of you. | One for each of you.",
                "es | próximo pedido | Uno por persona. | Uno por persona."
            })
    void anOfferWithTermsIsNotForJustAnyOrder(String language, String any, String terms, String expected)
            throws FaultyBrief {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        ObjectNode offer = (ObjectNode) json.get("offers").get(0);
        ((ArrayNode) json.get("offers")).remove(1);
        offer.remove(List.of("minimum", "code", "value"));
        offer.put("reward", "gift");
        offer.putObject("gift").put("en", "dust cover").put("es", "funda antipolvo");
        Request request = new Request(language, 60, 1, new Style(.3, .6, .4, .5, .1), "lapsed");
        Generation without = Generation.of(new Composer(), BriefReader.read(json, TODAY), request, TODAY);
        offer.putObject("terms").put("en", "Ones.").put("es", "Unos.").put(language, terms);
        Generation with = Generation.of(new Composer(), BriefReader.read(json, TODAY), request, TODAY);

        assertThat(with.blocked()).isEmpty();
        assertThat(with(without.mails().stream().map(Generation.Mail::draft).toList(), any))
                .isPositive();
        assertThat(with(with.mails().stream().map(Generation.Mail::draft).toList(), any))
                .isZero();
        assertThat(with(with.mails().stream().map(Generation.Mail::draft).toList(), expected))
                .isPositive();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "en ~ the (?:Alba bowl, at €24|Lea teapot, at €58)",
                "es ~ (?:el cuenco Alba, por 24|la tetera Lea, por 58)\u00a0€"
            })
    void everyClaimAndSomePricesAreSaid(String language, String price) throws FaultyBrief {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        ObjectNode claim = ((ArrayNode) json.get("facts")).addObject();
        claim.put("id", "wheel").put("kind", "claim");
        claim.putObject("text")
                .put("en", "Each bowl is thrown on the wheel by one person.")
                .put("es", "Cada cuenco lo tornea una sola persona.");
        Brief brief = BriefReader.read(json, TODAY);
        List<Draft> drafts = Generation.of(
                        new Composer(),
                        brief,
                        new Request(language, 60, 1, new Style(.3, .6, .4, .5, .1), "lapsed"),
                        TODAY)
                .mails()
                .stream()
                .map(Generation.Mail::draft)
                .toList();
        for (Fact fact : brief.facts(Kind.CLAIM)) {
            String text = fact.text().getOrDefault(language, "");
            assertThat(with(drafts, text)).isPositive();
            for (Draft draft : drafts) {
                assertThat(draft.attributes()).isNotNull();
                assertThat(draft.attributes().facts().contains(fact.id()))
                        .isEqualTo(whole(draft).contains(text));
            }
        }
        assertThat(drafts).anySatisfy(draft -> assertThat(whole(draft)).containsPattern(price));
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
    void formalSpanishLeavesOutWhatTheBriefSaysToItsFriends() throws Exception {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        ((ObjectNode) json.at("/facts/3/text")).put("es", "Si una pieza se te descascarilla, te la arreglamos.");
        ((ObjectNode) json.at("/products/1/text")).put("es", "Con la tetera Lea tienes para dos tazas.");
        Brief brief = BriefReader.read(json, TODAY);
        for (double formality : new double[] {.3, .9}) {
            boolean quoted = Generation.of(
                            new Composer(),
                            brief,
                            new Request("es", 60, 1, new Style(formality, .6, .4, .9, .1), "lapsed"),
                            TODAY)
                    .mails()
                    .stream()
                    .map(mail -> whole(mail.draft()))
                    .anyMatch(mail -> mail.contains("te la arreglamos") || mail.contains("tienes para dos"));
            assertThat(quoted).isEqualTo(formality < .6);
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
    @CsvSource({"en, the, The Lighthouse", "en, a, A Game of Cats", "es, el, El Faro", "es, nuestro, Catan"})
    void namesThatStandAloneGetNoDeterminer(String language, String determiner, String name) {
        assertThat(Grammar.of(language).determined(determiner, new Term(name, false, false, true)))
                .isEqualTo(name);
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
        "umbrella, an umbrella",
        "hourglass, an hourglass",
        "one-piece jumpsuit, a one-piece jumpsuit",
        "X-ray viewer, an X-ray viewer",
        "MP3 player, an MP3 player",
        "LP, an LP",
        "SUV rack, an SUV rack",
        "USB stick, a USB stick",
        "uplift, an uplift",
        "Alba bowl, an Alba bowl",
        "Lea teapot, a Lea teapot",
        "data, data",
        "olive oil in tins, olive oil in tins"
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
        assertThat(Grammar.of("en").polished("Don't leave it behind", new Style(.9, .5, .5, .5, 0)))
                .isEqualTo("Do not leave it behind");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "en | 7.5 | EUR | €7.50",
                "es | 7.5 | EUR | 7,50\u00a0€",
                "en | 40.00 | USD | $40",
                "es | 24 | EUR | 24\u00a0€",
                "en | 900 | JPY | ¥900"
            })
    void amountsHaveTheirCurrencysDigits(String language, BigDecimal amount, String currency, String expected) {
        assertThat(Grammar.of(language).money(new Brief.Money(amount, currency)))
                .isEqualTo(expected);
    }
}
