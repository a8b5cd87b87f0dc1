package winback.content.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Comment;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.TextNode;
import winback.content.brief.Brief;
import winback.content.brief.Injection;
import winback.content.gate.ReadMail.Field;
import winback.content.gate.StyleSheet.Screen;

/** What every mail has to have, and what none may have: footer and way out, no leftovers of templates, nothing that acts. */
final class Structure {

    static final Pattern LEFTOVER = Pattern.compile(
            "\\{\\{|\\}\\}|\\{%|%\\}|\\*\\||\\|\\*|%%[^%\\s]{1,40}%%|\\$\\{[^}]*\\}|<%|%>|\\[\\[|\\]\\]|<<[^<>]{1,40}>>|@@\\w+@@|#\\{[^}]*\\}|\\{![^}]{1,60}\\}|##[\\p{L}_]+##|\\[\\w+\\.\\w+\\]"
                    + "|\\{[A-Za-z_][A-Za-z0-9_. ]{1,40}\\}|%[A-Z][A-Z_]{2,}%|%recipient\\.\\w+%|__[A-Z][A-Z_]+__"
                    + "|\\[(?i:(?:first|last|full)?[ _-]?name|nombre|apellidos?|your [a-z ]{2,20}|insert[a-z]* [^\\]]{2,40}|product(?:[ _]name)?|company(?:[ _]name)?|date|link|discount|code|fecha|producto|empresa|enlace|código|tu [a-z ]{2,20})\\]"
                    + "|<(?i:(?:first|last|full)[ _-]?name|name|nombre|apellidos?|your [a-z ]{2,20}|tu [a-z ]{2,20}|company|empresa|product|producto|link|enlace|date|fecha|código|code)>"
                    + "|\\[%[^%\\]\\n]{1,60}%\\]|\\[[A-Z][A-Z_ ]{3,30}\\]|~[A-Z][A-Z_]{2,30}~|«\\s?(?i:(?:first|last|full)?[ _-]?name|nombre|apellidos?|cliente|customer)\\s?»|\\[(?i:(?:the |el |la )?(?:button|texto?|text|image|imagen|logo|title|título|subject|asunto|cta|header|body|cuerpo|signature|firma|placeholder|brand|marca|city|ciudad|price|precio|offer|oferta|url)(?: [\\p{L} ]{2,30})?)\\]|(?i:lorem ipsum)|(?<!\\p{L})(?:undefined|NaN|\\[object Object\\]|TODO\\s*:|FIXME|TBD|XXX+|insert [a-z ]{2,20} here|nombre aquí)(?!\\p{L})|\\$(?i:(?:first|last|full)_?name|name|nombre|email)(?!\\p{L})|(?<!\\p{L})(?:FIRST_?NAME|LAST_?NAME|FULL_?NAME|FNAME|LNAME)(?!\\p{L})|(?<=[ ,(])null(?=[ ,.!?):;]|$)|^null(?=[ ,:])");

    /** Which a browser takes for an element. */
    private static final Pattern ANGLED = Pattern.compile("<<[\\p{L}_ -]{1,40}>>");

    /** In what is no HTML. */
    private static final Pattern MARKUP = Pattern.compile("</?[A-Za-z][^<>]{0,200}>|&(?:[a-z]{2,8}|#x?[0-9a-f]{2,6});");

    /** Which only plain text is written in. */
    private static final Pattern MARKDOWN = Pattern.compile(
            "\\*\\*[\\p{L}\\p{N}][^*\\n]{0,80}\\*\\*|(?m)^#{1,6} (?=\\p{Lu})|\\[[^\\]\\n]{1,80}\\]\\((?=http|\\{\\{)");

    private static final Set<String> ACTIVE = Set.of(
            "script",
            "noscript",
            "iframe",
            "frame",
            "frameset",
            "object",
            "embed",
            "applet",
            "form",
            "input",
            "button",
            "select",
            "textarea",
            "link",
            "base",
            "audio",
            "video",
            "svg",
            "math",
            "canvas",
            "portal",
            "template",
            "slot",
            "marquee",
            "dialog",
            "details");
    private static final Pattern ACTIVE_STYLE = Pattern.compile(
            "(?i)expression\\s*\\(|behavior\\s*:|-moz-binding|@import|position\\s*:\\s*(?:fixed|sticky)|javascript:");

    private static final Pattern BACKWARDS =
            Pattern.compile("(?i)(?<![-\\w])direction\\s*:\\s*rtl|unicode-bidi\\s*:\\s*\\S*override");

    private static final Pattern HIDING = Pattern.compile(
            "(?i)display\\s*:\\s*none|visibility\\s*:\\s*hidden|font-size\\s*:\\s*0(?:px|pt|em|rem|%)?\\s*(?:;|$|!)|opacity\\s*:\\s*0?(?:\\.0\\d*)?\\s*(?:;|$|!)|(?<![-\\w])color\\s*:\\s*(?:transparent|(?:rgba?|hsla?)\\([^)]*[,/]\\s*0?(?:\\.0\\d*)?\\s*\\)|#[0-9a-f]{6}0[0-9a-f](?![0-9a-f]))|text-indent\\s*:\\s*-\\d{3,}|letter-spacing\\s*:\\s*-\\d{2,}|(?:text-fill-color|-webkit-text-fill-color)\\s*:\\s*transparent|mso-hide\\s*:\\s*all|clip-path\\s*:|transform\\s*:\\s*scale\\(\\s*0|filter\\s*:\\s*opacity\\(\\s*0|font-size\\s*:\\s*[123](?:\\.\\d+)?(?:px|pt)|(?<![-\\w])font\\s*:[^;]*(?<!\\d)[0-3](?:px|pt)?/|(?<![-\\w])(?:max-)?(?:width|height)\\s*:\\s*0(?:px)?\\s*(?:;|$|!)(?=.*overflow\\s*:\\s*hidden)|overflow\\s*:\\s*hidden(?=.*(?<![-\\w])(?:max-)?(?:width|height)\\s*:\\s*0(?:px)?\\s*(?:;|$|!))|(?:left|top)\\s*:\\s*-\\d{3,}|max-height\\s*:\\s*0");

    private static final String OF_WHITE =
            "(?:#fff(?:f|fff(?:[0-9a-f]{2})?)?(?![0-9a-f])|#f[9a-f]f[9a-f]f[9a-f](?![0-9a-f])|white(?!\\w)|rgba?\\(\\s*25\\d[ ,]+25\\d[ ,]+25\\d[^)]*\\)"
                    + "|hsla?\\([^)]*[ ,](?:9[5-9]|100)%[^)]*\\)|var\\([^)]*#fff[^)]*\\))";
    private static final Pattern WHITE_WORDS = Pattern.compile("(?i)(?<![-\\w])color\\s*:\\s*" + OF_WHITE);
    /** Of conditional comments. */
    private static final Pattern NO_WORDS =
            Pattern.compile("(?is)<style.*?</style>|\\[if[^\\]]*\\]>|<!\\[endif\\]|<[^>]*>|&(?:nbsp|zwnj|#\\d+);");

    /** Others than Outlook do not know it. */
    private static final Pattern MSO_HIDE = Pattern.compile("(?i)(^|;)\\s*mso-hide\\s*:[^;]*");

    /** Attributes that style sheets choose by, or that style. */
    private static final Pattern LOOKS = Pattern.compile(
            "(?is)<[^>]*\\s(?:class|id|lang|dir|color|width|height|size|face|bgcolor|align|valign|hidden|name|role|data-[a-z-]+)\\s*=\\s*(?:\"[^\"{]*\\{[{%][^\"]*\"|'[^'{]*\\{[{%][^']*')");

    private static final Pattern NOTHING = Pattern.compile("[\\s\\p{Z}\\p{Cf}]*");
    private static final ByLanguage<Pattern> WAY_OUT = ByLanguage.of(language -> Pattern.compile(
            language.equals("en")
                    ? "unsubscri\\w*|opt(?:ing)?[ -]?out|(?:stop|no more|no longer|fewer) (?:\\p{L}+ ){0,2}(?:(?:e-?)?mails?|messages?|letters?|newsletters?|writing|write)|(?:stop|leave|remove me from|get off|take me off) (?:\\p{L}+ ){0,2}(?:list|receiving|getting|hearing)|preferences|don't write|do not write"
                    : "(?<!\\p{L})bajas?(?!\\p{L})|suscripci[oó]n|desuscri\\p{L}*|anular|cancelar|(?:dejar de|no) (?:\\p{L}+ ){0,2}(?:recib|escrib)\\p{L}+|no más correos|preferencias|salir de (?:esta|la) lista",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE));
    private static final Pattern HERE = Pattern.compile(
            "(?:click |just |haz clic |haga clic |pulsa |pulse )?(?:here|this link|aquí|este enlace|en este enlace)[.!]?",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    /** Behind the link: what makes it none. */
    private static final Pattern OBSTACLE = Pattern.compile(
            "(?<!\\p{L})(?:(?:a|by|signed) (?:\\p{L}+ )?letter|fax|notar\\p{L}+|fees?|charges?|costs?(?! nothing)|los(?:e|es|ing)|forfeit\\p{L}*|takes? (?:\\p{L}+ ){0,5}(?:weeks|months)|out of order|broken|in person|by post|pays?"
                    + "|(?:una|por) carta|burofax|tasas?|cuesta(?! nada)|perder\\p{L}*|pierd\\p{L}+|tarda\\p{L}* (?:\\p{L}+ ){0,4}(?:semanas|meses)|en persona|no funciona|pag(?:a|ar|ará|ue))(?!\\p{L})",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

    private static final Pattern SENTENCE_ENDS = Pattern.compile("(?<=[.!?])\\s");

    private static final Pattern WARNED_OFF = Pattern.compile(
            "(?<!\\p{L})(?:never|do not|don['’]t|nunca|no) (?:\\p{L}+ ){0,2}(?:open|click|use|follow|abr|puls|uses?|hag|sig)\\p{L}*[^\\n]*"
                    + Pattern.quote(ReadMail.UNSUBSCRIBE),
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

    /** Attributes that move what follows. */
    private static final List<String> TALL =
            List.of("width", "height", "size", "cellpadding", "cellspacing", "vspace", "hspace", "border");

    private static final Set<String> UNSHOWN =
            Set.of("s", "strike", "del", "progress", "meter", "datalist", "rp", "template", "noscript", "option");
    /** What says that there is no way out, or that it is none. */
    private static final Pattern NO_WAY_OUT = Pattern.compile(
            "(?<!\\p{L})(?:do not|don['’]t|never|cannot|can['’]t|not|why|no|nunca|jamás)(?: \\p{L}+){0,2} (?:unsubscri|opt|darse|darte|darme|date|cancel|anul)"
                    + "|(?<!\\p{L})(?:keep|stay|gifts?|presents?|regalos?|seguir|mantener|quedarte|quedarse)(?!\\p{L})",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

    private static final String OUT =
            "(?:unsubscri\\w+|opt(?:ing)? out|cancel my subscription|remove me|take me (?:off|from)|leave (?:our|this|the) list|stop (?:these|receiving|hearing|(?:the |our |all |these )?(?:e-?)?mails?)(?!\\p{L})|no more (?:e-?)?mails|(?:darme|darse|darte|date|dese) de baja|desuscribi\\p{L}+|cancelar (?:la |mi )?suscripci[oó]n|dejar de recibir|salir de (?:la|esta) lista|anular mi alta|b[oó]rrame|no quiero (?:recibir )?más correos|quit[aá]rme de)";

    private static final Pattern PRETENDS =
            Pattern.compile("(?<!\\p{L})" + OUT, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    private static final Pattern PRETENDS_IN_TEXT = Pattern.compile(
            "(?<!\\p{L})" + OUT + "[^\\n]{0,60}?(https?://\\S+)", Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

    /** Also behind a name. */
    private static final Pattern ANSWER =
            Pattern.compile("(?i)^\\W*(?:[^:]{0,40}, ?)?(?:re|fwd?|rv|aw|wg|tr)\\s*:.*", Pattern.DOTALL);

    private static final Pattern GROUND = Pattern.compile("(?i)(?<![-\\w])background(?:-color|-image)?\\s*:\\s*(?!\\s|"
            + OF_WHITE + "|transparent|none|inherit|initial)");

    private final Brief brief;

    Structure(Brief brief) {
        this.brief = brief;
    }

    void look(ReadMail mail, Findings findings) {
        mail.sources().forEach((field, source) -> {
            boolean required = !field.equals(ReadMail.PREHEADER) && !field.equals(ReadMail.PS);
            if (required && source.isBlank()) {
                findings.at("missing-part", field, "is empty");
            }
        });
        for (String field : List.of(ReadMail.SUBJECT, ReadMail.HTML, ReadMail.TEXT, ReadMail.LABEL)) {
            boolean written = !mail.sources().getOrDefault(field, "").isBlank();
            if (written
                    && mail.fields().stream()
                            .filter(one -> one.name().equals(field))
                            .anyMatch(one -> NOTHING.matcher(one.words()).matches())) {
                findings.at("missing-part", field, "says nothing to somebody, such as who is not known by name");
            }
        }
        for (Field field : mail.fields()) {
            Matcher leftover = LEFTOVER.matcher(field.words());
            if (leftover.find()) {
                findings.add("unrendered-template", field.name(), leftover.group(), "is left of a template");
            }
            Matcher markdown = MARKDOWN.matcher(field.words());
            if (!field.name().equals(ReadMail.TEXT) && markdown.find()) {
                findings.add("unrendered-template", field.name(), markdown.group(), "is Markdown");
            }
            Matcher markup = MARKUP.matcher(field.words());
            if (!field.name().equals(ReadMail.HTML) && markup.find()) {
                findings.add("unrendered-template", field.name(), markup.group(), "would be read as it stands");
            }
        }
        Matcher angled = ANGLED.matcher(mail.sources().getOrDefault(ReadMail.HTML, ""));
        if (angled.find()) {
            findings.add("unrendered-template", ReadMail.HTML, angled.group(), "is left of a template");
        }
        for (Field field : mail.everything()) {
            if (field.name().equals(ReadMail.SUBJECT)
                    && field.words()
                            .lines()
                            .anyMatch(line -> ANSWER.matcher(line).matches())) {
                findings.add(
                        Claims.CLAIM,
                        ReadMail.SUBJECT,
                        field.words().strip(),
                        "pretends to answer a mail that there was not");
            }
        }
        Matcher looks = LOOKS.matcher(mail.sources().getOrDefault(ReadMail.HTML, ""));
        while (looks.find()) {
            findings.add(
                    "hidden-text", ReadMail.HTML, looks.group(), "lets what somebody is called decide how it looks");
        }
        mail.documents().forEach(document -> {
            comments(document, mail, findings);
            attributes(document, findings);
            List<StyleSheet> sheets = sheets(document);
            for (Screen screen : Screen.values()) {
                if (screen == Screen.DAY || sheets.stream().anyMatch(sheet -> sheet.speaksOf(screen))) {
                    document(document, screen, false, mail, findings);
                }
            }
        });
        mail.outlook().forEach(document -> document(document, Screen.DAY, true, mail, findings));
        footer(mail, ReadMail.HTML, findings);
        footer(mail, ReadMail.TEXT, findings);
        for (Field field : mail.fields()) {
            boolean text = field.name().equals(ReadMail.TEXT);
            Matcher warned = WARNED_OFF.matcher(field.words());
            if (text && warned.find()) {
                findings.add("missing-unsubscribe", field.name(), warned.group(), "warns of the way out");
            }
            Matcher line = (text ? PRETENDS_IN_TEXT : PRETENDS).matcher(field.words());
            while ((text || field.name().equals(ReadMail.LABEL)) && line.find()) {
                if (!text || !line.group(1).startsWith(ReadMail.UNSUBSCRIBE)) {
                    findings.add("missing-unsubscribe", field.name(), line.group(), "says so and leads elsewhere");
                }
            }
        }
    }

    private void footer(ReadMail mail, String field, Findings findings) {
        for (Field read : mail.fields()) {
            String words = spaced(read.words());
            if (read.name().equals(field)
                    && (!words.contains(spaced(brief.footer().company()))
                            || !words.contains(spaced(brief.footer().address())))) {
                findings.at("missing-footer", field, "needs company and address of the brief's footer, for everybody");
            }
        }
    }

    private static String spaced(String text) {
        return text.replaceAll("[\\s\\u00a0]+", " ").toLowerCase(Locale.ROOT);
    }

    private static List<StyleSheet> sheets(Document document) {
        return document.select("style").stream()
                .map(sheet -> StyleSheet.of(sheet.data()))
                .toList();
    }

    /**
     * @param screen on a dark one colours are not what is written
     * @param outlook whether as Outlook shows it
     */
    private static void document(Document written, Screen screen, boolean outlook, ReadMail mail, Findings findings) {
        Document html = inlined(written, screen, outlook, findings);
        String preheader = spaced(mail.unnamed(ReadMail.PREHEADER)).strip();
        boolean wayOut = false;
        Set<Element> blended = screen == Screen.DAY ? Styles.blended(html) : Set.of();
        for (Element element : html.getAllElements()) {
            if (ACTIVE.contains(element.normalName()) || isRefresh(element)) {
                findings.add(
                        "active-content", ReadMail.HTML, "<" + element.normalName(), "does something, or loads it");
            }
            for (Attribute attribute : element.attributes()) {
                if (attribute.getKey().toLowerCase(Locale.ROOT).startsWith("on")
                        || attribute.getKey().equalsIgnoreCase("srcdoc")) {
                    findings.add("active-content", ReadMail.HTML, attribute.getKey(), "does something");
                }
            }
            String style = element.normalName().equals("style") ? Styles.plain(element.data()) : styles(element);
            Effect effect = Effect.of(style);
            if (element.normalName().equals("bdo")
                    || element.attr("dir").equalsIgnoreCase("rtl")
                    || effect.backwards()) {
                findings.add("hidden-text", ReadMail.HTML, "<" + element.normalName(), "is read backwards");
            }
            if (effect.acts()) {
                findings.add("active-content", ReadMail.HTML, style, "does something, or loads it");
            }
            boolean hidden = blended.contains(element)
                    || element.hasAttr("hidden")
                    || screen == Screen.DAY && isWhiteOnWhite(element)
                    || effect.hides();
            boolean previewed = hidden && isPreheader(element, preheader);
            if (hidden && !previewed && saysSomething(element) && isShown(element) && !isSaidBeside(element, html)) {
                findings.add("hidden-text", ReadMail.HTML, element.text(), "cannot be seen");
            }
            if (!previewed) {
                Effect.of(element.attr("style")).misuse().ifPresent(misuse -> misused(misuse, findings));
            }
            for (String attribute : TALL) {
                if (element.hasAttr(attribute)
                        && pixels(element.attr(attribute))
                                > (attribute.equals("width") ? 2 : 1) * Styles.OUT_OF_SIGHT) {
                    misused(attribute + "=" + element.attr(attribute), findings);
                }
            }
            if (element.normalName().equals("ol") && element.hasAttr("start")
                    || element.normalName().equals("li") && element.hasAttr("value")) {
                findings.add("hidden-text", ReadMail.HTML, "<" + element.normalName(), "counts in numbers of no text");
            }
            if (element.normalName().equals("a")) {
                String words = spaced(element.text()).strip();
                boolean out = element.attr("href").equals(ReadMail.UNSUBSCRIBE);
                wayOut |= out && saysSo(element, words, mail.draft().language()) && isPlain(element, screen);
                if (!out && pretends(element, words)) {
                    findings.add("missing-unsubscribe", ReadMail.HTML, element.text(), "says so and leads elsewhere");
                }
            }
        }
        farDown(html, findings);
        if (!wayOut && mail.unnamed(ReadMail.HTML).length() > 0) {
            findings.at(
                    "missing-unsubscribe",
                    ReadMail.HTML,
                    "needs a visible link to {{ links.unsubscribe }} that says what it is");
        }
    }

    /** More than blanks, of whatever kind. */
    private static boolean saysSomething(Element element) {
        return element.nodeStream(TextNode.class)
                .anyMatch(text -> !NOTHING.matcher(text.getWholeText()).matches());
    }

    /** For the other kind of screen once more, and not hidden on every one. */
    private static boolean isSaidBeside(Element element, Document html) {
        String words = element.text();
        List<Element> twins = html.getAllElements().stream()
                .filter(twin -> twin.text().equals(words)
                        && !twin.parents().contains(element)
                        && !element.parents().contains(twin))
                .toList();
        return twins.size() > 1 && twins.stream().anyMatch(twin -> !isAlwaysHidden(twin));
    }

    private static boolean isAlwaysHidden(Element element) {
        return Effect.of(element.attr("style") + ";" + element.attr(Styles.ALWAYS))
                .hides();
    }

    private static boolean isPreheader(Element element, String preheader) {
        String words = spaced(element.text()).strip();
        return words.equals(preheader) || words.startsWith(preheader + " ");
    }

    /** What styles do by themselves; mails share them, and they are looked at once. */
    private record Effect(
            boolean hides,
            boolean hidesBesidesSize,
            boolean backwards,
            boolean acts,
            boolean whitens,
            boolean grounds,
            Optional<String> misuse) {

        private static final int MOST_KEPT = 10_000;

        /** Longer ones are whole sheets, or no mail's. */
        private static final int LONGEST_KEPT = 500;

        private static final Map<String, Effect> LOOKED = new ConcurrentHashMap<>();

        static Effect of(String style) {
            if (style.length() > LONGEST_KEPT) {
                return look(style);
            }
            if (LOOKED.size() > MOST_KEPT) {
                LOOKED.clear();
            }
            return LOOKED.computeIfAbsent(style, Effect::look);
        }

        private static Effect look(String style) {
            return new Effect(
                    HIDING.matcher(style).find(),
                    HIDING.matcher(style.replaceAll("(?i)font-size\\s*:\\s*0(?:px)?", ""))
                            .find(),
                    BACKWARDS.matcher(style).find(),
                    ACTIVE_STYLE.matcher(style).find(),
                    WHITE_WORDS.matcher(style).find(),
                    GROUND.matcher(style).find(),
                    Styles.misuse(Styles.declarations(style)));
        }
    }

    /** To be seen, read and clicked. */
    private static boolean isPlain(Element link, Screen screen) {
        return link.getAllElements().stream()
                .filter(element -> !element.ownText().isBlank())
                .allMatch(element -> isShownWithin(element, screen));
    }

    private static boolean isShownWithin(Element words, Screen screen) {
        List<Element> around =
                Stream.concat(Stream.of(words), words.parents().stream()).toList();
        return Styles.show(around.reversed(), screen)
                && around.stream()
                        .noneMatch(element -> element.hasAttr("hidden")
                                || element.hasAttr("inert")
                                || element.hasAttr("popover")
                                || UNSHOWN.contains(element.normalName()));
    }

    /** Of an attribute that is a number, perhaps with a unit; 0 of others. */
    private static double pixels(String length) {
        String digits = length.strip().replaceFirst("[^0-9].*$", "");
        return digits.isEmpty() ? 0 : digits.length() > 6 ? Double.MAX_VALUE : Double.parseDouble(digits);
    }

    private static void misused(String style, Findings findings) {
        findings.add(
                "hidden-text",
                ReadMail.HTML,
                style,
                "writes what is in no text, lies on other things or moves them away");
    }

    /** So many lines without words are not scrolled over. */
    private static final int MOST_EMPTY_LINES = 40;

    private static void farDown(Document html, Findings findings) {
        int lines = 0;
        for (Element element : html.body().getAllElements()) {
            boolean empty = !saysSomething(element)
                    && element.select("img").isEmpty()
                    && !(element.previousSibling() instanceof TextNode text && !text.isBlank());
            boolean breaks = List.of("br", "p", "div", "tr").contains(element.normalName());
            lines = !empty ? 0 : breaks ? lines + 1 : lines;
            if (lines > MOST_EMPTY_LINES) {
                findings.add(
                        "hidden-text", ReadMail.HTML, "<" + element.normalName(), "moves what follows out of sight");
                return;
            }
        }
    }

    /** By its own words, or as "here" in a sentence. */
    private static boolean saysSo(Element link, String words, String language) {
        Element around = link.parent();
        if (NO_WAY_OUT.matcher(words).find()
                || around != null
                        && (NO_WAY_OUT.matcher(sentence(around, words)).find()
                                || OBSTACLE.matcher(rest(around, words)).find())) {
            return false;
        }
        Pattern wayOut = WAY_OUT.in(language);
        return wayOut.matcher(words).find()
                || HERE.matcher(words).matches()
                        && around != null
                        && wayOut.matcher(around.text()).find();
    }

    /** What is said of it right behind it. */
    private static String rest(Element around, String words) {
        String text = spaced(around.text());
        int at = text.lastIndexOf(words);
        return at < 0 ? "" : SENTENCE_ENDS.split(text.substring(at + words.length()), 2)[0];
    }

    /** By its words, those of pictures and hints in it, or as "here" in a sentence. */
    private static boolean pretends(Element link, String words) {
        List<String> said = new ArrayList<>(List.of(words, link.attr("title"), link.attr("aria-label")));
        link.select("[alt], [title], [aria-label]")
                .forEach(inner ->
                        said.addAll(List.of(inner.attr("alt"), inner.attr("title"), inner.attr("aria-label"))));
        Element around = link.parent();
        if (around != null && HERE.matcher(words).matches()) {
            said.add(
                    SENTENCE_ENDS.splitAsStream(before(around, words)).reduce("", (first, last) -> last) + " " + words);
        }
        return said.stream().anyMatch(each -> PRETENDS.matcher(each).find());
    }

    private static String before(Element around, String words) {
        String text = spaced(around.text());
        int at = text.indexOf(words);
        return at < 0 ? "" : text.substring(0, at);
    }

    /** As far as it leads to the link. */
    private static String sentence(Element around, String words) {
        String[] sentences = before(around, words).split("(?<=[.!?,;:])\\s", -1);
        return sentences[sentences.length - 1].strip() + " " + words;
    }

    /** MJML sets the size of the space between columns to 0, not of words. */
    private static boolean isShown(Element element) {
        boolean sized = styles(element).replaceAll("\\s", "").contains("font-size:0");
        return isHidden(element) || !sized || !element.ownText().isBlank();
    }

    /** With what style sheets say at the elements that they say it of. */
    private static Document inlined(Document written, Screen screen, boolean outlook, Findings findings) {
        Document html = written.clone();
        for (Element element : html.select("[style]")) {
            String style = Styles.plain(element.attr("style"));
            if (style.indexOf(Styles.ODD) >= 0) {
                findings.add("hidden-text", ReadMail.HTML, element.attr("style"), "is written so as not to be read");
            }
            element.attr("style", outlook ? style : MSO_HIDE.matcher(style).replaceAll("$1"));
        }
        html.select("body[link] a")
                .forEach(link -> link.attr(Styles.BEHIND, "color:" + html.body().attr("link") + ";"));
        html.select("font[color]").forEach(font -> font.attr(Styles.BEHIND, "color:" + font.attr("color") + ";"));
        List<StyleSheet> sheets = sheets(written);
        for (StyleSheet sheet : sheets) {
            sheet.strange()
                    .ifPresent(rule -> findings.add(
                            "hidden-text", ReadMail.HTML, rule, "is read differently by different programs"));
            Styles.misuse(sheet.declarations()).ifPresent(misuse -> misused(misuse, findings));
        }
        StyleSheet.apply(sheets, html, screen);
        return html;
    }

    /** All that may count for an element. */
    private static String styles(Element element) {
        return surely(element) + element.attr(Styles.PERHAPS);
    }

    private static String surely(Element element) {
        return element.attr(Styles.BEFORE) + element.attr("style") + ";" + element.attr(Styles.BEHIND);
    }

    /** What a client of one kind shows and others do not, and what is written for machines. */
    private static void comments(Document html, ReadMail mail, Findings findings) {
        html.nodeStream(Comment.class).forEach(comment -> {
            String inside = comment.getData();
            String words = spaced(NO_WORDS.matcher(inside).replaceAll(" ")).strip();
            if (words.chars().noneMatch(Character::isLetter)) {
                return;
            }
            Injection.in(inside)
                    .ifPresent(order -> findings.add(
                            "prompt-injection", ReadMail.HTML, order, "speaks to a machine, not to a reader"));
            if (inside.strip().toLowerCase(Locale.ROOT).startsWith("[if")
                    && mail.fields().stream()
                            .noneMatch(field -> spaced(field.words()).contains(words))) {
                findings.add("hidden-text", ReadMail.HTML, "[if", "is shown by some programs only");
            }
        });
    }

    /** Of which some are read by machines only. */
    private static void attributes(Document html, Findings findings) {
        html.select("*").stream()
                .flatMap(element -> element.attributes().asList().stream())
                .filter(attribute -> !attribute.getKey().equals("style"))
                .map(Attribute::getValue)
                .filter(value -> WORDS.matcher(value).find())
                .flatMap(value -> Injection.in(value).stream())
                .forEach(order ->
                        findings.add("prompt-injection", ReadMail.HTML, order, "speaks to a machine, not to a reader"));
    }

    private static final Pattern WORDS = Pattern.compile("\\p{L}[\\s,:]+\\p{L}");

    /** White words with no colour behind them. */
    private static boolean isWhiteOnWhite(Element element) {
        return Effect.of(styles(element)).whitens()
                && Stream.concat(Stream.of(element), element.parents().stream())
                        .noneMatch(behind -> Effect.of(surely(behind)).grounds()
                                || !behind.attr("bgcolor").isEmpty()
                                        && !behind.attr("bgcolor").matches("(?i)" + OF_WHITE)
                                || behind.hasAttr("fillcolor")
                                || behind.hasAttr("background"));
    }

    private static boolean isHidden(Element element) {
        return element.hasAttr("hidden")
                || isWhiteOnWhite(element)
                || Effect.of(styles(element)).hidesBesidesSize();
    }

    private static boolean isRefresh(Element element) {
        return element.normalName().equals("meta") && element.attr("http-equiv").equalsIgnoreCase("refresh");
    }
}
