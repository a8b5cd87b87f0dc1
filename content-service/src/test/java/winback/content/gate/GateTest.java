package winback.content.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import winback.content.brief.Brief;
import winback.content.brief.BriefReader;
import winback.content.brief.DemoBrief;
import winback.content.drafts.Draft;
import winback.content.templates.MailTemplate;

class GateTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 26);
    private static final Brief BRIEF = DemoBrief.on(TODAY);
    private static final Gate GATE = new Gate(BRIEF, TODAY);

    private static List<String[]> corpus(String name, int columns) throws IOException {
        try (InputStream in = Objects.requireNonNull(GateTest.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", columns))
                    .toList();
        }
    }

    /** A plain mail that passes, with one thing changed. */
    /** @param text behind its language, in the body of a mail that is good otherwise */
    private static Verdict judged(Gate gate, String text) {
        return gate.judge(with("a", text.substring(0, 2), "body", text.substring(3)));
    }

    private static Draft with(String id, String language, String field, String value) {
        boolean spanish = language.equals("es");
        String hello = spanish
                ? "Hola{% if subscriber.firstName %}, {{ subscriber.firstName }}{% endif %}:"
                : "Hello{% if subscriber.firstName %} {{ subscriber.firstName }}{% endif %},";
        String first = spanish
                ? "Hace tiempo que no pasas por aquí y nos alegraría volver a verte. Esto es lo que hay en la mesa estos días."
                : "It has been a while since we saw you, and we would be glad to have you back. This is what is on the table these days.";
        String footer = "Casa Lumbre S.L., Calle del Horno 7, 18010 Granada, Spain";
        String out = spanish ? "Darse de baja" : "Unsubscribe";
        String body = field.equals("body") ? value : "";
        Map<String, String> parts = new HashMap<>(Map.of(
                "subject", spanish ? "Cuánto tiempo" : "It has been a while",
                "preheader", spanish ? "Unas líneas, y nada más." : "A few lines, and nothing more.",
                "html",
                        "<p>" + hello + "</p><p>" + first + "</p><p>" + body
                                + "</p><p><a href=\"{{ links.cta }}\">{{ content.cta }}</a></p><p>{{ content.ps }}</p>"
                                + (field.equals("html+") ? value : "") + "<p>" + footer
                                + " <a href=\"{{ links.unsubscribe }}\">" + out + "</a></p>",
                "text",
                        hello + "\n\n" + first + "\n\n"
                                + body.replace("&lt;", "<").replace("&gt;", ">")
                                + "\n\n{{ content.cta }}: {{ links.cta }}\n\n{{ content.ps }}\n"
                                + (field.equals("text+") ? value : "") + "\n--\n" + footer + "\n" + out
                                + ": {{ links.unsubscribe }}\n",
                "label", spanish ? "Echar un vistazo" : "Have a look",
                "url", "https://casalumbre.example/",
                "ps", spanish ? "P. D. Gracias por leer hasta aquí." : "P.S. Thank you for reading this far."));
        if (parts.containsKey(field)) {
            parts.put(field, value);
        }
        return new Draft(
                id,
                language,
                new MailTemplate.Source(
                        part(parts, "subject"),
                        part(parts, "preheader"),
                        part(parts, "html"),
                        part(parts, "text"),
                        part(parts, "label"),
                        part(parts, "url"),
                        part(parts, "ps")),
                null);
    }

    private static String unescaped(String text) {
        return Pattern.compile("\\\\(n|u([0-9a-fA-F]{4}))")
                .matcher(text)
                .replaceAll(escape -> escape.group(2) == null
                        ? "\n"
                        : Matcher.quoteReplacement(Character.toString((char) Integer.parseInt(escape.group(2), 16))));
    }

    private static String part(Map<String, String> parts, String name) {
        return Objects.requireNonNull(parts.get(name));
    }

    @Test
    void blocksEveryBadDraftForWhatIsWrongWithIt() throws IOException {
        List<String> missed = new ArrayList<>();
        List<String[]> corpus = corpus("bad.tsv", 4);
        assertThat(corpus).hasSizeGreaterThanOrEqualTo(200);
        for (String[] line : corpus) {
            Verdict verdict = GATE.judge(with(line[3], line[1], line[2], unescaped(line[3])));
            List<String> codes = verdict.codes().stream().map(Finding::code).toList();
            if (verdict.passes() || Collections.disjoint(codes, List.of(line[0].split("\\|", -1)))) {
                missed.add(String.join(" | ", line) + " -> " + verdict.codes());
            }
        }
        assertThat(missed).isEmpty();
    }

    @Test
    void letsGoodDraftsPass() throws IOException {
        List<String> blocked = new ArrayList<>();
        List<Integer> rubrics = new ArrayList<>();
        List<String[]> corpus = corpus("good.tsv", 3);
        assertThat(corpus).hasSizeGreaterThanOrEqualTo(100);
        for (String[] line : corpus) {
            String value = line[2].replace("{until}", "December 17").replace("{until_es}", "el 17 de diciembre");
            Verdict verdict = GATE.judge(with(line[2], line[0], line[1], value));
            rubrics.add(verdict.rubric());
            if (!verdict.passes()) {
                blocked.add(String.join(" | ", line) + " -> " + verdict.codes());
            }
        }
        assertThat(blocked).isEmpty();
        assertThat(rubrics).allSatisfy(rubric -> assertThat(rubric).isBetween(80, 100));
    }

    @Test
    void saysWhereByLineAndColumn() {
        Verdict verdict = GATE.judge(with("1", "en", "text+", "\nNow half price."));

        assertThat(verdict.codes())
                .extracting(Finding::code, Finding::place)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("discount-outside-brief", "text:11:5"));
        assertThat(GATE.judge(with("2", "es", "subject", "Un 30 % de descuento en todo"))
                        .codes())
                .extracting(Finding::place)
                .contains("subject:1:4");
    }

    /** Not where what nobody reads, or another word, has the same characters. */
    @Test
    void pointsAtWhatIsReadThere() {
        Draft draft = with("3", "en", "html+", "<!-- €99 --><p>Not €990,\nbut €99.</p>");
        String html = draft.source().html();
        int column = html.indexOf("€99.") - html.indexOf('\n');

        assertThat(GATE.judge(draft).codes())
                .filteredOn(finding -> finding.detail().startsWith("\"€99\""))
                .extracting(Finding::place)
                .containsExactly("html:2:" + column);
    }

    @Test
    void blocksAWordWithoutEndAtOnce() {
        Verdict verdict = GATE.judge(with("1", "en", "text+", "a".repeat(90_000)));

        assertThat(verdict.codes()).extracting(Finding::code).containsExactly("too-large");
    }

    @Test
    void blocksWhatNobodyWouldReadAtOnce() {
        for (String words : List.of("a ", "take any two ", "twenty ", "no ")) {
            Verdict verdict = GATE.judge(with("long", "en", "body", words.repeat(60_000 / words.length())));
            assertThat(verdict.codes()).extracting(Finding::code).containsExactly("too-large");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 20, 300})
    void tagsWithinEachOtherAreBounded(int depth) {
        String nested = "{% if subscriber.firstName %}".repeat(depth) + "x" + "{% endif %}".repeat(depth);
        Verdict verdict = GATE.judge(with("1", "en", "html+", nested));
        assertThat(verdict.codes()).extracting(Finding::code).contains("wrong-template");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fifteen ", "one hundred and ", "<style>a "})
    void whatIsTooDeepToBeLookedAtIsBlocked(String piece) {
        String many = piece.startsWith("<style")
                ? "<style>" + "a ".repeat(44_000) + "{display:none}</style>"
                : piece.repeat(1_200);
        assertThat(GATE.judge(with("1", "en", "html+", "<p>" + many + "</p>")).passes())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{", "{% if ", "<!--", "<!--[if !mso]>", "<b><i>", "<div>", "a{", " ", "\n"})
    void whatBeginsThousandsOfTimesAndNeverEndsIsNotLookedThrough(String beginning) {
        Verdict verdict = GATE.judge(with("1", "en", "html+", beginning.repeat(5_000)));
        assertThat(verdict.codes()).extracting(Finding::code).containsExactly("too-large");
    }

    @Test
    void aSentenceThatMakesAnOfferHasItsDays() throws Exception {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        ((ObjectNode) json.path("offers").get(0))
                .put("until", TODAY.plusDays(14).toString());
        ((ObjectNode) json.path("sender")).put("replies", false);
        Gate gate = new Gate(BriefReader.read(json, TODAY), TODAY);
        assertThat(gate.judge(with("a", "en", "body", "15% off, until December 10."))
                        .passes())
                .isTrue();
        assertThat(gate.judge(with("b", "en", "body", "15% off, until December 17."))
                        .passes())
                .isFalse();
        assertThat(gate.judge(with("c", "en", "body", "Free shipping, until December 17."))
                        .passes())
                .isTrue();
        assertThat(gate.judge(with("d", "en", "body", "The code VUELVE15 is good until December 17."))
                        .passes())
                .isFalse();
        // Nobody reads what this brand is answered.
        assertThat(gate.judge(with("e", "en", "body", "Answer this mail and tell us."))
                        .passes())
                .isFalse();
        assertThat(GATE.judge(with("f", "en", "body", "Answer this mail and tell us."))
                        .passes())
                .isTrue();
    }

    @Test
    void daysOfTheWeekAreTheBriefs() throws Exception {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        ((ObjectNode) json.at("/brand/about"))
                .put("en", "We fire on Tuesdays and ship on Wednesdays.")
                .put("es", "Cocemos los martes y enviamos los miércoles.");
        Gate gate = new Gate(BriefReader.read(json, TODAY), TODAY);
        assertThat(gate.judge(with(
                                "a",
                                "en",
                                "body",
                                "What we fire on Tuesdays leaves us a day later. Have a slow Sunday."))
                        .codes())
                .isEmpty();
        assertThat(gate.judge(with("b", "en", "body", "We fire on Fridays and ship on Saturdays."))
                        .passes())
                .isFalse();
        assertThat(gate.judge(with("c", "es", "body", "Enviamos los jueves.")).passes())
                .isFalse();
    }

    private static ObjectNode addGift(ObjectNode brief, String until, String english, String spanish) {
        ObjectNode offer = ((ArrayNode) brief.path("offers")).addObject();
        offer.put("id", "gift").put("reward", "gift").put("until", until);
        offer.putObject("gift").put("en", english).put("es", spanish);
        return offer;
    }

    @Test
    void onlyTheGiftOfAnOfferIsFree() throws Exception {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        addGift(json, "2026-12-17", "salt cellar with a lid", "salero con tapa");
        Gate gate = new Gate(BriefReader.read(json, TODAY), TODAY);
        for (String given : List.of(
                "en A free salt cellar with a lid travels with your order.",
                "en The salt cellar is our treat.",
                "en With your order comes a small gift: the salt cellar.",
                "es Te regalamos un salero con tapa con tu pedido.",
                "es Un salero de regalo, y va en la caja.")) {
            assertThat(gate.judge(with("a", given.substring(0, 2), "body", given.substring(3)))
                            .codes())
                    .as(given)
                    .isEmpty();
        }
        for (String other : List.of(
                "en Get a free teapot with your order.",
                "en Everything is free for you, every bowl.",
                "en A Lea teapot travels with your order, with our compliments.",
                "es Te regalamos una tetera.",
                "es La tetera va de regalo.")) {
            assertThat(gate.judge(with("b", other.substring(0, 2), "body", other.substring(3)))
                            .passes())
                    .as(other)
                    .isFalse();
        }
    }

    /** A percentage, a gift and, in the shop's calendar, an amount: each with a code, a minimum and a last day of its own. */
    private static Gate withThreeOffers() throws Exception {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        ArrayNode offers = json.putArray("offers");
        ObjectNode percent = offers.addObject();
        percent.put("id", "percent").put("reward", "percent").put("value", 20).put("code", "NUTRIA20");
        percent.put("until", "2026-12-20")
                .putObject("minimum")
                .put("amount", 50)
                .put("currency", "EUR");
        ObjectNode gift = offers.addObject();
        gift.put("id", "poster").put("reward", "gift").put("code", "CARTEL").put("until", "2026-12-31");
        gift.putObject("gift").put("en", "kiln poster").put("es", "póster del horno");
        gift.putObject("minimum").put("amount", 30).put("currency", "EUR");
        ObjectNode amount = offers.addObject();
        amount.put("id", "amount").put("reward", "amount").put("value", 5).put("currency", "EUR");
        amount.put("code", "CINCO").put("until", "2026-12-10");
        amount.putObject("minimum").put("amount", 45).put("currency", "EUR");
        return new Gate(BriefReader.read(json, TODAY), TODAY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "en 20% off with NUTRIA20 until December 20, for orders of €50 or more.",
                "en Use CARTEL, and a free kiln poster goes into the box, from €30.",
                "en There is a free kiln poster with every order of €30 or more.",
                "en €5 off with CINCO, until December 10, from €45.",
                "en NUTRIA20 takes 20% off, and CARTEL adds a free kiln poster.",
                "es Usa NUTRIA20 y llévate un 20 % de descuento en pedidos de 50 € o más.",
                "es Un póster del horno de regalo con CARTEL, hasta el 31 de diciembre.",
                "es Con CINCO, 5 € de descuento a partir de 45 €.",
                "en A fifth off with NUTRIA20, on orders of €50 or more.",
                "es Una quinta parte menos con NUTRIA20, a partir de 50 €.",
                "en Spend €30 and a kiln poster comes with your parcel, free of charge.",
            })
    void anOfferMayBeMadeInItsOwnTerms(String text) throws Exception {
        assertThat(judged(withThreeOffers(), text).codes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "en Use CARTEL for 20% off.",
                "en Use CARTEL for twenty per cent off.",
                "en 20% off orders of €50 or more with the code CARTEL.",
                "es Usa CARTEL y llévate un 20 % de descuento.",
                "en A free kiln poster with NUTRIA20.",
                "en Use NUTRIA20 and a kiln poster comes with your order.",
                "es Un póster del horno de regalo con NUTRIA20.",
                "en 20% off.</p><p>Your code: CARTEL",
                "en NUTRIA20 takes 20% off orders of €30 or more.",
                "es NUTRIA20 descuenta un 20 % en pedidos de 30 € o más.",
                "en A free kiln poster for everybody.",
                "en A free kiln poster with every order.",
                "en A free kiln with every order.",
                "en A free kiln poster until December 20.",
                "en €50 off the Lea teapot.",
                "en Get €30 back.",
                "es Te descontamos 50 €.",
                "en CINCO takes €5 off orders of €30 and up.",
                "en Enter NUTRIA20 for €5 off.",
                "en CARTEL takes five euros off your order.",
                "es 5 € de descuento con el código CARTEL.",
                "es Con CARTEL te ahorras cinco euros.",
                "en The code NUTRIA20 puts a kiln poster in your parcel.",
                "es Con NUTRIA20 te mandamos un póster del horno.",
                "en The kiln poster is yours until December 10.",
                "en Two free kiln posters for every order of €30.",
                "es Dos pósteres del horno de regalo desde 30 €.",
                "en There is a present for you in every box.",
            })
    void whatOneOfferGivesIsNotGivenInTheTermsOfAnother(String text) throws Exception {
        assertThat(judged(withThreeOffers(), text).codes())
                .extracting(Finding::code)
                .containsAnyOf(Claims.DISCOUNT, Claims.CLAIM);
    }

    @Test
    void aGiftComesWithWhatItsTermsSay() throws Exception {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        ObjectNode offer = ((ArrayNode) json.path("offers")).addObject();
        offer.put("id", "gift").put("reward", "gift").put("code", "MANTEL").put("until", "2026-12-17");
        offer.putObject("gift").put("en", "table runner").put("es", "camino de mesa");
        offer.putObject("terms").put("en", "With every repaired piece.").put("es", "Con cada pieza reparada.");
        Gate gate = new Gate(BriefReader.read(json, TODAY), TODAY);
        for (String given : List.of(
                "en A free table runner comes with every repaired piece, with MANTEL.",
                "es Con cada pieza reparada va un camino de mesa de regalo.",
                "es El código MANTEL pone un camino de mesa en la caja, con cada pieza reparada.")) {
            assertThat(gate.judge(with("a", given.substring(0, 2), "body", given.substring(3)))
                            .codes())
                    .as(given)
                    .isEmpty();
        }
        for (String wider : List.of(
                "en A free table runner with any order.",
                "en A free table runner for every subscriber, no purchase needed.",
                "en Enter MANTEL: even a single bowl brings a table runner.",
                "en With the Alba bowl you get a free table runner.",
                "es Con cualquier pedido te regalamos un camino de mesa.",
                "es Un camino de mesa de regalo para todos, sin comprar nada.",
                "es Con el cuenco Alba te llevas un camino de mesa gratis con el código MANTEL.")) {
            assertThat(gate.judge(with("b", wider.substring(0, 2), "body", wider.substring(3)))
                            .codes())
                    .as(wider)
                    .extracting(Finding::code)
                    .contains(Claims.DISCOUNT);
        }
    }

    /** Terms without a word that tells of anything are no reason to let more pass. */
    @Test
    void termsOfFrequentWordsAreTermsToo() throws Exception {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        ObjectNode offer = addGift(json, "2026-12-17", "table runner", "camino de mesa");
        offer.putObject("terms").put("en", "For all of you.").put("es", "Para todos.");
        assertThat(new Gate(BriefReader.read(json, TODAY), TODAY)
                        .judge(with("a", "en", "body", "A free table runner comes with any order."))
                        .codes())
                .extracting(Finding::code)
                .contains(Claims.DISCOUNT);
    }

    @Test
    void aPairOfAGiftIsKnownByWhatThereIsAPairOf() throws Exception {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        ObjectNode offer = addGift(json, "2026-12-31", "pair of merino socks", "par de calcetines de merino");
        offer.putObject("minimum").put("amount", 50).put("currency", "EUR");
        Gate gate = new Gate(BriefReader.read(json, TODAY), TODAY);
        for (String given : List.of(
                "en Spend €50 or more, and we will add a pair of merino socks for free.",
                "en A pair of merino socks is free from €50, until the end of December.",
                "es Te regalamos un par de calcetines de merino en pedidos desde 50 €.")) {
            assertThat(gate.judge(with("a", given.substring(0, 2), "body", given.substring(3)))
                            .codes())
                    .as(given)
                    .isEmpty();
        }
        for (String other : List.of(
                "en Order the Alba bowl, and get a pair of merino socks as a gift.",
                "en A pair of bowls is free from €50.",
                "en A pair of merino socks is free from €50, until the end of November.",
                "es Con el cuenco Alba te llevas un par de calcetines de merino de regalo.")) {
            assertThat(gate.judge(with("b", other.substring(0, 2), "body", other.substring(3)))
                            .passes())
                    .as(other)
                    .isFalse();
        }
    }

    @Test
    void whatCostsNothingInTheBriefIsFree() throws Exception {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        ((ObjectNode) json.at("/brand/about"))
                .put("en", "Pots of bread and clay.")
                .put("es", "Cacharros de pan y barro.");
        ((ObjectNode) json.at("/facts/3/text"))
                .put("en", "While a piece is mended, we lend you a spare one at no cost.")
                .put("es", "Mientras arreglamos una pieza, te prestamos otra sin coste.");
        Gate gate = new Gate(BriefReader.read(json, TODAY), TODAY);
        for (String free : List.of(
                "en We lend you a spare piece for free.",
                "en While yours is mended, we lend you one, and it costs you nothing.",
                "es Mientras arreglamos la tuya, te prestamos una gratis.")) {
            assertThat(gate.judge(with("a", free.substring(0, 2), "body", free.substring(3)))
                            .codes())
                    .as(free)
                    .isEmpty();
        }
        for (String other : List.of("en Every piece is free.", "es Los cuencos son gratis.")) {
            assertThat(gate.judge(with("b", other.substring(0, 2), "body", other.substring(3)))
                            .passes())
                    .as(other)
                    .isFalse();
        }
    }

    /** A house with rooms: hours, a gift with terms that count, what one thing has and what all have, free cancellation. */
    private static Gate inn() throws Exception {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        ArrayNode facts = (ArrayNode) json.path("facts");
        ObjectNode breakfast = facts.addObject().put("id", "breakfast").put("kind", "claim");
        breakfast
                .putObject("text")
                .put("en", "Breakfast is served until noon, with bread baked in the house.")
                .put("es", "El desayuno se sirve hasta mediodía, con pan hecho en casa.");
        ObjectNode rooms = facts.addObject().put("id", "rooms").put("kind", "claim");
        rooms.putObject("text")
                .put("en", "There are nine rooms, and every one of them has a stove.")
                .put("es", "Hay nueve habitaciones, y todas tienen estufa.");
        ObjectNode leaving = facts.addObject().put("id", "cancel").put("kind", "service");
        leaving.putObject("name").put("en", "free cancellation").put("es", "cancelación gratuita");
        leaving.putObject("text")
                .put("en", "Bookings can be cancelled free of charge up to three days before arrival.")
                .put("es", "Las reservas se cancelan gratis hasta tres días antes de la llegada.");
        ObjectNode room = ((ArrayNode) json.path("products")).addObject().put("id", "river");
        room.put("url", "https://casalumbre.example/rio");
        room.putObject("name").put("en", "River room").put("es", "habitación Río");
        room.putObject("text")
                .put("en", "The River room has a balcony over the water, for two.")
                .put("es", "La habitación Río tiene un balcón sobre el agua, para dos.");
        room.putObject("price").put("amount", 95).put("currency", "EUR");
        ObjectNode gift = addGift(json, "2026-12-31", "bottle of cider", "botella de sidra");
        gift.putObject("terms")
                .put("en", "with any stay of two nights")
                .put("es", "con cualquier estancia de dos noches");
        return new Gate(BriefReader.read(json, TODAY), TODAY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "en Breakfast goes on until midday.",
                "en We serve breakfast until twelve o'clock.",
                "es Un desayuno que dura hasta el mediodía.",
                "es El desayuno se sirve hasta las doce.",
                "en A bottle of cider is yours with any stay of two nights.",
                "es La botella de sidra es tuya con dos noches.",
                "es Si te quedas dos noches, te regalamos una botella de sidra.",
                "en The River room has its own balcony, and a way of slowing people down.",
                "en The balcony is included, of course.",
                "en Every room has a stove.",
                "es Todas las habitaciones tienen su estufa.",
                "es Con nuestra cancelación gratuita, volver es más fácil.",
                "en The River room sleeps two."
            })
    void whatAHouseOffersMayBePutOtherwise(String text) throws Exception {
        assertThat(judged(inn(), text).codes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "en Breakfast is served until 2 p.m.",
                "es El desayuno se sirve hasta las dos de la tarde.",
                "en A bottle of wine is yours with any stay of two nights.",
                "es Una botella de cava es tuya con cualquier estancia de dos noches.",
                "en The bottle of cider is yours with a single night.",
                "es La botella de sidra es tuya con una sola noche.",
                "en The River room has a private sauna.",
                "es La habitación Río tiene un jacuzzi.",
                "en Every room has a balcony.",
                "es Todas las habitaciones tienen chimenea.",
                "en Dinner is included in every rate.",
                "es Los masajes están incluidos.",
                "en The River room is €95 for two nights.",
                "en You can cancel free of charge until the day of arrival.",
                "en The River room sleeps six.",
                "en Last rooms for December.",
                "es Últimas habitaciones para el puente.",
                "es La segunda noche la ponemos nosotros."
            })
    void whatAHouseOffersIsNothingElse(String text) throws Exception {
        assertThat(judged(inn(), text).passes()).isFalse();
    }

    /** A workshop that is open at hours, collects for nothing, guarantees by months and gives something with accessories. */
    private static Gate workshop() throws Exception {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        ((ObjectNode) json.at("/facts/3/text"))
                .put(
                        "en",
                        "We collect pieces at home in Granada and Motril and bring them back mended. The pick-up is free.")
                .put(
                        "es",
                        "Recogemos las piezas en casa en Granada y Motril y las devolvemos arregladas. La recogida es gratuita.");
        ArrayNode facts = (ArrayNode) json.path("facts");
        ObjectNode hours = facts.addObject().put("id", "hours").put("kind", "claim");
        hours.putObject("text")
                .put("en", "The workshop is open on Saturdays from 10 to 2.")
                .put("es", "El taller abre los sábados de 10 a 2.");
        ObjectNode guarantee = facts.addObject().put("id", "guarantee").put("kind", "claim");
        guarantee
                .putObject("text")
                .put("en", "Every repair has a 12-month guarantee.")
                .put("es", "Cada reparación tiene 12 meses de garantía.");
        ObjectNode lamp = ((ArrayNode) json.path("products")).addObject().put("id", "lamp");
        lamp.put("url", "https://casalumbre.example/vela");
        lamp.putObject("name").put("en", "Vela lamp").put("es", "luz Vela");
        lamp.putObject("text")
                .put("en", "The Vela lamp is of white clay.")
                .put("es", "La luz Vela es de barro blanco.");
        lamp.putObject("price").put("amount", 39).put("currency", "EUR");
        ObjectNode gift = ((ArrayNode) json.path("offers")).addObject();
        gift.put("id", "gift").put("reward", "gift").put("until", "2026-12-31");
        gift.putObject("gift").put("en", "salt cellar").put("es", "salero");
        gift.putObject("terms").put("en", "with any order of bowls").put("es", "con cualquier pedido de cuencos");
        return new Gate(BriefReader.read(json, TODAY), TODAY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "en We'll come and get the piece in Granada or Motril, at no charge.",
                "en It's free: we collect your piece at home.",
                "en It really is free of charge.",
                "es La recogida no te cuesta nada.",
                "es Recogemos tus piezas gratis en Granada.",
                "es No pagas nada por la recogida.",
                "es Es gratis de verdad.",
                "en Each repair comes with a year's guarantee.",
                "en Our repairs are guaranteed for a year.",
                "es Las reparaciones llevan un año de garantía.",
                "es Están garantizadas durante doce meses.",
                "en The salt cellar is there until the 31st.",
                "en For you, until the thirty-first.",
                "es El salero sigue hasta el 31.",
                "es Tienes hasta el jueves 31.",
                "en It ends on 12/31/2026.",
                "es Termina el 31/12/2026.",
                "es Los sábados abrimos de 10:00 a 14:00 h.",
                "en Saturdays, 10am–2pm.",
                "en Take a closer look at our Saturday opening.",
                "en We're open until 2 in the afternoon on Saturdays.",
                "en We're open on Saturdays from ten to two.",
                "en A salt cellar comes free with every bowl order.",
                "es Con cada pedido de cuencos te regalamos un salero.",
                "es Una luz por 39 € y un cuenco Alba por 24 €.",
                "es Estamos en la calle del Horno, 7.",
                "en Through rain and Mondays, a warm bowl helps."
            })
    void whatTheBriefSaysMayBePutOtherwise(String text) throws Exception {
        assertThat(judged(workshop(), text).codes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "en The pick-up is free all over Spain.",
                "en Repairs are free.",
                "es Las reparaciones son gratis.",
                "en Our repairs are guaranteed for two years.",
                "es Las reparaciones llevan dos años de garantía.",
                "en The salt cellar is there until the 30th.",
                "en For you, until the twentieth.",
                "es Tienes hasta el viernes 31.",
                "en It ends on 11/12/2026.",
                "es Termina el 30/12/2026.",
                "en We're open on Saturdays from 10 to 4.",
                "es Los sábados abrimos de 9:00 a 14:00.",
                "en We're open on Sundays from 10 to 2.",
                "en A salt cellar comes free with every teapot.",
                "es El salero va de regalo con cualquier reparación.",
                "es Una luz por 24 € y un cuenco Alba por 39 €.",
                "es Estamos en la calle del Horno, 17."
            })
    void whatIsPutOtherwiseIsStillTheBriefs(String text) throws Exception {
        assertThat(judged(workshop(), text).passes()).isFalse();
    }

    @Test
    void aPreheaderGoesOnFromItsSubject() {
        Gate gate = new Gate(DemoBrief.on(TODAY), TODAY);
        Draft draft = with("a", "es", "preheader", "Gratis hasta el 17 de diciembre.");
        assertThat(gate.judge(draft).passes()).isFalse();

        MailTemplate.Source source = draft.source();
        MailTemplate.Source sending = new MailTemplate.Source(
                "El envío lo ponemos nosotros",
                source.preheader(),
                source.html(),
                source.text(),
                source.ctaLabel(),
                source.ctaUrl(),
                source.ps());
        assertThat(gate.judge(new Draft("a", "es", sending, null)).codes()).isEmpty();
    }

    /** Sells what is news, too; ships on the same day, wraps for nothing. */
    private static Gate stationer() throws Exception {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        ((ObjectNode) json.at("/facts/0/text"))
                .put("en", "Orders placed before 2 p.m. leave the shop the same day.")
                .put("es", "Los pedidos hechos antes de las 14:00 salen de la tienda el mismo día.");
        ((ObjectNode) json.at("/facts/2/name")).put("en", "Orilla notebooks").put("es", "cuadernos Orilla");
        ((ObjectNode) json.at("/facts/2/text"))
                .put("en", "The Orilla notebooks lie flat and come in grey linen.")
                .put("es", "Los cuadernos Orilla quedan planos y vienen en lino gris.");
        ((ObjectNode) json.at("/facts/3/text"))
                .put("en", "Gift wrapping is free.")
                .put("es", "El envoltorio de regalo es gratis.");
        ObjectNode notebook = ((ArrayNode) json.path("products")).addObject().put("id", "orilla");
        notebook.put("url", "https://casalumbre.example/orilla");
        notebook.putObject("name").put("en", "Orilla notebook").put("es", "cuaderno Orilla");
        notebook.putObject("text")
                .put("en", "The Orilla notebook has 160 pages, and ink does not bleed through them.")
                .put("es", "El cuaderno Orilla tiene 160 páginas, y la tinta no las traspasa.");
        notebook.putObject("price").put("amount", 14).put("currency", "EUR");
        ObjectNode gift = ((ArrayNode) json.path("offers")).addObject();
        gift.put("id", "gift").put("reward", "gift").put("until", "2026-12-31");
        gift.putObject("gift").put("en", "linen bookmark").put("es", "marcapáginas de lino");
        gift.putObject("terms")
                .put("en", "with any order of Orilla notebooks")
                .put("es", "con cualquier pedido de cuadernos Orilla");
        return new Gate(BriefReader.read(json, TODAY), TODAY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "en Order before 2 p.m. and it will leave our shop that same day.",
                "es Si lo pides antes de las 14:00, sale de nuestra tienda ese mismo día.",
                "en They come in grey linen, all of them.",
                "en We'll wrap it for free, of course.",
                "en Order Orilla notebooks by December 31 and a linen bookmark comes with them as a gift.",
                "en The Orilla notebooks are back. They're €14.",
                "en The Orilla notebook likes your Lea teapot for company: it has 160 pages, and ink does not bleed through.",
                "en Get the pair for €38: the bowl and the notebook. The two cost €38.",
                "en You took a break. Good for you.",
                "en It costs €24. Two of them come to €48.",
                "es Cuesta 24 €. Con dos llegas a 48 €.",
                "en The two bowls would be €48, or €40.80 with the code VUELVE15, from €40.",
                "en One family, one kiln, 39 years of it.",
                "es Llevamos 39 años con el mismo horno.",
                "es ¿Dudas entre dos esmaltes?",
                "en Until December 31 there is a linen bookmark with any delivery of Orilla notebooks.",
                "en The Alba bowl is 24 euros, the Lea teapot 58. Together that's 82, and with VUELVE15 it's €69.70.",
                "en Nearly forty years of clay under our nails.",
                "es Casi cuarenta años con las manos en el barro, más de treinta años en todo caso.",
                "es No esperes a las visitas. Eso lo sabes tú mejor que nadie.",
                "en Two notebooks, for instance, come to €28.",
                "en The Orilla notebook lies flat. The teapot likes it, too, and it costs €14.",
                "en A good deal of tea went into it.",
                "en It costs you nothing but the question."
            })
    void inOtherWordsIsWhatTheBriefSays(String text) throws Exception {
        assertThat(judged(stationer(), text).codes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "en Order before 4 p.m. and it will leave our shop that same day.",
                "es Los pedidos llegan a casa el mismo día.",
                "en They come in green, all of them.",
                "en We'll mend it for free, of course.",
                "en Order Orilla notebooks by December 31 and a leather case comes with them as a gift.",
                "en The Orilla notebooks are back. They're €24.",
                "en The Lea teapot likes company: it has 160 pages, and ink does not bleed through.",
                "en Get the pair for €35: the bowl and the notebook.",
                "en It's good for your heart.",
                "en It costs €24. Two of them come to €38.",
                "en One family, one kiln, 49 years of it.",
                "en Nearly fifty years of clay under our nails.",
                "en The Alba bowl is 24 euros, the Lea teapot 58. Together that's 72.",
                "es Los sábados abrimos de diez a dos.",
                "en Shipping is free until December 17. And we'll put a linen napkin in your parcel for free."
            })
    void withOtherWordsItIsNot(String text) throws Exception {
        assertThat(judged(stationer(), text).passes()).isFalse();
    }

    @Test
    void theDayAfterTheLastIsNamedWithBefore() throws Exception {
        Gate gate = new Gate(DemoBrief.on(TODAY), TODAY);
        String over = TODAY.plusDays(22).getDayOfMonth() + " de diciembre";
        assertThat(gate.judge(with("a", "es", "body", "Escribe VUELVE15 antes del " + over + ", desde 40 €."))
                        .codes())
                .isEmpty();
        assertThat(gate.judge(with("b", "es", "body", "Escribe VUELVE15 hasta el " + over + ", desde 40 €."))
                        .passes())
                .isFalse();
    }

    @Test
    void daysBehindEachOtherAreRead() {
        Gate gate = new Gate(DemoBrief.on(TODAY), TODAY);
        assertThat(gate.judge(with("a", "en", "body", "From May 5 June 10 is a long way."))
                        .codes())
                .extracting(Finding::code)
                .contains(Claims.CLAIM);
    }

    @Test
    void aWalkOfTheBriefIsNoAddress() throws Exception {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        ((ObjectNode) json.at("/products/1"))
                .putObject("name")
                .put("en", "Night Walk")
                .put("es", "Paseo Nocturno");
        Gate gate = new Gate(BriefReader.read(json, TODAY), TODAY);
        assertThat(gate.judge(with("a", "es", "body", "El Paseo Nocturno cuesta 58 €."))
                        .codes())
                .isEmpty();
        assertThat(gate.judge(with("b", "es", "body", "Te esperamos en Paseo Marítimo 58."))
                        .codes())
                .extracting(Finding::code)
                .contains("personal-data");
    }

    @Test
    void centsAreReadInEitherLanguage() throws Exception {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        ((ObjectNode) json.at("/products/0/price")).put("amount", 3.9);
        Gate gate = new Gate(BriefReader.read(json, TODAY), TODAY);
        for (String price : List.of("a 3,90 €", "por 3,90 €", "desde 3,90 euros", "a 3,9 €")) {
            assertThat(gate.judge(with("a", "es", "body", "El cuenco Alba sale " + price + " la pieza."))
                            .codes())
                    .as(price)
                    .isEmpty();
        }
        assertThat(gate.judge(with("b", "es", "body", "El cuenco Alba sale a 2,90 € la pieza."))
                        .passes())
                .isFalse();
    }

    @Test
    void sharesAreTheBriefsHoweverTheyAreSaid() throws Exception {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        ((ObjectNode) json.at("/brand/about"))
                .put("en", "If fewer than eight in ten glazes hold, we fire again.")
                .put("es", "Si aguantan menos de ocho de cada diez esmaltes, volvemos a cocer.");
        Gate gate = new Gate(BriefReader.read(json, TODAY), TODAY);
        for (String share :
                List.of("en Eight out of ten have to hold.", "es Aguantan ocho de cada diez, o se repiten.")) {
            assertThat(gate.judge(with("a", share.substring(0, 2), "body", share.substring(3)))
                            .codes())
                    .as(share)
                    .isEmpty();
        }
        assertThat(gate.judge(with("b", "en", "body", "Nine in ten have to hold."))
                        .passes())
                .isFalse();
    }

    @Test
    void speciesOfAKindAreSpeciesToo() throws Exception {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        ((ObjectNode) json.at("/brand/about"))
                .put("en", "We fire 64 glazes, and take care of 11 endangered glazes.")
                .put("es", "Cocemos 64 esmaltes y cuidamos de 11 esmaltes en peligro.");
        Gate gate = new Gate(BriefReader.read(json, TODAY), TODAY);
        assertThat(gate.judge(with("a", "en", "body", "Eleven glazes that we are rooting for."))
                        .codes())
                .isEmpty();
        assertThat(gate.judge(with("b", "en", "body", "Twelve glazes that we are rooting for."))
                        .passes())
                .isFalse();
    }

    @Test
    void blocksTenMegabytesAtOnce() {
        Verdict verdict = GATE.judge(with("1", "en", "html+", "<p>x</p>".repeat(1_300_000)));

        assertThat(verdict.codes()).extracting(Finding::code).containsExactly("too-large");
    }

    @Test
    void whatTheBriefSaysMayBeSaidUntilItsDayIsOver() {
        Draft draft = with("1", "en", "subject", "15% off, until December 17");

        assertThat(GATE.judge(draft).passes()).isTrue();
        assertThat(new Gate(BRIEF, LocalDate.of(2026, 12, 18)).judge(draft).codes())
                .extracting(Finding::code)
                .contains("discount-outside-brief", "claim-outside-brief");
    }

    @Test
    void hurriesOnlyShortlyBeforeAnOfferEnds() {
        Draft draft = with("1", "en", "subject", "Last chance: 15% off");

        assertThat(GATE.judge(draft).codes()).extracting(Finding::code).containsExactly("claim-outside-brief");
        assertThat(new Gate(BRIEF, LocalDate.of(2026, 12, 15)).judge(draft).passes())
                .isTrue();
    }
}
