package winback.content.composer;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import winback.content.brief.Brief.Money;
import winback.content.brief.Brief.Offer;
import winback.content.brief.Term;
import winback.content.drafts.Style;

/** What has to be known of a language to put a noun phrase into a sentence. */
abstract sealed class Grammar {

    static Grammar of(String language) {
        return switch (language) {
            case "en" -> new English();
            case "es" -> new Spanish();
            default -> throw new IllegalArgumentException("unknown language: " + language);
        };
    }

    /** The noun phrase behind an article or determiner, given in its masculine singular, if it goes with one. */
    final String determined(String determiner, Term term) {
        return term.bare() ? term.text() : behind(determiner, term);
    }

    abstract String behind(String determiner, Term term);

    /**
     * A word that agrees with a noun phrase.
     *
     * @param form both forms as {@code singular|plural}, or an adjective in its masculine singular
     */
    abstract String agreeing(String form, Term term);

    /** A day of the year within a sentence. */
    abstract String day(LocalDate day);

    abstract String money(Money money);

    /** What an offer gives. */
    abstract Term offer(Offer offer);

    /** {@link #offer} within a sentence, with an article where the language wants one. */
    abstract String offered(Offer offer);

    /** Whether terms say where or with what something applies, without a verb of their own. */
    abstract boolean isAdverbial(String terms);

    /** Words that subject, preheader, invitation, call to action and post-script of one mail do not share. */
    abstract List<Pattern> saidOnce();

    /** A finished text with what the language contracts. */
    abstract String polished(String text, Style style);

    static String between(String form, Term term) {
        int bar = form.indexOf('|');
        return bar < 0 ? form : term.plural() ? form.substring(bar + 1) : form.substring(0, bar);
    }

    private static List<Pattern> words(String... alternatives) {
        return Stream.of(alternatives)
                .map(words -> Pattern.compile("(?iu)(?<!\\p{L})(?:" + words + ")(?!\\p{L})"))
                .toList();
    }

    private static String plain(BigDecimal amount) {
        return amount.stripTrailingZeros().toPlainString();
    }

    /** With no digits behind the point, or as many as the currency has. */
    private static String plain(Money money) {
        BigDecimal amount = money.amount().stripTrailingZeros();
        int digits = Currency.getInstance(money.currency()).getDefaultFractionDigits();
        return amount.scale() <= 0
                ? amount.toPlainString()
                : amount.setScale(Math.max(amount.scale(), digits)).toPlainString();
    }

    private static BigDecimal valueOf(Offer offer) {
        BigDecimal value = offer.value();
        if (value == null) {
            throw new IllegalArgumentException("offer " + offer.id() + " has no value");
        }
        return value;
    }

    private static String currencyOf(Offer offer) {
        String currency = offer.currency();
        return currency == null ? "EUR" : currency;
    }

    private static Term giftOf(Offer offer, String language) {
        Term gift = offer.gift().get(language);
        if (gift == null) {
            throw new IllegalArgumentException("offer " + offer.id() + " has no gift in " + language);
        }
        return gift;
    }

    private static final class English extends Grammar {

        private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("MMMM d", Locale.ENGLISH);
        /** By the sound: "an hour", "a one-piece", "an MP3 player", "a USB stick". */
        private static final Pattern VOWEL = Pattern.compile(
                "(?:[AEFHILMNORSX](?:[A-Z0-9]{1,4}(?![A-Za-z])|-|(?![\\w])).*"
                        + "|(?!U[A-Z0-9]{1,4}(?![A-Za-z]))(?i:hour|heir|hono|honest|(?!one(?!\\p{L})|once|eu|ewe|ur[aeiou]|u(?:ni|s[eu]|ti|bi|k|\\W))[aeiou]|8|11(?!\\d)|18(?!\\d))(?s:.*))");

        /** What casual English contracts; the other way round for formal English. */
        private static final Map<String, String> CONTRACTIONS = Map.ofEntries(
                Map.entry("It has been", "It's been"),
                Map.entry("it has been", "it's been"),
                Map.entry("We would", "We'd"),
                Map.entry("we would", "we'd"),
                Map.entry("We will", "We'll"),
                Map.entry("we will", "we'll"),
                Map.entry("We are", "We're"),
                Map.entry("we are", "we're"),
                Map.entry("We have been", "We've been"),
                Map.entry("We have missed", "We've missed"),
                Map.entry("You will", "You'll"),
                Map.entry("you will", "you'll"),
                Map.entry("That is", "That's"),
                Map.entry("that is", "that's"),
                Map.entry("There is", "There's"),
                Map.entry("there is", "there's"),
                Map.entry("What is", "What's"),
                Map.entry("what is", "what's"),
                Map.entry("do not", "don't"),
                Map.entry("does not", "doesn't"),
                Map.entry("did not", "didn't"),
                Map.entry("have not", "haven't"));

        private static final List<Pattern> ONCE = words(
                "looks?|looking",
                "see(?:ing)?",
                "back|return",
                "begin|start|first",
                "minute|moment",
                "touch",
                "lovely|glad",
                "invitation",
                "thanks?(?: you)?");

        private static final Pattern ADVERBIAL = Pattern.compile("(?iu)(?:with|on|for|in|from|when|if|only)\\s.*");

        /** Not before a pause or at an end: "more than we have" stays. */
        private static String contracted(String text) {
            String shorter = text;
            for (Map.Entry<String, String> pair : CONTRACTIONS.entrySet()) {
                if (shorter.contains(pair.getKey())) {
                    shorter =
                            shorter.replaceAll("(?<![\\p{L}'])" + pair.getKey() + "(?= [\\p{Ll}\\d])", pair.getValue());
                }
            }
            return shorter;
        }

        private static String capital(String words) {
            return Character.toUpperCase(words.charAt(0)) + words.substring(1);
        }

        private static String expanded(String text) {
            String longer = text;
            for (Map.Entry<String, String> pair : CONTRACTIONS.entrySet()) {
                longer = longer.replace(pair.getValue(), pair.getKey())
                        .replace(capital(pair.getValue()), capital(pair.getKey()));
            }
            return longer;
        }

        @Override
        String behind(String determiner, Term term) {
            String word = determiner.equals("a") && VOWEL.matcher(term.text()).matches() ? "an" : determiner;
            return determiner.equals("a") && (term.plural() || term.isUncountable())
                    ? term.text()
                    : word + " " + term.text();
        }

        @Override
        String agreeing(String form, Term term) {
            return between(form, term);
        }

        @Override
        String day(LocalDate day) {
            return DAY.format(day);
        }

        @Override
        String money(Money money) {
            String symbol = Currency.getInstance(money.currency()).getSymbol(Locale.US);
            String space =
                    symbol.length() > 1 && Character.isLetter(symbol.charAt(symbol.length() - 1)) ? "\u00a0" : "";
            return symbol + space + plain(money);
        }

        @Override
        Term offer(Offer offer) {
            return switch (offer.reward()) {
                case PERCENT -> new Term(plain(valueOf(offer)) + "% off", false, false);
                case AMOUNT -> new Term(money(new Money(valueOf(offer), currencyOf(offer))) + " off", false, false);
                case SHIPPING -> new Term("free shipping", false, false);
                case GIFT -> {
                    Term gift = giftOf(offer, "en");
                    yield gift.bare()
                            ? new Term(gift.text() + " as a gift", false, gift.plural(), true)
                            : new Term("free " + gift.text(), false, gift.plural());
                }
            };
        }

        @Override
        String offered(Offer offer) {
            Term term = offer(offer);
            return offer.reward() == winback.content.brief.Brief.Reward.GIFT ? determined("a", term) : term.text();
        }

        @Override
        boolean isAdverbial(String terms) {
            return ADVERBIAL.matcher(terms).matches();
        }

        @Override
        List<Pattern> saidOnce() {
            return ONCE;
        }

        @Override
        String polished(String text, Style style) {
            return style.isCasual() ? contracted(text) : style.isFormal() ? expanded(text) : text;
        }
    }

    private static final class Spanish extends Grammar {

        private static final DateTimeFormatter DAY =
                DateTimeFormatter.ofPattern("'el' d 'de' MMMM", Locale.forLanguageTag("es"));

        /** Feminine, with el and un in the singular: their first syllable is a stressed a. */
        private static final Pattern STRESSED_A = Pattern.compile(
                "(?i)(?:agua|águila|ala|alma|ama|ancla|ansia|área|arma|arpa|aula|ave|hacha|hada|hambre|haya)(?:\\b.*)?");

        private static final Map<String, List<String>> DETERMINERS = Map.of(
                "el", List.of("el", "la", "los", "las"),
                "un", List.of("un", "una"),
                "este", List.of("este", "esta", "estos", "estas"),
                "nuestro", List.of("nuestro", "nuestra", "nuestros", "nuestras"));

        private static final List<Pattern> ONCE = words(
                "vistazo",
                "ver(?:te|le|l[oa]s?|nos)?|vemos",
                "volver|v(?:ue|o)lv\\p{L}+|vuelta",
                "empezar|empie[zc]\\p{L}+|primer[oa]?",
                "minuto|momento",
                "alegr\\p{L}+",
                "ganas",
                "invitación",
                "gracias");

        private static final Pattern ADVERBIAL =
                Pattern.compile("(?iu)(?:con|en|para|por|desde|si|solo|sólo|al?|cuando)\\s.*");

        private static final Set<Character> VOWELS = Set.of('a', 'e', 'i', 'o', 'u', 'á', 'é', 'í', 'ó', 'ú');

        @Override
        String behind(String determiner, Term term) {
            if (determiner.equals("un") && term.plural()) {
                return term.text(); // "unos" would say that they are few
            }
            List<String> forms = DETERMINERS.get(determiner);
            if (forms == null) {
                throw new IllegalArgumentException("unknown determiner: " + determiner);
            }
            boolean feminine = term.feminine()
                    && !(Set.of("el", "un").contains(determiner)
                            && !term.plural()
                            && STRESSED_A.matcher(term.text()).matches());
            return forms.get((feminine ? 1 : 0) + (term.plural() ? 2 : 0)) + " " + term.text();
        }

        @Override
        String agreeing(String form, Term term) {
            if (form.contains("|")) {
                return between(form, term);
            }
            char last = form.charAt(form.length() - 1);
            String stem = form.substring(0, form.length() - 1);
            if (last == 'o') {
                return stem + (term.feminine() ? "a" : "o") + (term.plural() ? "s" : "");
            }
            if (!term.plural()) {
                return form;
            }
            return VOWELS.contains(last) ? form + "s" : last == 'z' ? stem + "ces" : form + "es";
        }

        @Override
        String day(LocalDate day) {
            return DAY.format(day);
        }

        @Override
        String money(Money money) {
            String symbol = Currency.getInstance(money.currency()).getSymbol(Locale.forLanguageTag("es-ES"));
            return plain(money).replace('.', ',') + "\u00a0" + symbol;
        }

        @Override
        Term offer(Offer offer) {
            return switch (offer.reward()) {
                case PERCENT ->
                    new Term(plain(valueOf(offer)).replace('.', ',') + "\u00a0% de descuento", false, false);
                case AMOUNT ->
                    new Term(money(new Money(valueOf(offer), currencyOf(offer))) + " de descuento", false, true);
                case SHIPPING -> new Term("envío gratis", false, false);
                case GIFT -> {
                    Term gift = giftOf(offer, "es");
                    yield new Term(gift.text() + " de regalo", gift.feminine(), gift.plural(), gift.bare());
                }
            };
        }

        @Override
        String offered(Offer offer) {
            Term term = offer(offer);
            return switch (offer.reward()) {
                case PERCENT -> determined("un", term);
                case GIFT -> determined("un", term);
                case AMOUNT, SHIPPING -> term.text();
            };
        }

        @Override
        boolean isAdverbial(String terms) {
            return ADVERBIAL.matcher(terms).matches();
        }

        @Override
        List<Pattern> saidOnce() {
            return ONCE;
        }

        @Override
        String polished(String text, @Nullable Style style) {
            return text.replace(" a el ", " al ").replace(" de el ", " del ");
        }
    }
}
