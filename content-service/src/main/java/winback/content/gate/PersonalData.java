package winback.content.gate;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import winback.content.PlainText;
import winback.content.brief.Brief;
import winback.content.gate.ReadMail.Field;

/** What belongs to a person and was written into a mail that everybody gets. */
final class PersonalData {

    static final String CODE = "personal-data";

    private static final Pattern EMAIL =
            Pattern.compile("[\\p{L}\\p{N}._%+-]+@[\\p{L}\\p{N}-]+(?:\\.[\\p{L}\\p{N}-]+)+");
    private static final Pattern PHONE = Pattern.compile(
            "(?<![\\w.,/-])(?:\\+|00)\\d{1,3}[\\s.-]?(?:\\(?\\d{1,4}\\)?[\\s.-]?){2,5}\\d{2,4}(?!\\w)|(?<![\\w.,/+-])\\(?\\d{3}\\)?[\\s.-]\\d{3}[\\s.-]\\d{3,4}(?![\\w-])|(?<![\\w.,/+-])[67]\\d{2}[\\s.-]?\\d{2}[\\s.-]?\\d{2}[\\s.-]?\\d{2}(?!\\w)|(?<![\\w.,/+-])[679]\\d{8}(?!\\w)|(?<![\\w.,/+-])0\\d{3,4}[ .-]?\\d{3}[ .-]?\\d{3,4}(?!\\w)");
    private static final Pattern STREET = Pattern.compile(
            "(?<![\\p{L}\\p{N}])\\d{1,4}[a-z]?,? (?:\\p{Lu}\\p{Ll}+ ){1,3}(?:Street|Road|Lane|Avenue|Drive|Close|Way|Court|Place|Square|Terrace|St|Rd|Ave)(?!\\p{L})"
                    + "|(?<![\\p{L}\\p{N}])(?:[Cc]alle|[Cc]/|[Aa]venida|[Aa]vda\\.?|[Pp]laza|[Pp]aseo) (?:de (?:la |los |las )?|del )?\\p{Lu}[\\p{L} ]{2,30}?,? (?:n\\.?º ?)?\\d{1,4}"
                    + "|(?<![\\p{L}\\p{N}])[A-Z]{1,2}\\d[A-Z\\d]? \\d[A-Z]{2}(?![\\p{L}\\p{N}])");
    private static final Pattern CARD = Pattern.compile("(?<!\\d)(?:\\d[ -]?){12,18}\\d(?!\\d)");
    private static final Pattern IBAN =
            Pattern.compile("\\b[A-Z]{2}\\d{2}(?:[ ]?[A-Z0-9]{4}){3,7}(?:[ ]?[A-Z0-9]{1,3})?\\b");
    private static final Pattern NATIONAL =
            Pattern.compile("\\b(?:\\d{8}-?[A-HJ-NP-TV-Z]|[XYZ]-?\\d{7}-?[A-Z]|\\d{3}-\\d{2}-\\d{4})\\b");
    private static final Pattern NETWORK = Pattern.compile("(?<![\\d.])(?:\\d{1,3}\\.){3}\\d{1,3}(?![\\d.])");
    private static final Pattern UUID =
            Pattern.compile("(?i)\\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\b");
    private static final Pattern SECRET = Pattern.compile(
            "(?i)(?<!\\p{L})(?:your (?:password|passcode|pin) (?:is|was)|tu contraseña es|su contraseña es|tu pin es|su pin es|date of birth|born on|fecha de nacimiento|naciste el|nació el|social security|customer (?:no|number|id)|card (?:ending|that ends) (?:in|with)|tarjeta (?:terminada|acabada|que (?:termina|acaba)) en|número de cliente|order (?:no\\.?|number|#)|número de pedido|pedido n[.º°]{1,2})(?!\\p{L})");

    /** A name after a salutation, where nobody's is known. */
    private static final Pattern SALUTATION = Pattern.compile(
            "(?:^|[\\n.!?¡¿]\\s*|^\\W+)(?:[Hh]ello|[Hh]i|[Hh]ey|[Dd]ear|[Hh]ola|[Ee]stimad[oa]|[Qq]uerid[oa]|[Bb]uenos días|[Bb]uenas tardes|[Gg]ood (?:morning|evening))[ ,]+(?:(?:Mr|Mrs|Ms|Dr|Sr|Sra|Don|Doña)\\.? )?(\\p{Lu}\\p{Ll}+)");

    private static final Pattern TITLED =
            Pattern.compile("(?<!\\p{L})(?:Mrs?|Ms|Miss|Dr|Sra?|Srta|Do[nñ]a?)\\.? (\\p{Lu}\\p{Ll}{2,})");

    private static final Pattern NAME_FIRST =
            Pattern.compile("^(\\p{Lu}\\p{Ll}{2,})(?:[,:](?=\\s)|!)", Pattern.MULTILINE);
    private static final Pattern NAME_LAST =
            Pattern.compile(",\\s(\\p{Lu}\\p{Ll}{2,})(?=[.!?:]|,?\\s*$)", Pattern.MULTILINE);
    private static final Set<String> NOT_NAMES = Set.of(
            "There",
            "Friend",
            "Friends",
            "Again",
            "You",
            "From",
            "Customer",
            "Reader",
            "Everyone",
            "Amigo",
            "Amiga",
            "Amigos",
            "Cliente",
            "Clienta",
            "Lector",
            "Lectora",
            "Otra",
            "De",
            "Todos",
            "We",
            "It",
            "This",
            "How",
            "Hace",
            "Qué",
            "Cómo",
            "Nos",
            "Te",
            "Le",
            "Long",
            "Señor",
            "Señora",
            "Sir",
            "Madam");

    /** Without accents, which many leave out. */
    private static final Set<String> NAMES =
            new HashSet<>(Arrays.asList(PlainText.withoutAccents(String.join(" ", Lexicon.lines("names.txt")))
                    .split("\\s+", -1)));

    private static boolean isFirstName(String word) {
        return NAMES.contains(PlainText.withoutAccents(word));
    }

    /** Traits that do not belong into anybody's mail. */
    private static final Pattern TRAIT = Pattern.compile(
            "subscriber\\s*(?:\\.|\\[\\s*['\"])\\s*((?i)e?mail|emailAddress|phone\\w*|mobile|tel\\w*|address\\w*|street|zip\\w*|postcode|postalCode|birth\\w*|dob|age|gender|ip\\w*|ssn|nif|dni|passport\\w*|iban|card\\w*|password|salary|income|health\\w*|religion|subscriberId|userId|id|lastName|surname|latitude|longitude)\\b");

    /** Of a link: before its query, or by name. */
    private static final Pattern IN_PATH =
            Pattern.compile("^[^?]*\\{[{%][^}]*subscriber|subscriber\\s*\\.\\s*firstName|\\{%[^}]*subscriber");

    private static final Pattern IN_LINK =
            Pattern.compile("(?i)(?:href|src)\\s*=\\s*[\"'][^\"'?]*\\{\\{[^\"'}]*subscriber");

    private final Brief brief;
    private final String said;

    /** The brand's address. */
    private final String own;

    PersonalData(Brief brief, List<String> texts) {
        this.brief = brief;
        this.said = String.join("\n", texts);
        this.own = bare(brief.footer().address());
    }

    void look(ReadMail mail, Findings findings) {
        for (Field field : mail.everything()) {
            if (field.name().equals(ReadMail.URL)) {
                inAddress(field.words(), field, findings);
                continue;
            }
            String words = field.words();
            each(
                    EMAIL,
                    words,
                    field,
                    findings,
                    found -> !found.equalsIgnoreCase(brief.sender().email()),
                    "is somebody's address");
            each(PHONE, words, field, findings, found -> true, "is a telephone number");
            each(
                    STREET,
                    words,
                    field,
                    findings,
                    found -> !beginsWithName(found) && !own.contains(bare(found)),
                    "is where somebody lives");
            each(CARD, words, field, findings, PersonalData::isCard, "is a card number");
            each(IBAN, words, field, findings, found -> true, "is an account");
            each(NATIONAL, words, field, findings, found -> true, "is a personal number");
            each(NETWORK, words, field, findings, found -> true, "is a network address");
            each(UUID, words, field, findings, found -> true, "is somebody's id");
            each(SECRET, words, field, findings, found -> true, "speaks of what belongs to one person");
        }
        mail.documents()
                .forEach(html -> html.select("a[href]")
                        .forEach(link -> inAddress(link.attr("href"), new Field(ReadMail.HTML, ""), findings)));
        for (String field : List.of(ReadMail.SUBJECT, ReadMail.PREHEADER, ReadMail.HTML, ReadMail.TEXT, ReadMail.PS)) {
            if (!mail.isRendered()) {
                break; // who is addressed is not to be told from who is not
            }
            named(SALUTATION, mail.unnamed(field), field, findings, name -> !NOT_NAMES.contains(name));
            named(TITLED, mail.unnamed(field), field, findings, name -> true);
            named(NAME_FIRST, mail.unnamed(field), field, findings, PersonalData::isFirstName);
            named(NAME_LAST, mail.unnamed(field), field, findings, PersonalData::isFirstName);
        }
        if (IN_PATH.matcher(mail.sources().getOrDefault(ReadMail.URL, "")).find()) {
            findings.add(CODE, ReadMail.URL, "subscriber.", "writes what is known of somebody into an address");
        }
        Matcher path = IN_LINK.matcher(mail.sources().getOrDefault(ReadMail.HTML, ""));
        while (path.find()) {
            findings.add(CODE, ReadMail.HTML, path.group(), "writes what is known of somebody into an address");
        }
        mail.sources().forEach((field, source) -> {
            Matcher trait = TRAIT.matcher(source);
            while (trait.find()) {
                findings.add(CODE, field, trait.group(), "shows what only its owner should see");
            }
        });
    }

    private static String bare(String address) {
        return address.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}]+", " ")
                .strip();
    }

    /** A walk is called <em>paseo</em>, too. */
    private boolean beginsWithName(String found) {
        return Wording.namesOf(brief).anyMatch(name -> found.regionMatches(true, 0, name, 0, name.length()));
    }

    private void inAddress(String url, Field field, Findings findings) {
        String query = url.toLowerCase(Locale.ROOT).startsWith("mailto:") || url.indexOf('?') < 0
                ? ""
                : url.substring(url.indexOf('?')).replaceAll("(?i)%40", "@");
        each(EMAIL, query, field, findings, found -> true, "is somebody's address");
    }

    private void each(
            Pattern pattern, String words, Field field, Findings findings, Predicate<String> counts, String detail) {
        Matcher matcher = pattern.matcher(words);
        while (matcher.find()) {
            String found = matcher.group().strip();
            if (!said.contains(found) && counts.test(found)) {
                findings.add(CODE, field.name(), found, detail);
            }
        }
    }

    private void named(Pattern pattern, String words, String field, Findings findings, Predicate<String> isName) {
        Matcher matcher = pattern.matcher(words);
        while (matcher.find()) {
            String name = matcher.group(1);
            if (isName.test(name) && !said.contains(name)) {
                findings.add(CODE, field, name, "names somebody, whoever reads it");
            }
        }
    }

    /** By the check digit of ISO/IEC 7812. */
    private static boolean isCard(String found) {
        String digits = found.replaceAll("\\D", "");
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int twice = i % 2 == 1 ? 2 * digit : digit;
            sum += twice > 9 ? twice - 9 : twice;
        }
        return sum % 10 == 0;
    }
}
