package winback.content.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import winback.content.brief.Brief;
import winback.content.brief.BriefReader;
import winback.content.brief.DemoBrief;
import winback.content.brief.FaultyBrief;
import winback.content.drafts.Draft;
import winback.content.templates.MailTemplate;

/** The demo's brief loses most of what it says; mails of people's own words are looked at. */
class BriefChangeTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 27);

    private static final BriefChange CHANGE = BriefChange.between(brief(json -> {}), brief(json -> {
        remove(json, "facts", "bowls", "teapot", "napkins", "returns", "since", "fired");
        remove(json, "products", "lea");
        text(json, "products", "alba", "The Alba bowl is tall and narrow.", "El cuenco Alba es alto y estrecho.");
        text(json, "facts", "repairs", "Our repair service is closed.", "El servicio de reparación está cerrado.");
        ((ObjectNode) json.at("/brand/about"))
                .put("en", "We sell tableware in Granada.")
                .put("es", "Vendemos vajilla en Granada.");
        ((ArrayNode) json.path("categories")).remove(2);
    }));

    private static Brief brief(Consumer<ObjectNode> change) {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(TODAY));
        change.accept(json);
        try {
            return BriefReader.read(json, TODAY);
        } catch (FaultyBrief faulty) {
            throw new AssertionError(faulty);
        }
    }

    private static void remove(ObjectNode json, String list, String... ids) {
        ArrayNode all = (ArrayNode) json.path(list);
        for (int i = all.size() - 1; i >= 0; i--) {
            for (String id : ids) {
                if (all.get(i).path("id").asString().equals(id)) {
                    all.remove(i);
                    break;
                }
            }
        }
        for (JsonNode fact : json.path("facts")) {
            if (fact.path("of") instanceof ArrayNode of) {
                of.removeIf(one -> List.of(ids).contains(one.asString()));
            }
        }
    }

    private static void text(ObjectNode json, String list, String id, String english, String spanish) {
        json.path(list).forEach(each -> {
            if (each.path("id").asString().equals(id)) {
                ((ObjectNode) each).putObject("text").put("en", english).put("es", spanish);
            }
        });
    }

    private static Draft saying(String words) {
        String html = "<p>Hello.</p><p>" + words + "</p><p><a href=\"{{ links.unsubscribe }}\">Unsubscribe</a></p>";
        return new Draft(
                "hand",
                "en",
                new MailTemplate.Source(
                        "It has been a while", "", html, words, "Have a look", "https://casalumbre.example/", ""),
                null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "The Lea teapot holds two cups.",
                "The Alba bowl is wide and low.",
                "Every piece is fired twice.",
                "Our bowls now come in four glazes.",
                "The stoneware bowls nest into each other, and you can put them into the dishwasher.",
                "We wash the napkins, so they are soft from the first dinner.",
                "If a piece of yours chips, we mend it and send it back.",
                "The parcel label is in the box, should you change your mind.",
                "One family, and one kiln.",
                "We throw and fire our tableware in Granada.",
                "Somebody checks each piece by hand.",
                "Have a look at <a href=\"https://casalumbre.example/lea\">what is new</a>.",
                "Table linen first, the rest later.",
                "El cuenco Alba es ancho y bajo.",
                "Las servilletas son suaves desde la primera cena."
            })
    void whatIsSaidNoLongerTakesItsMailsWithIt(String words) {
        assertThat(CHANGE.outdated(saying(words))).isPresent().get().matches(Verdict::isOutdated);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "It has been a while, and we would be glad to see you.",
                "Have a look at the Alba bowl.",
                "4.8 out of 5 in 2,130 reviews.",
                "Tableware for two, or for twelve.",
                "With VUELVE15 you get 15% off.",
                "The kettle is on. Come by when you like.",
                "Hace tiempo que no te vemos por aquí."
            })
    void otherMailsStay(String words) {
        assertThat(CHANGE.outdated(saying(words))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Linen for the table, soft right away.",
                "It never drips on the table.",
                "Twice in the oven, for an evening."
            })
    void whatMaySayTheSameIsReadAgain(String words) {
        assertThat(CHANGE.outdated(saying(words))).isEmpty();
        assertThat(CHANGE.mayBeOutdated(saying(words))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "We would be glad to see you.",
                "The kettle is on. Come by when you like.",
                "With VUELVE15 you get 15% off.",
                "Hace tiempo que no te vemos por aquí."
            })
    void whatSaysNothingOfItIsNot(String words) {
        assertThat(CHANGE.mayBeOutdated(saying(words))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"The Lea teapot holds two cups.", "Every piece is fired twice."})
    void nothingGoesWhereNothingChanges(String words) {
        assertThat(BriefChange.between(brief(json -> {}), brief(json -> {})).outdated(saying(words)))
                .isEmpty();
    }
}
