package winback.content.brief;

import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import winback.chassis.problems.Problem.Fault;
import winback.content.brief.Brief.Fact;
import winback.content.brief.Brief.Goal;
import winback.content.brief.Brief.Kind;
import winback.content.brief.Brief.Money;
import winback.content.brief.Brief.Offer;
import winback.content.brief.Brief.Product;
import winback.content.brief.Brief.Reward;
import winback.content.brief.Brief.Tone;

/** Reads a brief, and names everything that is missing, wrong, or at odds with something else in it. */
public final class BriefReader {

    /** Of languages that mails are written in. */
    public static final Set<String> LANGUAGES = Set.of("en", "es");

    /** Where a fault is that is in no field. */
    public static final String WHOLE = "brief";

    private static final int MOST_IN_A_LIST = 50;
    private static final int LONGEST_NAME = 60;
    private static final int LONGEST_TEXT = 400;
    private static final int LONGEST_URL = 500;
    private static final BigDecimal MOST_MONEY = BigDecimal.valueOf(999_999_999);
    private static final int LAST_YEAR = 9999;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern CODE = Pattern.compile("[A-Z0-9-]{3,24}");
    private static final Pattern EMAIL = Pattern.compile("[^\\s@<>]{1,64}@[^\\s@<>.]+(\\.[^\\s@<>.]+)+");
    /** By its name: no address, and nothing that means another machine to each reader. */
    private static final Pattern PUBLIC_HOST = Pattern.compile(
            "(?i)(?:[\\p{L}\\d-]+\\.)+(?!(?:localhost|local|internal|lan|home|corp)\\.?$)(?=[^.]*\\p{L})[\\p{L}\\d-]+\\.?");

    /** In lower case: "La Rioja" is a name. */
    private static final Pattern ARTICLE =
            Pattern.compile("^(?:an?|the|our|your|some|el|la|los|las|un|una|unos|unas|nuestr[oa]s?)\\s+");

    private static final Pattern REACHES_SOMEBODY = Pattern.compile(
            "(?i)(?:e-?mail|correo|(?:tele)?phone|mobile|telefono|movil|address|direccion)[._-]?(?:address|number)?");

    private final List<Fault> faults = new ArrayList<>();
    private final LocalDate today;
    private final boolean kept;
    private List<String> languages = List.of();

    /** @param kept whether it was read before, by an earlier version maybe, which took more for a value */
    private BriefReader(LocalDate today, boolean kept) {
        this.today = today;
        this.kept = kept;
    }

    /**
     * @param today in the brand's calendar; offers that ended before are faults
     * @throws FaultyBrief unless all is well
     */
    public static Brief read(JsonNode json, LocalDate today) throws FaultyBrief {
        Brief brief = new BriefReader(today, false).read(json);
        List<Fault> contradictions = Contradictions.in(brief);
        if (!contradictions.isEmpty()) {
            throw new FaultyBrief(contradictions);
        }
        return brief;
    }

    /**
     * One that was read before, by an earlier version maybe, which knew of fewer faults and contradictions.
     *
     * @param day on which it was
     * @throws FaultyBrief when it has not the form of a brief
     */
    public static Brief readKept(JsonNode json, LocalDate day) throws FaultyBrief {
        return new BriefReader(day, true).read(json);
    }

    private Brief read(JsonNode json) throws FaultyBrief {
        Brief brief = brief(new Node(json, ""));
        if (!faults.isEmpty()) {
            throw new FaultyBrief(faults);
        }
        return brief;
    }

    /** A value and where it stands. */
    private record Node(JsonNode json, String path) {
        Node get(String field) {
            return new Node(json.path(field), path.isEmpty() ? field : path + "." + field);
        }

        boolean isAbsent() {
            return json.isMissingNode() || json.isNull();
        }
    }

    private void fault(Node at, String code, String detail) {
        faults.add(new Fault(at.path.isEmpty() ? WHOLE : at.path, code, detail));
    }

    private Brief brief(Node root) {
        if (root.isAbsent() || root.json.isObject() && root.json.isEmpty()) {
            fault(root, "missing", "is empty: it needs brand, languages, facts, sender, links and footer");
        } else if (!root.json.isObject()) {
            fault(root, "wrong-type", "has to be an object");
        }
        refuseOthers(
                root,
                Set.of(
                        "campaignId",
                        "goal",
                        "brand",
                        "languages",
                        "tone",
                        "facts",
                        "products",
                        "categories",
                        "offers",
                        "avoid",
                        "traits",
                        "sender",
                        "links",
                        "footer",
                        "approval"));
        languages = languages(root.get("languages"));
        Node brand = object(root.get("brand"), Set.of("name", "about"));
        Node sender = object(root.get("sender"), Set.of("name", "email", "replies"));
        Node links = object(root.get("links"), Set.of("home", "more"));
        Node footer = object(root.get("footer"), Set.of("company", "address"));
        return new Brief(
                id(root.get("campaignId")),
                root.get("goal").isAbsent() ? Goal.ORDER : oneOf(root.get("goal"), Goal.class, Goal.ORDER),
                new Brief.Brand(
                        text(brand.get("name"), LONGEST_NAME),
                        brand.get("about").isAbsent() ? Map.of() : texts(brand.get("about"), LONGEST_TEXT)),
                languages,
                tone(root.get("tone")),
                list(root.get("facts"), true, this::fact),
                list(root.get("products"), false, this::product),
                list(root.get("categories"), false, (node, i) -> terms(node)),
                list(root.get("offers"), false, this::offer),
                list(root.get("avoid"), false, (node, i) -> text(node, LONGEST_NAME)),
                root.get("traits").isAbsent()
                        ? List.of("firstName")
                        : list(root.get("traits"), false, (node, i) -> trait(node)),
                new Brief.Sender(
                        text(sender.get("name"), LONGEST_NAME),
                        email(sender.get("email")),
                        truth(sender.get("replies"), false)),
                new Brief.Links(url(links.get("home")), list(links.get("more"), false, (node, i) -> url(node))),
                new Brief.Footer(text(footer.get("company"), 120), text(footer.get("address"), 200)),
                approval(root.get("approval")));
    }

    private List<String> languages(Node node) {
        List<String> given = list(node, true, (one, i) -> {
            String language = text(one, LONGEST_NAME);
            if (!language.isEmpty() && !LANGUAGES.contains(language)) {
                fault(one, "unknown-language", "en or es");
            }
            return language;
        });
        return given.stream().filter(LANGUAGES::contains).distinct().toList();
    }

    private Tone tone(Node node) {
        if (!node.isAbsent()) {
            object(node, Set.of("formality", "warmth", "energy", "length", "emoji"));
        }
        return new Tone(
                share(node.get("formality"), .3),
                share(node.get("warmth"), .6),
                share(node.get("energy"), .4),
                share(node.get("length"), .5),
                share(node.get("emoji"), .2));
    }

    private Brief.Approval approval(Node node) {
        if (node.isAbsent()) {
            return Brief.Approval.PERSON;
        }
        object(node, Set.of("by", "leastRubric", "mostLive"));
        Approver by = oneOf(node.get("by"), Approver.class, Approver.PERSON);
        if (by == Approver.PERSON) {
            for (String field : List.of("leastRubric", "mostLive")) {
                if (!node.get(field).isAbsent()) {
                    fault(node.get(field), "contradiction", "is for a policy, and a person approves");
                }
            }
            return Brief.Approval.PERSON;
        }
        return new Brief.Approval(
                true, whole(node.get("leastRubric"), 90, 0, 100), whole(node.get("mostLive"), 12, 1, 50));
    }

    private enum Approver {
        PERSON,
        POLICY
    }

    private int whole(Node node, int otherwise, int least, int most) {
        if (node.isAbsent()) {
            return otherwise;
        }
        if (!node.json.isIntegralNumber()
                || !node.json.canConvertToInt()
                || node.json.intValue() < least
                || node.json.intValue() > most) {
            fault(node, "out-of-range", least + " to " + most);
            return otherwise;
        }
        return node.json.intValue();
    }

    private Fact fact(Node node, int index) {
        object(node, Set.of("id", "kind", "name", "text", "url", "of"));
        Kind kind = oneOf(node.get("kind"), Kind.class, Kind.CLAIM);
        boolean named = kind == Kind.NEWS || kind == Kind.SERVICE;
        return new Fact(
                id(node.get("id")),
                kind,
                named || !node.get("name").isAbsent() ? terms(node.get("name")) : Map.of(),
                texts(node.get("text"), LONGEST_TEXT),
                node.get("url").isAbsent() ? null : url(node.get("url")),
                list(node.get("of"), false, (one, i) -> id(one)));
    }

    private Product product(Node node, int index) {
        object(node, Set.of("id", "name", "text", "url", "price"));
        return new Product(
                id(node.get("id")),
                terms(node.get("name")),
                node.get("text").isAbsent() ? Map.of() : texts(node.get("text"), LONGEST_TEXT),
                url(node.get("url")),
                node.get("price").isAbsent() ? null : money(node.get("price")));
    }

    private Offer offer(Node node, int index) {
        object(node, Set.of("id", "reward", "value", "currency", "gift", "from", "until", "code", "minimum", "terms"));
        Reward reward = oneOf(node.get("reward"), Reward.class, Reward.SHIPPING);
        boolean valued = reward == Reward.PERCENT || reward == Reward.AMOUNT;
        BigDecimal value = valued ? number(node.get("value")) : null;
        if (!valued && !node.get("value").isAbsent()) {
            fault(node.get("value"), "contradiction", "says how much, where the reward has no amount");
        }
        if (reward == Reward.PERCENT && value != null && value.compareTo(BigDecimal.valueOf(100)) > 0) {
            fault(node.get("value"), "out-of-range", "more than 0 and at most 100 percent");
        }
        LocalDate from = node.get("from").isAbsent() ? LocalDate.EPOCH : date(node.get("from"));
        LocalDate until = date(node.get("until"));
        if (until.isBefore(from)) {
            fault(node.get("until"), "contradiction", "is before its first day, " + from);
        } else if (until.isBefore(today)) {
            fault(node.get("until"), "offer-expired", "ended on " + until);
        }
        String code = node.get("code").isAbsent() ? null : text(node.get("code"), LONGEST_NAME);
        if (code != null && !code.isEmpty() && !CODE.matcher(code).matches()) {
            fault(node.get("code"), "wrong-value", "3 to 24 of A-Z 0-9 -");
        }
        return new Offer(
                id(node.get("id")),
                reward,
                value,
                reward == Reward.AMOUNT ? currency(node.get("currency")) : null,
                reward == Reward.GIFT ? terms(node.get("gift")) : Map.of(),
                from,
                until,
                code,
                node.get("minimum").isAbsent() ? null : money(node.get("minimum")),
                node.get("terms").isAbsent() ? Map.of() : texts(node.get("terms"), LONGEST_TEXT));
    }

    private Node object(Node node, Set<String> known) {
        if (node.isAbsent()) {
            fault(node, "missing", "is required");
        } else if (!node.json.isObject()) {
            fault(node, "wrong-type", "has to be an object");
        } else {
            refuseOthers(node, known);
        }
        return node;
    }

    private void refuseOthers(Node node, Set<String> known) {
        for (String field : node.json.propertyNames()) {
            if (!known.contains(field)) {
                fault(node.get(field), "unknown-field", "is not a field of a brief");
            }
        }
    }

    private <T> List<T> list(Node node, boolean required, BiFunction<Node, Integer, T> read) {
        if (node.isAbsent() || node.json.isArray() && node.json.isEmpty()) {
            if (required) {
                fault(node, "missing", "at least one is required");
            }
            return List.of();
        }
        if (!node.json.isArray()) {
            fault(node, "wrong-type", "has to be a list");
            return List.of();
        }
        if (node.json.size() > MOST_IN_A_LIST) {
            fault(node, "too-many", "at most " + MOST_IN_A_LIST);
            return List.of();
        }
        List<T> all = new ArrayList<>();
        for (int i = 0; i < node.json.size(); i++) {
            all.add(read.apply(new Node(node.json.get(i), node.path + "[" + i + "]"), i));
        }
        return List.copyOf(all);
    }

    private String text(Node node, int longest) {
        if (node.isAbsent() || node.json.isString() && node.json.stringValue().isBlank()) {
            fault(node, "missing", "is required");
            return "";
        }
        if (!node.json.isString()) {
            fault(node, "wrong-type", "has to be a text");
            return "";
        }
        String text = node.json.stringValue().strip();
        if (text.length() > longest) {
            fault(node, "too-long", "at most " + longest + " characters");
        } else if (text.chars().anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT)) {
            fault(node, "wrong-value", "has a line break or another character that does not show");
        } else if (text.contains("{{") || text.contains("{%") || text.contains("<")) {
            fault(node, "wrong-value", "is plain text: no template and no HTML");
        } else if (Injection.in(text).isPresent()) {
            fault(node, "prompt-injection", "speaks to a machine, not to a reader");
        }
        return text;
    }

    private Map<String, String> texts(Node node, int longest) {
        if (node.isAbsent() || !node.json.isObject()) {
            fault(node, node.isAbsent() ? "missing" : "wrong-type", "a text for each language: " + languages);
            return Map.of();
        }
        refuseOthers(node, LANGUAGES);
        Map<String, String> texts = new LinkedHashMap<>();
        languages.forEach(language -> texts.put(language, text(node.get(language), longest)));
        return Map.copyOf(texts);
    }

    private Map<String, Term> terms(Node node) {
        if (node.isAbsent() || !node.json.isObject()) {
            fault(node, node.isAbsent() ? "missing" : "wrong-type", "a name for each language: " + languages);
            return Map.of();
        }
        refuseOthers(node, LANGUAGES);
        Map<String, Term> terms = new LinkedHashMap<>();
        languages.forEach(language -> terms.put(language, term(node.get(language), language)));
        return Map.copyOf(terms);
    }

    private Term term(Node node, String language) {
        if (!node.json.isObject()) {
            return Nouns.guess(name(node), language);
        }
        object(node, Set.of("text", "gender", "plural", "article"));
        Term guess = Nouns.guess(name(node.get("text")), language);
        boolean feminine = guess.feminine();
        Node gender = node.get("gender");
        if (!gender.isAbsent()) {
            feminine = text(gender, 1).equals("f");
            if (!Set.of("f", "m").contains(text(gender, 1))) {
                fault(gender, "wrong-value", "f or m");
            }
        }
        return new Term(
                guess.text(),
                feminine,
                truth(node.get("plural"), guess.plural()),
                !truth(node.get("article"), !guess.bare()));
    }

    private boolean truth(Node node, boolean otherwise) {
        if (!node.isAbsent() && !node.json.isBoolean()) {
            fault(node, "wrong-type", "true or false");
        }
        return node.json.asBoolean(otherwise);
    }

    /** Without its article, which sentences give it: with one it would read "our the teapot". */
    private String name(Node node) {
        String name = text(node, LONGEST_NAME);
        Matcher article = ARTICLE.matcher(name);
        if (article.find()) {
            fault(node, "wrong-value", "without its article: " + name.substring(article.end()));
        }
        return name;
    }

    private String id(Node node) {
        String id = text(node, LONGEST_URL);
        if (!id.isEmpty() && !ID.matcher(id).matches()) {
            fault(node, "wrong-value", "1 to 64 of A-Z a-z 0-9 . _ -");
        }
        return id;
    }

    private String trait(Node node) {
        String name = id(node);
        if (REACHES_SOMEBODY.matcher(name).matches()) {
            fault(node, "personal-data", "mails do not show how somebody can be reached");
        }
        return name;
    }

    private <E extends Enum<E>> E oneOf(Node node, Class<E> type, E otherwise) {
        String given = text(node, LONGEST_NAME);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(given)) {
                return constant;
            }
        }
        if (!given.isEmpty()) {
            fault(node, "wrong-value", "one of " + words(type));
        }
        return otherwise;
    }

    private static <E extends Enum<E>> List<String> words(Class<E> type) {
        List<String> words = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            words.add(constant.name().toLowerCase(Locale.ROOT));
        }
        return words;
    }

    private double share(Node node, double otherwise) {
        if (node.isAbsent()) {
            return otherwise;
        }
        double value = node.json.doubleValue(Double.NaN);
        if (!(value >= 0 && value <= 1)) {
            fault(node, "out-of-range", "0 to 1");
            return otherwise;
        }
        return value;
    }

    private BigDecimal number(Node node) {
        if (node.isAbsent()) {
            fault(node, "missing", "is required");
            return BigDecimal.ONE;
        }
        // Of what JSON can write and no number can be, such as 1e400, too.
        BigDecimal number = node.json.decimalValue(BigDecimal.ZERO);
        boolean odd = number.signum() <= 0 || number.precision() > 9 || number.scale() > 2;
        if (odd || !kept && number.compareTo(MOST_MONEY) > 0) {
            fault(node, "out-of-range", "more than 0, at most 999999999, with at most two decimals");
            return BigDecimal.ONE;
        }
        return number;
    }

    private Money money(Node node) {
        object(node, Set.of("amount", "currency"));
        return new Money(number(node.get("amount")), currency(node.get("currency")));
    }

    private String currency(Node node) {
        String code = text(node, LONGEST_NAME);
        if (!code.isEmpty()
                && Currency.getAvailableCurrencies().stream()
                        .filter(known -> kept || isPaidIn(known))
                        .noneMatch(known -> known.getCurrencyCode().equals(code))) {
            fault(node, "wrong-value", "an ISO 4217 code of a currency that people pay in, such as EUR");
        }
        return code;
    }

    /** Those for tests, for none, and for metals and funds have no smallest part. */
    private static boolean isPaidIn(Currency currency) {
        return currency.getDefaultFractionDigits() >= 0;
    }

    private LocalDate date(Node node) {
        String given = text(node, LONGEST_NAME);
        try {
            LocalDate date = given.isEmpty() ? today : LocalDate.parse(given);
            if (kept || date.getYear() >= 0 && date.getYear() <= LAST_YEAR) {
                return date;
            }
        } catch (DateTimeParseException malformed) {
            // told below
        }
        fault(node, "wrong-value", "a date such as 2026-12-31");
        return today;
    }

    private String email(Node node) {
        String given = text(node, LONGEST_URL);
        if (!given.isEmpty() && !EMAIL.matcher(given).matches()) {
            fault(node, "wrong-value", "an e-mail address");
        }
        return given;
    }

    private String url(Node node) {
        String given = text(node, LONGEST_URL);
        if (!given.isEmpty() && !isWebAddress(given)) {
            fault(node, "wrong-url", "an absolute https URL of a public host, without user name or port");
        }
        return given;
    }

    private boolean isWebAddress(@Nullable String given) {
        try {
            URI uri = new URI(given);
            return "https".equals(uri.getScheme())
                    && uri.getHost() != null
                    && (kept || PUBLIC_HOST.matcher(uri.getHost()).matches())
                    && uri.getRawUserInfo() == null
                    && uri.getPort() < 0;
        } catch (URISyntaxException malformed) {
            return false;
        }
    }
}
