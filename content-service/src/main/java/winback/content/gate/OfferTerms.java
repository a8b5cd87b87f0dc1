package winback.content.gate;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.format.TextStyle;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import winback.content.PlainText;
import winback.content.brief.Brief;
import winback.content.brief.Brief.Offer;
import winback.content.brief.Brief.Product;
import winback.content.brief.Brief.Reward;
import winback.content.brief.Term;
import winback.content.gate.Claims.Statements;
import winback.content.gate.Numerals.Amount;

/**
 * Whether what a mail gives away is what one offer of the brief gives: as much, of that, with its code, from its minimum on
 * and on its days. That the brief has each of these somewhere is not enough, since it has them of different offers, and of
 * products.
 */
final class OfferTerms {

    /** So many days before its last an offer ends soon. */
    private static final int SOON_DAYS = 3;

    private static final int END_OF_MONTH = 28;

    private static final Pattern END = Pattern.compile("(?<!\\p{L})(?:end|finales|fin)(?!\\p{L})");

    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;

    private static final Pattern CODE = Pattern.compile(
            "(?<!\\p{L})(?:[Cc]ode|CODE|[Cc]ódigo|CÓDIGO|[Cc]upón|[Cc]oupon|[Pp]romo)(?:\\s+(?:is|es|de descuento|promocional|once more|otra vez|again))*\\s*[:,]?\\s*[\"'“«]?([A-Z0-9][A-Z0-9-]{2,23})\\b");
    private static final Pattern LIKE_A_CODE =
            Pattern.compile("\\b(?=[A-Z0-9-]*[A-Z])(?=[A-Z0-9-]*\\d)[A-Z][A-Z0-9-]{4,23}\\b");

    /** What an offer of shipping is called. */
    private static final List<String> SHIPPED = List.of(
            "free shipping",
            "free delivery",
            "shipping is on us",
            "delivery is on us",
            "postage is on us",
            "envío gratis",
            "envío gratuito",
            "envío es gratis",
            "envío corre de nuestra cuenta",
            "envío va por nuestra cuenta",
            "gastos de envío corren de nuestra cuenta",
            "gastos de envío");

    private static final Pattern WITHOUT_MINIMUM = Pattern.compile(
            "no minimum|without (?:a |any )?minimum|sin (?:ningún )?mínimo|however small|por pequeño que sea", FLAGS);

    private static final Pattern FREE = Pattern.compile(
            "(?<!\\p{L})(?:free|gratis|gratuit\\p{L}+|regal\\p{L}+|obsequi\\p{L}+|on us|for nothing|present|gift|our treat|on the house|compliments|pagamos nosotros|invit\\p{L}+|sin (?:coste|cargo)|nothing|(?:no|without)(?: extra| additional| further)? (?:cost|charge)|cuesta nada|pag\\p{L}+ nada|ni un (?:céntimo|euro|duro)|not a (?:cent|penny)|(?:corre|va)n? (?:de|por) nuestra cuenta)(?!\\p{L})",
            FLAGS);
    /** Of whatever the sentence is about. */
    private static final Pattern BARELY = Pattern.compile(
            "for free|free of charge|(?:at no|without)(?: extra| additional| further)? (?:cost|charge)|sin (?:coste|cargo)|for nothing|gratis|(?:sale|salen|es|son|va|van) gratis|l[oa]s? pagamos nosotros|on the house|invita la casa|ni un (?:céntimo|euro|duro)|not a (?:cent|penny)",
            FLAGS);

    /** Of what a sentence before names. */
    private static final Pattern IT_TOO =
            Pattern.compile("(?<!\\p{L})(?:(?:te|le|os) l[oa]s? regal|l[oa]s? pagamos nosotros)", FLAGS);

    /** A paragraph of its own, on what another one gives. */
    private static final Pattern IT = Pattern.compile(
            "\\s*(?:(?:it|this|that)(?:'s| is) on us|on us|our treat|(?:corre|va) (?:de|por) nuestra cuenta|(?:de|por) nuestra cuenta|invitamos nosotros)[.!]?\\s*",
            FLAGS);

    private static final Pattern SENT = Pattern.compile(
            "(?<!\\p{L})(?:ship|send|sent|deliver|post|courier|envi|envío|mand|entreg|portes|carter)\\p{L}*", FLAGS);

    /** Of no price, in either language. */
    private static final Pattern FOR_NOTHING = Pattern.compile(
            "(?<![\\p{L}-])(?:free|gratis|gratuit[oa]s?|(?:at no|without)(?: extra| additional| further)? (?:cost|charge)|sin (?:coste|cargo))(?!\\p{L})",
            FLAGS);

    /** In a brief's own words, of a thing; in a mail it may be a turn of phrase. */
    private static final Pattern COSTS_NOTHING =
            Pattern.compile("(?<!\\p{L})(?:costs? (?:you )?nothing|no (?:te |le |os )?cuestan? nada)(?!\\p{L})", FLAGS);

    /** Of time, of hands, of birds. */
    private static final Pattern AT_LIBERTY = Pattern.compile(
            "(?<!\\p{L})(?:(?:feel|run|runs|fly|flies|swim|roam|roams|break|breaks|walk|breathe)\\s+free"
                    + "|(?:set|sets|setting|cut|leave|leaves|keep|keeps|get|have|has)(?:\\s+\\p{L}+){1,4}?\\s+free"
                    + "|free(?=\\s+(?:to|again|as|from(?!\\s+[€$£\\d])|of(?! charge)|spirits?|rein|range|fall|flow\\p{L}*|form|hands?|time|moments?|minutes?|hours?|mornings?|afternoons?|evenings?|nights?|days?|weekends?|seats?|chairs?|spots?|this|tonight|tomorrow|later|for (?:lunch|dinner|coffee|tea|breakfast|a (?:chat|coffee|moment|minute|while)))(?!\\p{L}))"
                    + "|(?:morning|afternoon|evening|night|day|weekend|hour|monday|tuesday|wednesday|thursday|friday|saturday|sunday|diary|calendar|hand|ear|eye|mind|lap|seat|chair|table)s?(?:\\s+(?:is|are|stays?|still|left))+\\s+free"
                    + "|(?:you|we|i|they|nobody|everybody|who|people|birds|them)(?:\\s+(?:are|is|am|all|were|be|most|of))+\\s+free(?=\\s*(?:[.,;!?]|$))"
                    + "|(?:(?:you|we|i)(?:'re|'m|\\s+(?:are|am|were|both|all))+|(?:are|were)\\s+you)\\s+free(?=\\s+(?:on|at|in|for|next|and|if|when)(?!\\p{L})))",
            FLAGS);

    private static final Pattern NOTHING = Pattern.compile("(?!)");

    /** A sentence of its own, on what was told before. */
    private static final Pattern SO_IT_IS = Pattern.compile(
            "\\s*(?:p\\. ?[sd]\\.:?\\s+)?(?:and |y |yes,? |sí,? )*(?:you pay nothing(?: for (?:it|that))?|no (?:te |le )?cuesta nada|no pagas nada(?: por (?:ella|ello|eso))?|(?:(?:it|this|that|it all)(?:'s| is)? |eso |es )?(?:really |truly |completely |todo |del todo |totalmente )?(?:is |es )?(?:completely )?(?:free|for free|gratis|gratuit[oa])(?: of charge)?(?: de verdad| really| truly)?)[.!]?\\s*",
            FLAGS);

    /** What a code does, before it. */
    private static final String WITH_IT = "(?:with|using|use|con|usa|usando) (?:the |your |el |tu )?(?:code |código )?";

    private static final String IS_SENT =
            ",? (?:we|you|your|te|lo|el|le|tu|it)(?!\\p{L})[^.,;]*(?:free|gratis|for nothing|shipping|delivery|envío|portes)(?!\\p{L})";

    /** What a code does, right behind it. */
    private static final String SHIPS =
            "(?: (?:gives?|gets?|means?|brings?|buys?|is|for|te|le|da|consigues?|es|para|regala|you|us|code|the|el|los|a))+ (?:(?:free|gratis|gratuit[oa]s?|no|sin|gastos|de) )*(?:shipping|delivery|postage|envío|portes)(?!\\p{L})";

    private static final Pattern SHIPPED_WORDS = Pattern.compile(
            "(?<!\\p{L})(?:shipping|delivery|postage|(?<=the )post(?= (?:is|are|on|costs?)(?!\\p{L}))|envíos?|portes)(?!\\p{L})",
            FLAGS);

    /** A parcel that costs nothing on its way. */
    private static final Pattern TRAVELS = Pattern.compile(
            "(?<!\\p{L})(?<!(?:in|into|with) (?:the|your|every|each) )(?<!(?:en|con) (?:tu|su|el|la|cada) )(?:orders?|parcels?|box(?:es)?|pedidos?|paquetes?|cajas?)(?!\\p{L})[^.,;]{0,60}(?:free|gratis|for nothing)(?!\\p{L})",
            FLAGS);

    /** Whatever is bought, and whoever buys it. */
    private static final Pattern ANY_ORDER = Pattern.compile(
            "(?<!\\p{L})(?:(?:any|every|all|each) (?:\\p{L}+ )?(?:orders?|purchases?|baskets?|box(?:es)?|parcels?|packages?)|whatever (?:you|the|it)|however (?:little|small|much)|no minimum|without (?:a |any |the )?minimum|at any price|for (?:everybody|everyone|anybody|anyone|all)(?! who)|(?:for|to) (?:every|all|any|each)(?: \\p{L}+)? (?:subscribers?|readers?|customers?|clients?)|no purchase (?:is )?(?:needed|necessary|required)|without (?:buying|ordering|a purchase)|even (?:a|for a|with a) single"
                    + "|(?:cualquier|todos los|cada) (?:pedidos?|compras?|paquetes?|cajas?|envíos?)|cualquiera que sea|todas las compras|sin (?:\\p{L}+ )?m[íi]nim[oa]|por poco que|compres lo que|gastes lo que|pidas lo que|para tod[oa]s(?! l[oa]s| (?:quienes|aquell))|para (?:tod[oa]s l[oa]s|cualquier|cada) (?:suscript|client|lector|soci)\\p{L}+|sin (?:necesidad de )?compra(?:r(?: nada)?)?|aunque (?:sólo |solo )?(?:sea|pidas|compres|gastes))(?!\\p{L})",
            FLAGS);

    private static final Pattern NO_CODE = Pattern.compile(
            "(?<!\\p{L})(?:(?:with )?no (?:\\p{L}+ )?code(?: is)?(?: needed| necessary| required)?|without (?:a |any |the )?code|(?:don['’]t|do not|won['’]t) need (?:a|any|the) code|sin (?:necesidad de |usar |ningún |el )?código|no (?:hace falta|necesitas|necesita|se necesita|hay que usar) (?:ningún |el |usar )?código)(?!\\p{L})",
            FLAGS);

    private static final Pattern THE_CODE = Pattern.compile(
            "(?<!\\p{L})(?:(?:the|your|this|our) (?:\\p{L}+ )?code|(?:el|tu|su|este|nuestro) código)(?!\\p{L})", FLAGS);

    private static final Pattern EVERYBODY = Pattern.compile("for (?:every|any|all)|para tod", FLAGS);

    /** Whatever it is with which something comes. */
    private static final Pattern COMES_WITH = Pattern.compile(
            "(?<!\\p{L})(?:with|con) (?:any|every|each|all|cualquier|cada|tod[oa]s? l[oa]s?) (\\p{L}{4,})", FLAGS);

    private static final Set<String> OF_ANY_ORDER = Set.of(
            "order",
            "orders",
            "purchase",
            "purchases",
            "basket",
            "parcel",
            "pedido",
            "pedidos",
            "compra",
            "compras",
            "paquete",
            "mail",
            "letter",
            "correo",
            "carta");

    /** With what is bought, as a gift is. */
    private static final Pattern ADDED = Pattern.compile(
            "(?<!\\p{L})(?:comes? with|go(?:es)? (?:in|into|with)|with (?:your|any|every|each|the) (?:order|purchase|parcel)|we(?:'ll| will)? (?:put|add|include|slip|tuck|pack)|you(?:'ll| will)? get|yours with|viene con|va (?:con|en)|con (?:tu|su|cada|el) (?:pedido|compra)|añadimos|incluimos|metemos|ponemos|te llevas|se lleva|is yours|are yours|waits for you|is waiting|es tuy[oa]|es suy[oa]|te espera|le espera|te mandamos|le mandamos|te enviamos|le enviamos)(?!\\p{L})",
            FLAGS);

    private static final Pattern A_GIFT = Pattern.compile(
            "(?<!\\p{L})(?:gifts?|presents?|freebie|goodie|regal(?:o|os|it[oa]s?)|obsequios?|detall(?:e|es|it[oa]s?))(?!\\p{L})",
            FLAGS);

    /** How much of a gift there is. */
    private static final Pattern MEASURE = Pattern.compile(
            "^(?:pair|set|box|pack|bag|bottle|jar|tin|cup|packet|par|juego|caja|bolsa|botella|tarro|lata|taza|paquete|sobre)s?\\s+(?:of|de)\\s+(?:the |las |los )?");

    private static final Pattern SEVERAL = Pattern.compile(
            "(?<![\\p{L}\\p{N}])(?:two|three|four|five|six|both|dos|tres|cuatro|cinco|seis|[2-9])((?:\\s+\\p{L}+){1,4})",
            FLAGS);

    private static final Pattern ALWAYS = Pattern.compile(
            "(?<!como\\s|as\\s|\\p{L})(?:siempre|always|for ?ever|all year round|todo el año|sin (?:fecha|límite|caducidad)|no end date)(?!\\s+(?:que|nos|te|le|has|ha|tan|so|you|us|we|been|be|welcome)(?!\\p{L})|\\p{L})",
            FLAGS);

    private static final Pattern SINGLE = Pattern.compile(
            "(?<!\\p{L})(?:a single|(?:just |only )?one|una? s[óo]l[oa]|s[óo]lo una?)\\s+(?!more(?!\\p{L}))(\\p{L}{3,})",
            FLAGS);

    private static final String SUM = Numerals.MONEY.pattern();

    /** An amount off a price, or back. */
    private static final Pattern TAKEN_OFF = Pattern.compile(
            "(?<!\\p{L})(?:sav(?:e|es|ing|ings of)|(?:discount|reduction|rebate|voucher|credit|refund|cashback) (?:of|for|worth)|(?:ahórr|ahorr|descont|rebaj|quit|devolve|devuelv|reembols|regal)\\p{L}*|(?:descuento|rebaja|vale|bono|cheque|reembolso|ahorro) (?:de|por))"
                    + "(?:\\s+(?:up|to|a|an|another|at|least|over|you|yourself|hasta|unos|al|menos|otros|de))*\\s+(?<behind>"
                    + SUM + ")"
                    + "|(?<ahead>" + SUM
                    + ")[\\s-]+(?:off|less(?! than)|cheaper|back|discount|voucher|rebate|de (?:descuento|rebaja|vuelta|regalo|ahorro)|menos(?! (?:que|de))|más barat\\p{L}+)(?!\\p{L})",
            FLAGS);

    /** From how much on. */
    private static final Pattern FROM_ON = Pattern.compile(
            "(?<!\\p{L})(?:(?:orders?|purchases?|baskets?|spend\\p{L}*|spent|pedidos?|compras?|cestas?|gast\\p{L}+)(?:\\s+(?:of|over|from|above|at|least|worth|more|than|for|de|desde|a|partir|superior(?:es)?|más|al|menos|por|valor))*"
                    + "|over|above|from|a partir de|desde|superior(?:es)? a|más de|(?:minimum|mínimo)(?:\\s+(?:of|is|order|de|es))*)\\s+(?<behind>"
                    + SUM + ")"
                    + "|(?<ahead>" + SUM
                    + ")\\s+(?:or (?:more|over|above)|and (?:up|over|above)|upwards|minimum|o más|en adelante|como mínimo)(?!\\p{L})",
            FLAGS);

    private static final Set<String> OF_PRICE =
            Set.of("cost", "costs", "charge", "nothing", "coste", "cargo", "cuesta", "cuestan", "nada", "extra");

    /** By percentage. */
    private static final Map<Integer, List<String>> PARTS = Map.of(
            50, List.of("half", "mitad"),
            25, List.of("a quarter", "one quarter", "un cuarto", "cuarta parte"),
            20, List.of("a fifth", "one fifth", "un quinto", "quinta parte"),
            10, List.of("a tenth", "one tenth", "décima parte"));

    private final List<Offer> offers;
    private final List<Product> products;
    private final LocalDate today;
    private final Set<String> codes = new HashSet<>();

    /** By offer with a code that is not of shipping. */
    private final Map<String, Pattern> otherwise;

    /** By product, what is said of something that comes with it. */
    private final Map<String, Pattern> with;

    /** What is said of a product that would cost nothing. */
    private final Pattern sold;

    /** What the brief itself says is taken off, or needed. */
    private final Set<Amount> takenOff;

    private final Set<Amount> minimums;

    /** By sentence of the brief in which something is free, what it is about. */
    private final List<Set<String>> free;

    /** Services that are free, as one may speak of them. */
    private final List<FreeService> services;

    /** Words of more than one fact or product, each of which tells little. */
    private final Set<String> usual;

    /** @param texts all that the brief says in words */
    OfferTerms(Brief brief, LocalDate today, List<String> texts) {
        this.offers = brief.offersOn(today);
        this.products = brief.products();
        this.sold = sold(products, offers);
        this.with = products.stream().collect(Collectors.toMap(Product::id, OfferTerms::with));
        this.today = today;
        this.otherwise = offers.stream()
                .filter(offer -> offer.code() != null && offer.reward() != Reward.SHIPPING)
                .collect(Collectors.toMap(Offer::id, OfferTerms::shipping));
        offers.stream().map(Offer::code).filter(code -> code != null).forEach(codes::add);
        List<String> digits = texts.stream().map(Numerals::inDigits).toList();
        this.takenOff = digits.stream()
                .flatMap(text -> amounts(TAKEN_OFF, text).stream())
                .map(Sum::amount)
                .collect(Collectors.toCollection(HashSet::new));
        offers.stream().flatMap(OfferTerms::takenOff).forEach(takenOff::add);
        this.minimums = digits.stream()
                .flatMap(text -> amounts(FROM_ON, text).stream())
                .map(Sum::amount)
                .collect(Collectors.toSet());
        Map<String, Long> facts = Stream.concat(
                        brief.facts().stream().map(Brief.Fact::text),
                        brief.products().stream().map(Brief.Product::text))
                .flatMap(text -> Claims.tellingOf(String.join(" ", text.values())).stream())
                .collect(Collectors.groupingBy(word -> word, Collectors.counting()));
        this.usual = facts.entrySet().stream()
                .filter(word -> word.getValue() > 1)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        this.free = Stream.concat(
                        brief.facts().stream().map(Brief.Fact::text),
                        brief.products().stream().map(Brief.Product::text))
                .flatMap(text -> text.values().stream())
                .flatMap(Claims::sentences)
                .filter(sentence -> isForNothing(sentence)
                        || COSTS_NOTHING.matcher(sentence).find())
                .map(Claims::tellingOf)
                .toList();
        Set<String> goods = Stream.concat(
                        brief.categories().stream(), products.stream().map(Product::name))
                .flatMap(name -> name.values().stream())
                .flatMap(name -> roots(Claims.tellingOf(name.text())).stream())
                .collect(Collectors.toSet());
        this.services = brief.facts().stream()
                .flatMap(fact -> FreeService.of(fact, goods).stream())
                .toList();
    }

    /**
     * A service of which the brief says that it is free.
     *
     * @param does roots of a name that says so, and of the verbs with which the brief begins to say what is done
     * @param words roots of all that it says of it and of nothing that is sold
     */
    private record FreeService(Set<String> does, Set<String> words) {

        private static final Pattern WE_DO = Pattern.compile(
                "^(?:We(?: also| now|'ll| will)? (\\p{L}{4,})|(?:También |Ya )?(?:[TtLl]e |Os )?(\\p{L}{3,}mos)(?!\\p{L}))");

        static Optional<FreeService> of(Brief.Fact fact, Set<String> sold) {
            Collection<String> texts = fact.text().values();
            if (fact.kind() != Brief.Kind.SERVICE
                    || texts.stream()
                            .flatMap(Claims::sentences)
                            .noneMatch(sentence -> isForNothing(sentence)
                                    || COSTS_NOTHING.matcher(sentence).find())) {
                return Optional.empty();
            }
            Stream<String> named = fact.name().values().stream()
                    .filter(name -> isForNothing(name.text()))
                    .flatMap(name -> roots(Claims.tellingOf(name.text())).stream());
            Set<String> does = Stream.concat(
                            named,
                            texts.stream()
                                    .flatMap(text -> WE_DO.matcher(text).results())
                                    .map(verb -> root(verb.group(1) == null ? verb.group(2) : verb.group(1))))
                    .filter(verb -> !sold.contains(verb))
                    .collect(Collectors.toSet());
            Set<String> words = texts.stream()
                    .flatMap(text -> roots(Claims.tellingOf(text)).stream())
                    .filter(word -> !sold.contains(word))
                    .collect(Collectors.toSet());
            return Optional.of(new FreeService(does, words));
        }

        boolean isMeant(Set<String> spoken) {
            // "We'll wrap it all for free" is gift wrapping.
            boolean done = words.stream()
                    .anyMatch(word -> word.length() == ROOT && spoken.contains(word.substring(0, ROOT - 1)));
            return done
                    || !Collections.disjoint(spoken, does)
                    || spoken.stream().filter(words::contains).count() >= 2;
        }
    }

    /** As far as it says how much is ordered, and not what. */
    private static final Pattern QUANTIFIER = Pattern.compile(
            "(?<!\\p{L})(?:any|every|each|all|cualquier|cada|tod[oa]s?)(?: (?:orders?|purchases?|pedidos?|compras?))?(?!\\p{L})",
            FLAGS);

    private static final int ROOT = 5;

    private static Set<String> roots(Set<String> words) {
        return words.stream()
                .filter(word -> !FOR_NOTHING.matcher(word).matches() && !OF_PRICE.contains(word))
                .map(OfferTerms::root)
                .collect(Collectors.toSet());
    }

    /** What <em>recogemos</em> and <em>recogida</em> begin with. */
    static String root(String word) {
        String plain = stem(PlainText.withoutAccents(word.toLowerCase(Locale.ROOT)));
        return plain.substring(0, Math.min(ROOT, plain.length()));
    }

    boolean gives(Reward reward) {
        return offers.stream().anyMatch(offer -> offer.reward() == reward);
    }

    Set<String> codes() {
        return Collections.unmodifiableSet(codes);
    }

    /** How the shipping is called that an offer pays; nothing where none does. */
    Lexicon shipped() {
        return Lexicon.of(gives(Reward.SHIPPING) ? SHIPPED : List.of());
    }

    /**
     * What the offers leave of what has to be paid, and how much they take off, where it reaches their minimum.
     *
     * @param bought offers whose terms name only other products apply to none of these
     */
    Stream<Amount> left(Brief.Money sum, List<Product> bought) {
        return offers.stream()
                .filter(offer -> isFor(offer, bought))
                .filter(offer -> offer.minimum() == null
                        || offer.minimum().currency().equals(sum.currency())
                                && offer.minimum().amount().compareTo(sum.amount()) <= 0)
                .flatMap(offer -> reduction(offer, sum).stream())
                .flatMap(less -> Stream.of(less, sum.amount().subtract(less)))
                .filter(amount -> amount.signum() > 0)
                .flatMap(amount -> Amount.of(amount, sum.currency()));
    }

    private boolean isFor(Offer offer, List<Product> bought) {
        List<Product> named = products.stream()
                .filter(product -> product.name().entrySet().stream()
                        .anyMatch(name -> offer.terms()
                                .getOrDefault(name.getKey(), "")
                                .toLowerCase(Locale.ROOT)
                                .contains(name.getValue().text().toLowerCase(Locale.ROOT))))
                .toList();
        return named.isEmpty() || !Collections.disjoint(named, bought);
    }

    private static Optional<BigDecimal> reduction(Offer offer, Brief.Money price) {
        BigDecimal value = offer.value();
        if (value == null) {
            return Optional.empty();
        }
        return switch (offer.reward()) {
            case PERCENT ->
                Optional.of(price.amount().multiply(value).movePointLeft(2).setScale(2, RoundingMode.HALF_UP));
            case AMOUNT -> price.currency().equals(offer.currency()) ? Optional.of(value) : Optional.empty();
            case SHIPPING, GIFT -> Optional.empty();
        };
    }

    /** What the offers that run entitle to say. */
    List<String> implied() {
        List<String> words = new ArrayList<>();
        for (Offer offer : offers) {
            words.addAll(
                    switch (offer.reward()) {
                        case PERCENT, AMOUNT -> List.of("discount", "descuento");
                        case SHIPPING -> SHIPPED;
                        case GIFT -> List.of("free gift");
                    });
        }
        return words;
    }

    /** Whether it speaks of shipping, which an offer pays. */
    boolean isShipped(String text) {
        return gives(Reward.SHIPPING) && SHIPPED_WORDS.matcher(text).find();
    }

    /** On which an offer begins or ends. */
    Stream<LocalDate> days() {
        return offers.stream().flatMap(offer -> Stream.of(offer.from(), offer.until()));
    }

    boolean endsSoon() {
        return offers.stream().anyMatch(offer -> ChronoUnit.DAYS.between(today, offer.until()) <= SOON_DAYS);
    }

    boolean endsToday() {
        return offers.stream().anyMatch(offer -> offer.until().equals(today));
    }

    /** Whether these words name the end of a month, with which an offer ends. */
    boolean endsWithMonth(String words) {
        String lower = words.toLowerCase(Locale.ROOT);
        return offers.stream()
                .map(Offer::until)
                .filter(until -> until.getDayOfMonth() >= END_OF_MONTH
                        && END.matcher(lower).find())
                .anyMatch(until -> Stream.of(Locale.ENGLISH, Locale.of("es"))
                        .map(language -> until.getMonth().getDisplayName(TextStyle.FULL, language))
                        .anyMatch(month -> lower.contains(month.toLowerCase(Locale.ROOT))));
    }

    /** Whether it is the first day on which an offer is over. */
    boolean endsBefore(Claims.Written day) {
        return offers.stream().anyMatch(offer -> day.is(offer.until().plusDays(1)));
    }

    /** Whether it says that there is no minimum, of an offer that has none. */
    boolean isUnlimited(String words, String text) {
        return WITHOUT_MINIMUM.matcher(words).matches()
                && offers.stream().anyMatch(offer -> offer.minimum() == null)
                && offers.stream()
                        .filter(offer -> offer.minimum() != null)
                        .noneMatch(offer -> Claims.sentences(text).anyMatch(sentence -> makes(sentence, offer)));
    }

    /** Whether an offer begins or ends on it. */
    boolean isDay(Claims.Written day) {
        return isDay(offers, day);
    }

    private static boolean isDay(List<Offer> offers, Claims.Written day) {
        return offers.stream()
                .flatMap(offer -> Stream.of(offer.from(), offer.until()))
                .anyMatch(day::is);
    }

    /** Whether these words say that something is free, and the sentence that it is a gift of the brief, or shipping. */
    boolean isGiven(String words, String text) {
        boolean bare = IT.matcher(text).matches() && (gives(Reward.SHIPPING) || gives(Reward.GIFT));
        return bare
                || (FREE.matcher(words).find() || ADDED.matcher(words).find())
                        && (IT_TOO.matcher(words).find() ? Stream.of(text) : Claims.sentences(text))
                                .filter(sentence -> sentence.contains(words))
                                .anyMatch(sentence -> isSent(words, sentence)
                                        || !giftsIn(sentence).isEmpty()
                                        || isSaidFree(sentence));
    }

    /** Whether these words speak of a gift, and so that it may be the one of an offer. */
    boolean isGift(String words, String text) {
        return gives(Reward.GIFT)
                && (A_GIFT.matcher(words).find()
                        || Claims.sentences(text)
                                .filter(sentence -> sentence.contains(words))
                                .anyMatch(sentence -> !giftsIn(sentence).isEmpty()));
    }

    private static final Pattern ON_US =
            Pattern.compile("^(?:(?:is|are) on us|(?:corre|va)n? (?:de|por) nuestra cuenta)$", FLAGS);

    /** What a parcel is sent over. */
    private static final Pattern WAY_ON_US = Pattern.compile(
            "(?<!\\p{L})(?:last mile|journey|trip|ride|stamp|paseo|viaje|trayecto|camino|sello)s?(?: \\p{L}+){0,4}? (?:(?:is|are) on us|(?:corre|va)n? (?:de|por) nuestra cuenta)",
            FLAGS);

    private boolean isSent(String words, String sentence) {
        boolean onUs =
                ON_US.matcher(words).find() && SHIPPED_WORDS.matcher(sentence).find();
        if (gives(Reward.SHIPPING) && (onUs || WAY_ON_US.matcher(sentence).find())) {
            return true;
        }
        String sent = BARELY.matcher(words).matches() ? sentence : words;
        return gives(Reward.SHIPPING)
                && (SENT.matcher(sent).find() || TRAVELS.matcher(sent).find());
    }

    /** A code and what it does may stand in paragraphs of their own, one below the other. */
    void look(String field, String words, Findings findings) {
        String text = Claims.withoutAddresses(words);
        codesIn(text).forEach(code -> findings.add(Claims.DISCOUNT, field, code, "is not a code of the brief"));
        List<Offer> coded =
                offers.stream().filter(offer -> hasCode(text, offer)).toList();
        if (coded.isEmpty()) {
            return;
        }
        for (String sentence : Claims.sentences(Numerals.inDigits(text)).toList()) {
            for (MatchResult percent :
                    Numerals.PERCENT.matcher(sentence).results().toList()) {
                BigDecimal value = Numerals.value(percent.group(1));
                if (Claims.isReduction(sentence, percent) && isOfAnother(coded, offer -> takes(offer, value))) {
                    findings.add(Claims.DISCOUNT, field, percent.group(), "is not what this code gives");
                }
            }
            for (Sum taken : amounts(TAKEN_OFF, sentence)) {
                if (isOfAnother(coded, offer -> takenOff(offer).anyMatch(taken.amount()::equals))) {
                    findings.add(Claims.DISCOUNT, field, sentence.strip(), "is not what this code gives");
                }
            }
            List<Offer> gifts = giftsIn(sentence);
            boolean given = isAdded(sentence) || coded.stream().anyMatch(offer -> hasCode(sentence, offer));
            if (!gifts.isEmpty() && given && isOfAnother(coded, gifts::contains)) {
                findings.add(Claims.DISCOUNT, field, sentence.strip(), "is not what this code gives");
            }
        }
    }

    /** Whether some offers are so, each with a code, and none of those whose codes are told. */
    private boolean isOfAnother(List<Offer> coded, Predicate<Offer> isSo) {
        List<Offer> so = offers.stream().filter(isSo).toList();
        return !so.isEmpty() && so.stream().allMatch(offer -> offer.code() != null) && Collections.disjoint(so, coded);
    }

    private Set<String> codesIn(String text) {
        Set<String> used = new HashSet<>();
        for (Pattern pattern : List.of(CODE, LIKE_A_CODE)) {
            Matcher matcher = pattern.matcher(text);
            while (matcher.find()) {
                String code = matcher.group(matcher.groupCount());
                if (!codes.contains(code)) {
                    used.add(code);
                }
            }
        }
        return used;
    }

    /**
     * Sentence by sentence.
     *
     * @param text of a paragraph
     * @param rest without what the brief says in these very words
     */
    void look(String text, String rest, Statements stated) {
        Claims.sentences(text).forEach(sentence -> terms(sentence, stated));
        String before = "";
        for (String sentence : Claims.sentences(rest).toList()) {
            for (Sum taken : amounts(TAKEN_OFF, sentence)) {
                if (!takenOff.contains(taken.amount())) {
                    stated.add(Claims.DISCOUNT, taken.words(), "is not what an offer of the brief takes off");
                }
            }
            if (isForNothing(sentence)
                    && (sold.matcher(sentence).find() || !isFree(sentence) && !isFreeToo(sentence, before))) {
                stated.add(Claims.DISCOUNT, sentence.strip(), "nothing of the brief is given so");
            }
            before = sentence;
        }
    }

    /** Whether it goes on about what the sentence before names, and that is free. */
    private boolean isFreeToo(String sentence, String before) {
        return GOES_ON.matcher(sentence).lookingAt() && isSaidFree(before);
    }

    private static final Pattern GOES_ON = Pattern.compile(
            "(?:and |y )?(?:it(?:'s| is| costs)|that(?:'s| is)|this is|es|eso es|no (?:te |le )?cuesta)(?!\\p{L})",
            FLAGS);

    /** That a product itself is for nothing, and no part of a gift. */
    private static Pattern sold(List<Product> products, List<Offer> offers) {
        String gifts = offers.stream()
                .flatMap(offer -> offer.gift().values().stream())
                .map(gift -> gift.text().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining("\n"));
        String names = products.stream()
                .flatMap(product -> product.name().values().stream())
                .filter(name -> !gifts.contains(name.text().toLowerCase(Locale.ROOT)))
                .map(name -> Pattern.quote(name.text()))
                .collect(Collectors.joining("|"));
        return names.isEmpty()
                ? NOTHING
                : Pattern.compile(
                        "(?<!\\p{L})(?:" + names
                                + ") (?:is|are|es|son|goes|comes|te sale|sale|va|viene)(?: (?:yours|all yours|tuy[oa]|completely|totalmente|with it|along))*(?: for)? (?:free|nothing|gratis|de regalo)(?! (?:shipping|delivery|of(?! charge)))(?!\\p{L})",
                        FLAGS);
    }

    private static boolean isForNothing(String sentence) {
        return FOR_NOTHING.matcher(sentence).find()
                && FOR_NOTHING
                        .matcher(AT_LIBERTY.matcher(sentence).replaceAll("|"))
                        .find();
    }

    /** Whether the brief says that something of which the sentence speaks is. */
    private boolean isFree(String sentence) {
        boolean sent = gives(Reward.SHIPPING)
                && (SENT.matcher(sentence).find() || TRAVELS.matcher(sentence).find());
        return sent || isShipped(sentence) || !giftsIn(sentence).isEmpty() || isSaidFree(sentence);
    }

    /** Whether it speaks of what is free in the brief: in one word that tells, or in two. */
    private boolean isSaidFree(String sentence) {
        Set<String> words = Claims.wordsOf(sentence);
        Set<String> roots = roots(words);
        boolean bare = !free.isEmpty() && SO_IT_IS.matcher(sentence).matches();
        return bare
                || services.stream().anyMatch(service -> service.isMeant(roots))
                || free.stream().anyMatch(about -> {
                    List<String> shared = about.stream()
                            .filter(words::contains)
                            .filter(word -> !FOR_NOTHING.matcher(word).matches() && !OF_PRICE.contains(word))
                            .toList();
                    return shared.size() >= 2 || shared.stream().anyMatch(word -> !usual.contains(word));
                });
    }

    /** A sentence that speaks of a code without naming it hides no minimum of all that have one. */
    private void ofTheCode(String sentence, Statements stated) {
        List<Offer> coded =
                offers.stream().filter(offer -> offer.code() != null).toList();
        if (!coded.isEmpty()
                && coded.stream().allMatch(offer -> conceals(sentence, offer.minimum()))
                && THE_CODE.matcher(sentence).find()) {
            ANY_ORDER
                    .matcher(sentence)
                    .results()
                    .map(MatchResult::group)
                    .filter(wide -> !EVERYBODY.matcher(wide).lookingAt())
                    .forEach(wide -> stated.add(Claims.DISCOUNT, wide, "the offer has a minimum"));
        }
    }

    /** A sentence that makes offers has the days of these, and applies from their minimum on. */
    private void terms(String sentence, Statements stated) {
        List<Offer> made =
                offers.stream().filter(offer -> makes(sentence, offer)).toList();
        if (made.isEmpty()) {
            ofTheCode(sentence, stated);
            return;
        }
        List<Offer> told =
                Stream.concat(made.stream(), giftsIn(sentence).stream()).toList();
        Claims.daysIn(sentence).stream()
                .filter(day -> isDay(offers, day.anyYear()) && !isDay(told, day.anyYear()))
                .forEach(day -> stated.add(Claims.CLAIM, day.words(), "is a day of another offer"));
        Matcher any = ANY_ORDER.matcher(sentence);
        while (any.find()) {
            String wide = any.group();
            if (made.stream().allMatch(offer -> conceals(sentence, offer.minimum()))) {
                stated.add(Claims.DISCOUNT, wide, "the offer has a minimum");
            } else if (made.stream()
                    .allMatch(offer ->
                            isNarrower(offer, wide) && !hasTerms(sentence, offer) && !limits(offer, sentence, any))) {
                stated.add(Claims.DISCOUNT, wide, "the offer has terms");
            }
        }
        COMES_WITH
                .matcher(sentence)
                .results()
                .filter(with -> !OF_ANY_ORDER.contains(with.group(1).toLowerCase(Locale.ROOT)))
                .filter(with -> made.stream()
                        .allMatch(offer -> offer.reward() == Reward.GIFT
                                && !offer.terms().isEmpty()
                                && offer.terms().values().stream()
                                        .noneMatch(terms ->
                                                roots(Claims.wordsOf(terms)).contains(root(with.group(1))))
                                && !hasTerms(sentence, offer)))
                .forEach(with -> stated.add(Claims.DISCOUNT, with.group(), "the offer has terms"));
        if (made.stream().allMatch(offer -> offer.code() != null)) {
            NO_CODE.matcher(sentence)
                    .results()
                    .forEach(without -> stated.add(Claims.DISCOUNT, without.group(), "the offer has a code"));
        }
        ALWAYS.matcher(sentence)
                .results()
                .forEach(always -> stated.add(Claims.CLAIM, always.group(), "the offer ends"));
        SINGLE.matcher(sentence)
                .results()
                .filter(single -> made.stream().allMatch(offer -> needsSeveral(offer, Numerals.stem(single.group(1)))))
                .forEach(single -> stated.add(Claims.DISCOUNT, single.group(), "the offer has terms"));
        for (Offer offer : made) {
            bought(sentence, offer)
                    .ifPresent(product -> stated.add(Claims.DISCOUNT, product, "does not come with that alone"));
        }
        for (Sum from : amounts(FROM_ON, sentence)) {
            if (!minimums.contains(from.amount())
                    && made.stream().map(Offer::minimum).noneMatch(minimum -> isAs(minimum, from.amount()))) {
                stated.add(Claims.DISCOUNT, from.words(), "is not the minimum of the offer");
            }
        }
        SEVERAL.matcher(sentence)
                .results()
                .filter(several -> made.stream().anyMatch(giftsIn(several.group(1))::contains))
                .forEach(several -> stated.add(Claims.DISCOUNT, several.group().strip(), "the offer gives one"));
        for (Offer offer : made) {
            Matcher gives = otherwise.getOrDefault(offer.id(), NOTHING).matcher(sentence);
            if (gives.find()) {
                stated.add(Claims.DISCOUNT, gives.group(), "is what another offer gives");
            }
        }
    }

    /** A code of which something is said that it does not do. */
    private static Pattern shipping(Offer offer) {
        String code = Pattern.quote(String.valueOf(offer.code()));
        return Pattern.compile(code + SHIPS + "|" + WITH_IT + code + IS_SENT, FLAGS);
    }

    /** Whether its terms ask for more than one of this. */
    private static boolean needsSeveral(Offer offer, String noun) {
        return offer.terms().values().stream()
                .flatMap(terms -> SEVERAL.matcher(terms).results())
                .flatMap(several -> NOUN.matcher(several.group(1)).results())
                .anyMatch(word ->
                        Numerals.stem(word.group().toLowerCase(Locale.ROOT)).equals(noun));
    }

    /** A product with which an offer is said to come that does not reach its minimum, or of which the terms of a gift do not speak. */
    private Optional<String> bought(String sentence, Offer offer) {
        Brief.Money minimum = offer.minimum();
        Set<String> terms = offer.reward() == Reward.GIFT ? termsOf(offer) : Set.of();
        boolean limited = conceals(sentence, minimum);
        boolean worded = !terms.isEmpty() && Collections.disjoint(Claims.wordsOf(sentence), terms);
        if (!limited && !worded) {
            return Optional.empty();
        }
        return products.stream()
                .filter(product -> limited && minimum != null && isBelow(product.price(), minimum)
                        || worded && Collections.disjoint(textOf(product), terms))
                .flatMap(product -> with.getOrDefault(product.id(), NOTHING)
                        .matcher(sentence)
                        .results())
                .map(MatchResult::group)
                .findFirst();
    }

    /** Words of its terms that are not those of what is given, nor of more than one product. */
    private Set<String> termsOf(Offer offer) {
        Set<String> terms = new HashSet<>(telling(offer.terms()));
        offer.gift().values().forEach(gift -> terms.removeAll(Claims.tellingOf(gift.text())));
        Set<String> telling = terms.stream()
                .filter(word -> products.stream()
                                .filter(product -> textOf(product).contains(word))
                                .count()
                        <= 1)
                .collect(Collectors.toSet());
        return telling.isEmpty() ? terms : telling;
    }

    private static Set<String> textOf(Product product) {
        Set<String> words = new HashSet<>(telling(product.text()));
        product.name().values().forEach(name -> words.addAll(Claims.tellingOf(name.text())));
        return words;
    }

    private static boolean isBelow(Brief.@Nullable Money price, Brief.Money minimum) {
        return price != null
                && price.currency().equals(minimum.currency())
                && price.amount().compareTo(minimum.amount()) < 0;
    }

    private static Set<String> telling(Map<String, String> texts) {
        return Claims.tellingOf(String.join(" ", texts.values()));
    }

    private static Pattern with(Product product) {
        return Pattern.compile(
                "(?<!\\p{L})(?:with|buy|order|off|con|compras?|pides?|pide|descuento (?:en|de)) (?:(?:every|each|any|the|an?|your|el|la|cada|un|una|cualquier|tu|su) )?(?:"
                        + product.name().values().stream()
                                .map(name -> Pattern.quote(name.text()))
                                .collect(Collectors.joining("|"))
                        + ")",
                FLAGS);
    }

    /** How often a code may be used, which narrows no order. */
    private static final Pattern HOW_OFTEN = Pattern.compile(
            "(?<!\\p{L})(?:(?:per|por) (?:order|person|customer|household|pedido|persona|cliente)|combin\\p{L}+|acumul\\p{L}+)(?!\\p{L})",
            FLAGS);

    /** Whether the brief says of it with what it comes, and not so. */
    private static boolean isNarrower(Offer offer, String wide) {
        return !offer.terms().isEmpty()
                && offer.terms().values().stream()
                        .noneMatch(terms ->
                                HOW_OFTEN.matcher(terms).find() || isAsWide(terms.toLowerCase(Locale.ROOT), wide));
    }

    /** "Any order of the exam course" is not any order. */
    private static boolean isAsWide(String terms, String wide) {
        int at = terms.indexOf(wide.toLowerCase(Locale.ROOT));
        return at >= 0
                && !OF.matcher(terms).region(at + wide.length(), terms.length()).lookingAt();
    }

    private static final Pattern OF_WHAT = Pattern.compile(
            "\\s+(?:of|from|for|with|del?|con|para)\\s+(?:(?:an?|the|una?|el|los|las?)\\s+)?\\p{L}{3,}", FLAGS);

    /** "Any order of a kite", as its terms say. */
    private static boolean limits(Offer offer, String sentence, Matcher any) {
        Matcher what = OF_WHAT.matcher(sentence).region(any.end(), sentence.length());
        return what.lookingAt()
                && offer.terms().values().stream()
                        .anyMatch(terms -> terms.toLowerCase(Locale.ROOT)
                                .contains(sentence.substring(any.start(), what.end())
                                        .toLowerCase(Locale.ROOT)));
    }

    private static final Pattern OF = Pattern.compile("\\s+(?:of|from|for|with|del?|con|para)(?!\\p{L})");

    /** Whether the sentence has all words that tell of its terms, however it puts them. */
    private static boolean hasTerms(String sentence, Offer offer) {
        Set<String> said = roots(Claims.wordsOf(sentence));
        return offer.terms().values().stream()
                .map(terms -> roots(Claims.tellingOf(QUANTIFIER.matcher(terms).replaceAll(" "))))
                .anyMatch(telling -> !telling.isEmpty() && said.containsAll(telling));
    }

    /** Whether an offer takes so much off. */
    boolean takesOff(Amount amount) {
        return takenOff.contains(amount);
    }

    /** Whether there is a minimum, and the sentence does not say it. */
    private static boolean conceals(String sentence, Brief.@Nullable Money minimum) {
        return minimum != null
                && Numerals.MONEY
                        .matcher(sentence)
                        .results()
                        .noneMatch(
                                money -> money.group().contains(minimum.amount().toPlainString()));
    }

    private boolean makes(String sentence, Offer offer) {
        if (hasCode(sentence, offer)) {
            return true;
        }
        return switch (offer.reward()) {
            case SHIPPING -> SHIPPED_WORDS.matcher(sentence).find();
            case PERCENT ->
                Numerals.PERCENT
                        .matcher(sentence)
                        .results()
                        .anyMatch(percent -> takes(offer, Numerals.value(percent.group(1))));
            case AMOUNT ->
                amounts(TAKEN_OFF, sentence).stream()
                        .anyMatch(taken -> takenOff(offer).anyMatch(taken.amount()::equals));
            case GIFT -> A_GIFT.matcher(sentence).find() || giftsIn(sentence).contains(offer) && isAdded(sentence);
        };
    }

    private static boolean hasCode(String text, Offer offer) {
        return offer.code() != null && text.contains(offer.code());
    }

    private static Stream<Amount> takenOff(Offer offer) {
        BigDecimal value = offer.value();
        return offer.reward() == Reward.AMOUNT && value != null && offer.currency() != null
                ? Amount.of(value, offer.currency())
                : Stream.empty();
    }

    /** Whether it names a part of the price, as much of which an offer takes off. */
    boolean isPart(String words) {
        String lower = words.toLowerCase(Locale.ROOT);
        return PARTS.entrySet().stream()
                .filter(part -> part.getValue().stream().anyMatch(lower::contains))
                .anyMatch(part -> offers.stream().anyMatch(offer -> takes(offer, BigDecimal.valueOf(part.getKey()))));
    }

    private static boolean takes(Offer offer, BigDecimal percent) {
        BigDecimal value = offer.value();
        return offer.reward() == Reward.PERCENT && value != null && value.compareTo(percent) == 0;
    }

    private static boolean isAs(Brief.@Nullable Money money, Amount amount) {
        return money != null && Amount.of(money).anyMatch(amount::equals);
    }

    /** @param words with what makes it one */
    private record Sum(Amount amount, String words) {}

    private static List<Sum> amounts(Pattern pattern, String text) {
        if (text.chars().noneMatch(Character::isDigit)) {
            return List.of(); // as most sentences
        }
        List<Sum> sums = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            String money = matcher.group("behind") == null ? matcher.group("ahead") : matcher.group("behind");
            Matcher sum = Numerals.MONEY.matcher(money);
            if (sum.find()) {
                sums.add(new Sum(Amount.of(sum), matcher.group().strip()));
            }
        }
        return sums;
    }

    private static boolean isAdded(String sentence) {
        return FREE.matcher(sentence).find() || ADDED.matcher(sentence).find();
    }

    /** The offers of gifts that a sentence names: by the noun, since an otter is no otter poster. */
    private List<Offer> giftsIn(String sentence) {
        if (!gives(Reward.GIFT)) {
            return List.of();
        }
        Set<String> stems = NOUN.matcher(sentence)
                .results()
                .map(word -> stem(word.group().toLowerCase(Locale.ROOT)))
                .collect(Collectors.toSet());
        return offers.stream()
                .filter(offer -> offer.gift().entrySet().stream().anyMatch(gift -> {
                    String noun = noun(gift.getKey(), gift.getValue());
                    return stems.contains(noun)
                            && (!SPANS.contains(noun)
                                    || GIVEN_SPAN.matcher(sentence).find()
                                    || namesRest(gift.getValue(), noun, stems));
                }))
                .toList();
    }

    private static String noun(String language, Term gift) {
        String text = MEASURE.matcher(gift.text().toLowerCase(Locale.ROOT)).replaceFirst("");
        String[] words =
                text.split(language.equals("es") ? "\\s+" : "\\s+(?:of|for|with|from|in)\\s+", -1)[0].split("\\s+", -1);
        return stem(words[words.length - 1]);
    }

    private static final Pattern NOUN = Pattern.compile("\\p{L}{3,}");

    /** Of which every mail speaks: that a month is given has to be said, or of what. */
    private static final Set<String> SPANS = Stream.of(
                    "day", "week", "month", "year", "hour", "día", "semana", "mes", "año", "hora")
            .map(OfferTerms::stem)
            .collect(Collectors.toUnmodifiableSet());

    private static final Pattern GIVEN_SPAN = Pattern.compile(
            "(?<!\\p{L})(?:free (?:day|week|month|year|hour)|(?:day|week|month|year|hour) (?:free|for free|on us)|(?:un|una) (?:día|semana|mes|año|hora) (?:gratis|de regalo))(?!\\p{L})",
            FLAGS);

    private static boolean namesRest(Term gift, String noun, Set<String> stems) {
        return Claims.tellingOf(gift.text()).stream()
                .map(OfferTerms::stem)
                .anyMatch(word -> !word.equals(noun) && stems.contains(word));
    }

    private static String stem(String noun) {
        return noun.length() <= SHORTEST_STEM ? noun : noun.replaceAll("(?:es|s)$", "");
    }

    /** As <em>mes</em>. */
    private static final int SHORTEST_STEM = 3;
}
