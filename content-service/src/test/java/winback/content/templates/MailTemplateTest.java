package winback.content.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class MailTemplateTest {

    private static final String UNSUBSCRIBE = "<a href=\"{{ links.unsubscribe }}\">Unsubscribe</a>";
    private static final String ATTACK = "<script>alert(1)</script>\"' onload=x `";

    @Test
    void aScriptInAFirstNameNeverReachesHtmlUnescaped() throws Exception {
        RenderedMail mail = render("<p>Hi {{ subscriber.firstName }}</p><img alt=\"{{ subscriber.firstName }}\">"
                + "<a href=\"https://shop.example/?q={{ subscriber.firstName }}\">x</a>"
                + "<a href='{{ subscriber.firstName }}'>y</a>"
                + "{% assign n = subscriber.firstName %}{{ n | upcase }}"
                + "{% for i in (1..2) %}{{ subscriber.firstName }}{% endfor %}");
        assertThat(mail.html().toLowerCase(java.util.Locale.ROOT)).doesNotContain("<script");
        assertThat(mail.html())
                .contains("<p>Hi &lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39; onload=x &#96;</p>")
                .contains("<a href=\"https://shop.example/?q=%3Cscript%3E")
                .contains("<a href='#'>y</a>");
    }

    @Test
    void headersCannotBeInjected() throws Exception {
        MailTemplate template = MailTemplate.compile(
                source("{{ subscriber.firstName }}, come back", "Dear {{ subscriber.firstName }}", ""), "en");
        RenderedMail mail = template.render(inputs("Ann\r\nBcc: everybody@example.com\u0000\u202e\u007f"));
        assertThat(mail.subject()).isEqualTo("Ann Bcc: everybody@example.com, come back");
        assertThat(mail.preheader()).doesNotContain("\r").doesNotContain("\n").doesNotContain("\u0000");
        assertThat(mail.text()).startsWith("Hello Ann Bcc: everybody@example.com.\n");
    }

    @ParameterizedTest
    @CsvSource({
        "Ana\u200b, Ana",
        "An\u00ada, Ana",
        "\u2060Ana\ufeff, Ana",
        "A\u200dna\u200c, Ana",
        "\u200eAna\u061c, Ana",
        "Ana\udb40\udc41, Ana",
        "Iñaki, Iñaki",
        "\u06cc\u200c\u0645\u0627, \u06cc\u200c\u0645\u0627",
        "\u0915\u094d\u200d\u0937, \u0915\u094d\u200d\u0937",
        "\ud83d\udc69\u200d\ud83d\ude80, \ud83d\udc69\u200d\ud83d\ude80"
    })
    void namesAreWithoutWhatDoesNotShow(String name, String shown) throws Exception {
        MailTemplate template = MailTemplate.compile(
                source("{{ subscriber.firstName }}, come back", "{{ subscriber.firstName }}", ""), "en");
        RenderedMail mail = template.render(inputs(name));
        assertThat(mail.subject()).isEqualTo(shown + ", come back");
        assertThat(mail.preheader()).isEqualTo(shown);
    }

    @Test
    void anAbsentTraitTakesItsDefault() throws Exception {
        MailTemplate template =
                MailTemplate.compile(source("{{ subscriber.firstName | default: 'friend' }}", "", ""), "en");
        assertThat(template.render(inputs(null)).subject()).isEqualTo("friend");
        assertThat(template.render(inputs("Ann")).subject()).isEqualTo("Ann");
    }

    @Test
    void whatTheAuthorWroteStaysAsItIs() throws Exception {
        String html =
                "<!DOCTYPE html><!-- note --><style>p > a {color: red}</style><p class=\"x\">5 &lt; 6 & más 🎁</p>";
        assertThat(render(html).html()).startsWith(html);
    }

    @Test
    void outputsBehindCharactersOutsideTheBasicPlaneAreEscapedToo() throws Exception {
        assertThat(render("🎁🎁 {{ subscriber.firstName }} 🎁").html())
                .startsWith("🎁🎁 &lt;script&gt;")
                .contains(" 🎁");
    }

    @Test
    void postscriptAndLabelCanBeUsedInTheMailAndAreEscapedOnce() throws Exception {
        MailTemplate template = MailTemplate.compile(
                source("s", "", "<p>{{ content.ps }}</p><a href=\"{{ links.cta }}\">{{ content.cta }}</a>"), "en");
        assertThat(template.render(inputs("<b>")).html())
                .contains("<p>P.S. For &lt;b&gt; &amp; you</p>")
                .contains("<a href=\"https://shop.example/back?a=1&amp;b=2\">Take a look</a>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>var n = '{{ subscriber.firstName }}'</script>",
                "<style>a { color: {{ subscriber.color }} }</style>",
                "<!-- {{ subscriber.firstName }} -->",
                "<!--[if mso]><!-- a --><p>{{ subscriber.firstName }}</p><![endif]-->",
                "<!--[if mso]><a title=\"<![endif]-->{{ subscriber.firstName }}\"></a>",
                "<!--[if mso]><p>--!>{{ subscriber.firstName }}</p><![endif]-->",
                "<!--[if mso]><style>{{ subscriber.firstName }}</style><![endif]-->",
                "<!--[if mso]><p>",
                "<p title={{ subscriber.firstName }}>",
                "<p {{ subscriber.firstName }}>",
                "<{{ subscriber.tag }}>",
                "<p onclick=\"go('{{ subscriber.firstName }}')\">",
                "<p style=\"color: {{ subscriber.color }}\">",
                "<meta http-equiv=\"refresh\" content=\"0;url={{ subscriber.a }}\">",
                "<a href=\"javascript:alert(1)\">",
                "<a href=\"{% if subscriber.a %}javascript:{% endif %}{{ subscriber.b }}\">",
                "<a href=\"&#106;avascript:alert(1)\">",
                "{% if subscriber.a %}<a href=\"{% endif %}{{ subscriber.b }}",
                "{% for i in (1..2) %}<script>{% endfor %}{{ subscriber.b }}",
                "<a href=\"java{{ subscriber.a }}:alert(1)\">",
                "{{ subscriber.firstName | raw }}",
                "{{ subscriber.firstName | escape }}",
                "{{ subscriber.firstName | url_decode }}",
                "{{ subscriber.firstName | winback_line }}",
                "{% capture x %}<b>{% endcapture %}{{ x }}",
                "{% include 'other' %}",
                "{% cycle subscriber.a, subscriber.b %}",
                "{% increment x %}",
                "{% assign links = subscriber.a %}",
                "{{ firstName }}",
                "{{ subscriber }}",
                "{{ subscriber[campaign.name] }}",
                "{{ campaign.secret }}",
                "{{ links.other }}",
                "{{ 'a' | append: other.name }}",
                "{% if other %}x{% endif %}",
                "{{ subscriber.firstName",
                "{% if subscriber.a %}x",
                "<p title=\"",
                "\u0007"
            })
    void refusesWhatCannotBeMadeSafe(String html) {
        MailTemplate.Fault fault =
                catchThrowableOfType(MailTemplate.Fault.class, () -> MailTemplate.compile(source("s", "", html), "en"));
        assertThat(fault).isNotNull();
        assertThat(fault.field()).isEqualTo("html");
        assertThat(fault).hasMessageMatching("(?s).+\\(line \\d+, column \\d+\\)");
    }

    /** A bulletproof button: for others than Outlook it is a comment, which no value ends. */
    @Test
    void conditionalCommentsMayHavePlaceholders() throws Exception {
        String button = "<!--[if mso]><v:roundrect href=\"{{ links.cta }}\" title=\"{{ subscriber.firstName }}\">"
                + "<center>{{ subscriber.firstName }}</center></v:roundrect><![endif]-->"
                + "<!--[if !mso]><!--><p>{{ subscriber.firstName }}</p><!--<![endif]-->"
                + "<!--[if !mso]>--><p>{{ subscriber.firstName }}</p><!--<![endif]-->";
        String html = MailTemplate.compile(source("s", "", button), "en")
                .render(inputs("--><b>\""))
                .html();
        assertThat(html).contains("<center>--&gt;&lt;b&gt;&quot;</center>", "title=\"--&gt;&lt;b&gt;&quot;\"");
        assertThat(html).containsPattern("roundrect href=\"https://[^\"]+\"");
        assertThat(Jsoup.parse(html).select("b, center")).isEmpty();
        assertThat(Jsoup.parse(html).select("p")).hasSize(2);
    }

    @Test
    void commentsMayDifferInBranches() throws Exception {
        String html = render(
                        "{% if subscriber.firstName %}<!-- one --><p>a</p>{% else %}<!-- other two -->b{% endif %}"
                                + "<!--[if mso]>{% if subscriber.firstName %}<p>Hi</p>{% else %}Hello there{% endif %}<![endif]-->")
                .html();
        assertThat(html).contains("<!-- one --><p>a</p>", "<!--[if mso]><p>Hi</p><![endif]-->");
    }

    @Test
    void refusesRunsOfBlanksThatWouldTakeTheLexerSeconds() {
        assertThatThrownBy(() ->
                        MailTemplate.compile(source("s", "", UNSUBSCRIBE + "\n  a" + " ".repeat(50_000) + "b"), "en"))
                .hasMessageContaining("(line 2, column 4)");
        assertThatCode(() -> MailTemplate.compile(source("s", "", UNSUBSCRIBE + "a" + " ".repeat(999) + "b"), "en"))
                .doesNotThrowAnyException();
    }

    @Test
    void namesLineAndColumn() {
        assertThatThrownBy(() -> MailTemplate.compile(source("s", "", "<p>\n  {{ subscriber.a | nope }}"), "en"))
                .hasMessageContaining("unknown filter nope")
                .hasMessageContaining("(line 2, column 21)");
        for (String large : List.of(
                "{{ 9223372036854775808 }}",
                "{% if subscriber.p > 99999999999999999999 %}a{% endif %}",
                "{{ subscriber.p | plus: 9223372036854775808 }}")) {
            assertThatThrownBy(() -> MailTemplate.compile(source("s", "", "<p>\n" + large), "en"))
                    .as(large)
                    .isInstanceOf(MailTemplate.Fault.class)
                    .hasMessageContaining("at most 18 digits");
        }
        assertThatThrownBy(() -> MailTemplate.compile(source("s", "", "<p>\n\n   {{ wrong.name }}"), "en"))
                .hasMessageContaining("unknown placeholder wrong.name")
                .hasMessageContaining("(line 3, column 7)");
        assertThatThrownBy(() -> MailTemplate.compile(source("s", "", "<p>\n {{ subscriber.a | }}"), "en"))
                .hasMessageContaining("(line 2, column");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "a{% if %}b{% endif %} ~ unexpected '%}' (line 1, column 8)",
                "a{% endif %} ~ unexpected '{% endif %}' (line 1, column 2)",
                "{% if subscriber.a = 'x' %}a{% endif %} ~ unexpected '=' (line 1, column 20)",
                "{{ a..b }} ~ cannot be read: '{{ a..b }}' (line 1, column 1)",
                "{{ subscriber.a ~ a placeholder is not closed (line 1, column 16)",
                "{% if subscriber.a %}b ~ the {% if %} of line 1, column 1 has no {% endif %} (line 1, column 23)",
                "{% if subscriber.a ~ a tag is not closed (line 1, column 19)",
                "{% shout %} ~ unknown tag 'shout' (line 1, column 4)",
                "{{ $a }} ~ unexpected '$' (line 1, column 4)"
            })
    void saysInASentenceWhatStandsWhere(String subject, String expected) {
        assertThatThrownBy(() -> MailTemplate.compile(source(subject, "", ""), "en"))
                .hasMessage(expected);
    }

    @Test
    void namesTheFaultsOfAllFields() {
        MailTemplate.Fault fault = catchThrowableOfType(
                MailTemplate.Fault.class,
                () -> MailTemplate.compile(source("{{ subscriber.a", "", "{% shout %}"), "en"));
        assertThat(fault.field()).isEqualTo("subject");
        assertThat(fault.others()).extracting(MailTemplate.Fault::field).containsExactly("html");
    }

    @Test
    void anUnsubscribeLinkIsRequiredInBothBodiesAndOutsideOfConditions() {
        MailTemplate.Source without = new MailTemplate.Source(
                "s", "", "<p>x</p>", "x {{ links.unsubscribe }}", "l", "https://shop.example", "");
        assertThatThrownBy(() -> MailTemplate.compile(without, "en"))
                .isInstanceOfSatisfying(MailTemplate.Fault.class, fault -> {
                    assertThat(fault.field()).isEqualTo("html");
                    assertThat(fault.code()).isEqualTo("no-unsubscribe-link");
                });
        MailTemplate.Source conditional = new MailTemplate.Source(
                "s",
                "",
                UNSUBSCRIBE,
                "{% if subscriber.a %}{{ links.unsubscribe }}{% endif %}",
                "l",
                "https://shop.example",
                "");
        assertThatThrownBy(() -> MailTemplate.compile(conditional, "en"))
                .isInstanceOfSatisfying(
                        MailTemplate.Fault.class,
                        fault -> assertThat(fault.field()).isEqualTo("text"));
    }

    @ParameterizedTest
    @CsvSource({
        "ftp://shop.example/",
        "javascript:alert(1)",
        "//shop.example/",
        "/back",
        "https://{{ subscriber.host }}/",
        "https://shop.example{{ subscriber.host }}",
        "{{ links.cta }}",
        "https://shop example/"
    })
    void theCallToActionIsAnAbsoluteWebAddress(String url) {
        MailTemplate.Source source =
                new MailTemplate.Source("s", "", UNSUBSCRIBE, "{{ links.unsubscribe }}", "Go", url, "");
        assertThatThrownBy(() -> MailTemplate.compile(source, "en"))
                .isInstanceOfSatisfying(
                        MailTemplate.Fault.class,
                        fault -> assertThat(fault.field()).isEqualTo("cta.url"));
    }

    @Test
    void placeholdersInTheCallToActionAreEncoded() throws Exception {
        MailTemplate template = MailTemplate.compile(
                new MailTemplate.Source(
                        "s",
                        "",
                        UNSUBSCRIBE,
                        "{{ links.unsubscribe }}",
                        "Go",
                        "https://shop.example/?n={{ subscriber.firstName }}",
                        ""),
                "en");
        assertThat(template.ctaUrl(inputs("a b&c=é#"))).isEqualTo("https://shop.example/?n=a%20b%26c%3D%C3%A9%23");
    }

    @Test
    void loopsAndSizesAreBounded() throws Exception {
        MailTemplate long1 =
                MailTemplate.compile(source("s", "", "{% for i in (1..subscriber.n) %}x{% endfor %}"), "en");
        Map<String, Object> many = inputs("Ann");
        many.put("subscriber", Map.of("n", 1_000_000));
        assertThatThrownBy(() -> long1.render(many)).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> MailTemplate.compile(source("s", "", "{% for i in (1..1000) %}x{% endfor %}"), "en"))
                .hasMessageContaining("cannot be rendered");
        String doubling = "{% assign a = subscriber.firstName %}{% for i in (1..300) %}{% assign a = a | append: a %}"
                + "{% endfor %}{{ a }}";
        assertThat(render(doubling).html().length()).isLessThan(100_000);
        assertThatThrownBy(() -> MailTemplate.compile(source("s", "", "x".repeat(100_001)), "en"))
                .hasMessageContaining("longer than");
    }

    @Test
    void rendersTheSameTomorrow() throws Exception {
        assertThat(render("[{{ 'now' | date: '%Y' }}{{ 'today' | date: '%d' }}]")
                        .html())
                .startsWith("[]");
        LiquidTemplate date = LiquidTemplate.compile("{{ subscriber.v | date: '%d %b %Y %H:%M' }}", Place.HTML, "en");
        for (String incomplete : List.of("March", "Mar 5", "5/3", "March 2026", "3/2026", "10:00", "10:00:30")) {
            assertThat(date.render(Map.of("subscriber", Map.of("v", incomplete))))
                    .as(incomplete)
                    .isEmpty();
        }
        for (String whole : List.of("5/3/2026", "5 Mar 2026", "March 5, 2026", "2026-03-05", "2026-03-05T00:00:00Z")) {
            assertThat(date.render(Map.of("subscriber", Map.of("v", whole))))
                    .as(whole)
                    .isEqualTo("05 Mar 2026 00:00");
        }
        MailTemplate spanish = MailTemplate.compile(source("s", "", "{{ subscriber.since | date: '%d %B %Y' }}"), "es");
        Map<String, Object> inputs = inputs("Ana");
        inputs.put("subscriber", Map.of("since", "2026-03-05T10:00:00Z"));
        assertThat(spanish.render(inputs).html()).startsWith("05 marzo 2026");
    }

    @Test
    void filtersThatCannotBeAppliedYieldNothing() throws Exception {
        assertThat(render("[{{ subscriber.firstName | plus: 1 }}{{ subscriber.firstName | date: '%Y' }}]")
                        .html())
                .matches("(?s)\\[.*\\].*");
        MailTemplate template =
                MailTemplate.compile(source("s", "", "{{ subscriber.n | times: 2 | default: 'none' }}"), "en");
        Map<String, Object> inputs = inputs("Ann");
        inputs.put("subscriber", Map.of("n", new BigDecimal("1.50")));
        assertThat(template.render(inputs).html()).startsWith("3.0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "points | times: 2",
                "points | round",
                "points | abs | plus: 1",
                "points | ceil",
                "points | floor",
                "points | at_least: 3",
                "points | at_most: 3",
                "word | round: 2",
                "word | minus: 1",
                "word | abs",
                "list | round: 2",
                "list | plus: 1",
                "yes | times: 2",
                "huge | times: 2",
                "n | plus: subscriber.points",
                "n | times: subscriber.word",
                "n | at_most: subscriber.points",
                "n | round: subscriber.points",
                "n | round: 999999999",
                "n | round: 4294967297",
                "n | times",
                "points | date: '%Y'",
                "word | date: '%Y'",
                "list | date: '%Y'",
                "yes | date: '%Y'",
                "noDate | date: '%Y'",
                "far | date: '%Y'",
                "tooEarly | date: '%Y'",
                "three | date: '%Y'",
                "n | date: '%Y'",
                "text | date: '%Y'",
                "year | date: '%Y'",
                "yearText | date: '%Y'",
                "zero | date: '%Y'",
                "below | date: '%Y'",
                "noDay | date: '%Y'",
                "february30 | date: '%d'",
                "february29 | date: '%d'",
                "april31 | date: '%d'",
                "points | size",
                "three | size",
                "yes | size"
            })
    void whatCannotBeCalculatedIsLeftToItsDefault(String expression) throws Exception {
        assertThat(said("{{ subscriber." + expression + " | default: 'none' }}"))
                .isEqualTo("none");
    }

    @ParameterizedTest
    @CsvSource({
        "n | times: 2,7.0",
        "three | times: 2,6",
        "three | plus: subscriber.n,6.5",
        "text | plus: 1,4.5",
        "text | round,4",
        "n | round: 1,3.5",
        "n | ceil,4",
        "n | floor,3",
        "text | at_least: 5,5",
        "three | at_most: 5,3",
        "three | minus: 5 | abs,2",
        "tenBillions | round,10000000000",
        "three | times: '2',6",
        "day | date: '%d.%m.%Y',05.03.2026",
        "instant | date: '%d.%m.%Y',05.03.2026",
        "seconds | date: '%Y',2023",
        "secondsText | date: '%Y',2023",
        "digits | date: '%d.%m.%Y',01.01.2024",
        "digitsText | date: '%d.%m.%Y',29.02.2024",
        "leapDay | date: '%d.%m.%Y %H:%M',29.02.2024 10:00",
        "april30 | date: '%d.%m.%Y',30.04.2026",
        "first1973 | date: '%Y',1973",
        "list | size,2",
        "word | size,1"
    })
    void numbersDatesAndTextsThatAreSuchAreCalculatedWith(String expression, String expected) throws Exception {
        assertThat(said("{{ subscriber." + expression + " | default: 'none' }}"))
                .isEqualTo(expected);
    }

    /** Lists may have objects for loops to look into; nobody reads how the language of this program writes them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{{ subscriber.nested }};12",
                "{{ subscriber.nested | join: '-' }};1-2",
                "{% for each in subscriber.nested %}[{{ each }}]{% endfor %};[][12]",
                "{{ subscriber.nested | first }}!;!",
                "{{ subscriber.nested | first | default: 'x' | upcase }}!;!",
                "{{ subscriber.nested | upcase | append: subscriber.nested }};1212",
                "{{ 'a' | append: subscriber.nested | prepend: subscriber.nested }};12a12",
                "{% assign all = subscriber.nested %}{{ all | truncate: 30 }}{{ all | size }};122",
                "{% for each in subscriber.nested %}{{ each.a }}{% endfor %};1"
            })
    void objectsInListsAreNotWritten(String template, String expected) throws Exception {
        assertThat(said(template)).isEqualTo(expected);
    }

    private static String said(String template) throws TemplateFault {
        return LiquidTemplate.compile(template, Place.HTML, "en")
                .render(Map.of(
                        "subscriber",
                        Map.ofEntries(
                                Map.entry("n", new BigDecimal("3.5")),
                                Map.entry("three", 3),
                                Map.entry("text", "3.5"),
                                Map.entry("word", "x"),
                                Map.entry("yes", true),
                                Map.entry("list", List.of(1, 2)),
                                Map.entry("object", Map.of("a", 1)),
                                Map.entry("nested", List.of(Map.of("a", 1), List.of(1, List.of(2)))),
                                Map.entry("huge", new BigDecimal("1E+30")),
                                Map.entry("tenBillions", 1e10),
                                Map.entry("day", "2026-03-05"),
                                Map.entry("instant", "2026-03-05T10:00:00Z"),
                                Map.entry("seconds", 1_700_000_000),
                                Map.entry("secondsText", "1700000000"),
                                Map.entry("noDate", "2024-13-45"),
                                Map.entry("far", 99_999_999_999_999L),
                                Map.entry("tooEarly", "1899-12-31"),
                                Map.entry("year", 2019),
                                Map.entry("yearText", "2019"),
                                Map.entry("zero", 0),
                                Map.entry("below", -5),
                                Map.entry("noDay", "20240230"),
                                Map.entry("february30", "2024-02-30T10:00:00.29Z"),
                                Map.entry("february29", "Feb 29, 2023"),
                                Map.entry("april31", "31/04/2026"),
                                Map.entry("digits", 20240101),
                                Map.entry("digitsText", "20240229"),
                                Map.entry("leapDay", "2024-02-29T10:00:00Z"),
                                Map.entry("april30", "30 April 2026"),
                                Map.entry("first1973", 100_000_000))));
    }

    /** As in Liquid's first home: a discount for those below 100 points is none for whoever has no points. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "points < 100",
                "points <= 0",
                "points > -1",
                "points >= 0",
                "yes < 3",
                "object < 3",
                "list < 3",
                "word < 3",
                "three < nil",
                "three > subscriber.points",
                "word < subscriber.points",
                "three > 3",
                "n > subscriber.three and subscriber.points < 1"
            })
    void whatIsNoNumberIsNeitherMoreNorLess(String comparison) throws Exception {
        assertThat(said("{% if subscriber." + comparison + " %}yes{% else %}no{% endif %}"))
                .isEqualTo("no");
        assertThat(said("{% unless subscriber." + comparison + " %}no{% endunless %}"))
                .isEqualTo("no");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "three < 3.5",
                "three <= 3",
                "three >= 3.0",
                "n > 3",
                "n > subscriber.three",
                "text > 3",
                "three < '10'",
                "word > 'a'",
                "text < '30'",
                "points < 1 or subscriber.three > 1"
            })
    void numbersAndTextsAreComparedEachWithItsKind(String comparison) throws Exception {
        assertThat(said("{% if subscriber." + comparison + " %}yes{% else %}no{% endif %}"))
                .isEqualTo("yes");
    }

    /** Plain placeholders do without the library, a filter that changes nothing brings it back. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a {{ subscriber.v }} b",
                "{{ subscriber.v | default: 'x' }}",
                "{{subscriber.v}}{{ subscriber.v }}",
                "{% if subscriber.v %}[{{ subscriber.v }}]{% else %}none{% endif %} {{ subscriber.v }}",
                "{% for i in (1..3) %}{{ i }}{{ subscriber.v }}{% endfor %}",
                "{%- assign w = subscriber.v -%} {{- w -}} {{ subscriber.v -}}  !",
                "<a href=\"{{ subscriber.v }}\">{{ subscriber.v }}</a><i title='{{ subscriber.v }}'></i>",
                "<a href=\"https://x.example/{{ subscriber.v }}?{{ subscriber.v | default: 'd' }}\">x</a>"
            })
    void plainPlaceholdersAreRenderedAsTheLibraryDoes(String template) throws Exception {
        LiquidTemplate plain = LiquidTemplate.compile(template, Place.HTML, "en");
        LiquidTemplate whole = LiquidTemplate.compile(
                template.replace("subscriber.v }}", "subscriber.v | append: '' }}")
                        .replace("subscriber.v -}}", "subscriber.v | append: '' -}}")
                        .replace("subscriber.v}}", "subscriber.v | append: ''}}")
                        .replace("subscriber.v | default", "subscriber.v | append: '' | default"),
                Place.HTML,
                "en");
        for (Object value : List.of(
                "Ann",
                "",
                " ",
                "\t",
                ATTACK,
                "a\nb\u202e\u0000c",
                "https://y.example/?a=1&b=\"2\"",
                "javascript:alert(1)",
                "2026-11-24",
                "2026-11-24T08:00:00Z",
                "{{ links.cta }}",
                "x".repeat(20_000),
                7,
                -3L,
                new BigDecimal("1.50"))) {
            Map<String, Object> variables = Map.of("subscriber", Map.of("v", value));
            assertThat(plain.render(variables)).isEqualTo(whole.render(variables));
            JsonBytes json = new JsonBytes(16);
            plain.renderJson(variables, json);
            assertThat(JsonMapper.shared()
                            .readValue(
                                    "\"" + new String(json.toByteArray(), StandardCharsets.UTF_8) + "\"", String.class))
                    .isEqualTo(plain.render(variables));
        }
        assertThat(plain.render(Map.of())).isEqualTo(whole.render(Map.of()));
    }

    /** What an assigned name stands for goes the library's way. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% if subscriber.v %}a{% endif %}b{% if subscriber.v %}c{% else %}d{% endif %}",
                "{% if subscriber.v == 'Ann' %}a{% elsif subscriber.v == '' %}b{% elsif subscriber.v %}c{% else %}d{% endif %}",
                "{% if subscriber.v != \"Ann\" and subscriber.v %}a{% endif %}",
                "{% if subscriber.v == 'x' or subscriber.v == 'Ann' and subscriber.v != '7' %}a{% else %}{{ subscriber.v }}{% endif %}",
                "{% if 'Ann' == subscriber.v %}a{% else %}b{% endif %}",
                "{% if subscriber.v == 7 %}a{% endif %}{% if subscriber.v > 3 %}b{% endif %}",
                "{% if subscriber.v contains 'n' %}a{% endif %}",
                "{% if subscriber.v %}{% if subscriber.v == 'Ann' %}x{{ subscriber.v | upcase }}{% endif %}y{% endif %}",
                "{% case subscriber.v %}{% when 'Ann' %}a{% when ' ', '' or '7' %}b{% else %}c{{ subscriber.v }}{% endcase %}",
                "{% case subscriber.v %} {% when 'Ann' %}a{% when 7 %}b{% endcase %}",
                "{%- if subscriber.v -%}  a  {%- else -%}  b  {%- endif -%}  c",
                "{% unless subscriber.v %}a{% endunless %}",
                "{% if subscriber.v %}{% assign w = 'set' %}{% endif %}{{ w | default: 'not set' }}",
                "{{ subscriber.v | upcase }}{{ subscriber.v | default: 'zoë' | capitalize }}{{ subscriber.v | strip }}!",
                "<a href=\"https://x.example/{{ subscriber.v | downcase }}\">{{ subscriber.v | downcase | capitalize }}</a>",
                "{{ subscriber.v | lstrip | default: 'x' | rstrip }}{{ subscriber.v | upcase | downcase }}",
                "{{ subscriber.v | truncate: 3 }}{{ subscriber.v | size }}{{ subscriber.v.size }}"
            })
    void plainConditionsAndFiltersAreRenderedAsTheLibraryDoes(String template) throws Exception {
        LiquidTemplate plain = LiquidTemplate.compile(template, Place.HTML, "en");
        LiquidTemplate whole = LiquidTemplate.compile(
                "{% assign q = subscriber.v %}" + template.replace("subscriber.v", "q"), Place.HTML, "en");
        for (Object value : List.of(
                "Ann",
                "ann lee",
                "",
                " ",
                " Zoë\n",
                "ǆ ß İ",
                ATTACK,
                "2026-11-24",
                "7",
                7,
                7.5,
                true,
                false,
                List.of(),
                List.of("Ann"),
                Map.of("size", 3))) {
            Map<String, Object> variables = Map.of("subscriber", Map.of("v", value));
            assertThat(plain.render(variables)).as("of " + value).isEqualTo(whole.render(variables));
        }
        assertThat(plain.render(Map.of())).isEqualTo(whole.render(Map.of()));
    }

    @Test
    void theJsonOfAMailIsThatOfItsRecord() throws Exception {
        MailTemplate template = MailTemplate.compile(
                source(
                        "\"{{ subscriber.firstName }}\" \\ 🎁",
                        "a/b",
                        "<p>\tú\r\n{{ subscriber.firstName }}\\</p>\u2028{{ content.ps }}"),
                "en");
        for (String name : List.of("Ann", "\"\\\b\f\u001f", "Zoë 🎁", ATTACK)) {
            RenderedMail mail = template.render(inputs(name));
            byte[] json = template.renderJson(inputs(name)).toByteArray();
            assertThat(JsonMapper.shared().readTree(json))
                    .isEqualTo(JsonMapper.shared().valueToTree(mail));
        }
    }

    @Test
    void traitsNeitherEmptyNorBlowUpWhatIsReadFirst() throws Exception {
        String greeting = "{{ subscriber.firstName }}, hi";
        for (MailTemplate.Source source : List.of(
                new MailTemplate.Source(
                        greeting, "", UNSUBSCRIBE, "{{ links.unsubscribe }}", "Go", "https://shop.example", ""),
                new MailTemplate.Source(
                        "s", "", UNSUBSCRIBE, "{{ links.unsubscribe }}", greeting, "https://shop.example", ""))) {
            MailTemplate template = MailTemplate.compile(source, "en");
            Map<String, Object> fitting = inputs("x".repeat(246));
            assertThat(template.renderFirst(fitting)).isEqualTo(template.render(fitting));
            assertThat(template.renderFirstJson(fitting).toByteArray())
                    .isEqualTo(template.renderJson(fitting).toByteArray());
            Map<String, Object> tooLong = inputs("x".repeat(247));
            assertThatThrownBy(() -> template.renderFirst(tooLong)).isInstanceOf(RuntimeException.class);
            assertThatThrownBy(() -> template.renderFirstJson(tooLong)).isInstanceOf(RuntimeException.class);
            // What was decided before is shown as it was.
            assertThat(template.renderJson(tooLong).size()).isGreaterThan(247);
        }
        MailTemplate named = MailTemplate.compile(source("{{ subscriber.firstName }}", "", ""), "en");
        assertThatThrownBy(() -> named.renderFirst(inputs("\u202e"))).isInstanceOf(RuntimeException.class);
        MailTemplate wordy = MailTemplate.compile(source("x".repeat(300), "", ""), "en");
        assertThat(wordy.renderFirst(inputs("Ann")).subject()).hasSize(300);
    }

    @Test
    void manyThreadsDoNotMixTheirSubscribers() throws Exception {
        MailTemplate template = MailTemplate.compile(
                source("{{ subscriber.firstName }}", "", "<p>{{ subscriber.firstName }}</p>"), "en");
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<Boolean>> results = IntStream.range(0, 2000)
                    .mapToObj(i -> threads.submit(() -> {
                        RenderedMail mail = template.render(inputs("name" + i));
                        return mail.subject().equals("name" + i) && mail.html().startsWith("<p>name" + i + "</p>");
                    }))
                    .toList();
            for (Future<Boolean> result : results) {
                assertThat(result.get()).isTrue();
            }
        }
    }

    private static RenderedMail render(String html) throws MailTemplate.Fault {
        return MailTemplate.compile(source("s", "", html), "en").render(inputs(ATTACK));
    }

    private static MailTemplate.Source source(String subject, String preheader, String html) {
        return new MailTemplate.Source(
                subject,
                preheader,
                html + UNSUBSCRIBE,
                "Hello {{ subscriber.firstName }}.\n{{ links.unsubscribe }}",
                "Take a look",
                "https://shop.example/back?a=1&b=2",
                "P.S. For {{ subscriber.firstName }} & you");
    }

    private static Map<String, Object> inputs(@org.jspecify.annotations.Nullable String firstName) {
        Map<String, Object> inputs = new HashMap<>();
        inputs.put("subscriber", firstName == null ? Map.of() : Map.of("firstName", firstName));
        inputs.put("campaign", Map.of("id", "c", "name", "n", "language", "en"));
        inputs.put(
                "links",
                Map.of(
                        "cta",
                        "https://shop.example/back?a=1&b=2",
                        "unsubscribe",
                        "https://shop.example/unsubscribe?d=1"));
        return inputs;
    }
}
