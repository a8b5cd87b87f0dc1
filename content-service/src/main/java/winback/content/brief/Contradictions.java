package winback.content.brief;

import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import winback.chassis.problems.Problem.Fault;
import winback.content.NumberWords;
import winback.content.brief.Brief.Fact;
import winback.content.brief.Brief.Money;
import winback.content.brief.Brief.Offer;
import winback.content.brief.Brief.Product;
import winback.content.brief.Brief.Reward;

/** What parts of a brief, each well by itself, say against each other. */
final class Contradictions {

    /** Names, such as "B Corp", are the same in every language. */
    private static final Pattern WORDS = Pattern.compile("(?<!\\S)\\p{Ll}{2,}.*\\s\\p{Ll}{2,}");

    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;

    /** What a brand has one of: its first group is how much, the second, where there is one, of what. */
    private static final Map<String, Pattern> SINGLE = Map.of(
            "rating",
            Pattern.compile(
                    "(\\d+(?:[.,]\\d+)?) ?(?:out of|of|de|sobre|/) ?(5|10|five|ten|cinco|diez)(?![\\d\\p{L}])", FLAGS),
            "first year",
            Pattern.compile(
                    "(?:since|founded in|established in|opened (?:\\p{L}+ ){0,3}?in|started in|desde|fundad[oa]s? en|abrimos (?:\\p{L}+ ){0,3}?en|empezamos en|nacimos en) (?:el año )?(1\\d{3}|20\\d{2})(?!\\d)",
                    FLAGS));

    /** How many, or how long, in digits or words. */
    private static final Pattern QUANTITY = Pattern.compile(
            "(?<![\\p{L}\\d])(?:\\d+(?:[.,\\u202f\\u00a0]\\d+)*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|un|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce)"
                    + "(?:[ -](?:hour|day|week|month|year|hora|día|semana|mes|año)(?:s|es)?)?(?!\\p{L})",
            FLAGS);

    private static final Pattern COSTS = Pattern.compile(
            "(?:costs?|is|priced at|for|at|cuesta|vale|es|por)\\s+(?:only |just |now |s[oó]lo |ahora )?(?:(?:€|£|\\$|EUR|USD|GBP)\\s?(\\d+(?:[.,]\\d+)?)|(\\d+(?:[.,]\\d+)?)\\s?(?:€|£|\\$|EUR|USD|GBP|euros?|dollars?|pounds?|dólares|libras|pesos)(?!\\p{L}))",
            FLAGS);

    private static final Pattern IN_WORDS =
            Pattern.compile("(?<![\\p{L}\\d-])(?:" + NumberWords.PATTERN + ")(?![\\p{L}\\d-])", FLAGS);

    /** None ends with "from 7 a.m. to 10 p.m.". */
    static final Pattern SENTENCES = Pattern.compile("(?<=[.!?])\\s+(?!\\p{Ll})");

    private static final Pattern WEEKDAY =
            Pattern.compile("(?<!\\p{L})(" + String.join("|", Weekdays.BY_NAME.keySet()) + ")s?(?!\\p{L})", FLAGS);

    private final List<Fault> faults = new ArrayList<>();

    private Contradictions() {}

    /** @param brief one without other faults */
    static List<Fault> in(Brief brief) {
        Contradictions contradictions = new Contradictions();
        contradictions.find(brief);
        return contradictions.faults;
    }

    private void find(Brief brief) {
        refuseTwice("facts", brief.facts().stream().map(Fact::id).toList());
        refuseTwice("products", brief.products().stream().map(Product::id).toList());
        refuseTwice("offers", brief.offers().stream().map(Offer::id).toList());
        for (int i = 0; i < brief.facts().size(); i++) {
            Fact fact = brief.facts().get(i);
            compareLanguages("facts[" + i + "].text", fact.text());
            refuseUnknown(brief, "facts[" + i + "].of", fact);
            refuseAvoided(brief, "facts[" + i + "].text", fact.text());
        }
        for (int i = 0; i < brief.products().size(); i++) {
            Product product = brief.products().get(i);
            compareLanguages("products[" + i + "].text", product.text());
            refuseAvoided(brief, "products[" + i + "].text", product.text());
        }
        refuseNamesakes(brief);
        refuseOtherAddress(brief);
        for (String language : brief.languages()) {
            Map<String, String> texts = texts(brief, language);
            texts.forEach((field, text) -> comparePrices(brief, language, field, text));
            SINGLE.forEach((what, pattern) -> compare(what, pattern, texts));
            compareQuantities(texts);
            faults.addAll(Durations.differing(brief, language, texts));
            Counts.differing(texts).stream()
                    .filter(fault ->
                            faults.stream().noneMatch(known -> known.field().equals(fault.field())))
                    .forEach(faults::add);
            texts.forEach((field, text) -> OffersRetold.in(field, text, brief).ifPresent(faults::add));
            texts.forEach((field, text) -> GivenAway.in(text, brief)
                    .ifPresent(given -> faults.add(new Fault(
                            field, "contradiction", "states a discount, \"" + given + "\"; discounts are offers"))));
        }
        Map<String, Integer> codes = new HashMap<>();
        for (int i = 0; i < brief.offers().size(); i++) {
            Offer offer = brief.offers().get(i);
            compareLanguages("offers[" + i + "].terms", offer.terms());
            refuseAvoided(brief, "offers[" + i + "].terms", offer.terms());
            String terms = "offers[" + i + "].terms.";
            offer.terms()
                    .forEach((language, text) ->
                            OffersRetold.inTerms(terms + language, text, offer).ifPresent(faults::add));
            Map<String, String> gifts = new LinkedHashMap<>();
            offer.gift().forEach((language, gift) -> gifts.put(language, gift.text()));
            refuseAvoided(brief, "offers[" + i + "].gift", gifts);
            compareWithMinimum(i, offer);
            Integer before = offer.code() == null ? null : codes.putIfAbsent(offer.code(), i);
            if (before != null && !sameReward(offer, brief.offers().get(before))) {
                faults.add(new Fault(
                        "offers[" + i + "].code",
                        "contradiction",
                        "is that of offers[" + before + "], which gives something else"));
            }
        }
    }

    /** Who gets as much off as has to be spent gets it for nothing. */
    private void compareWithMinimum(int i, Offer offer) {
        Money minimum = offer.minimum();
        BigDecimal value = offer.value();
        if (offer.reward() != Reward.AMOUNT || minimum == null || value == null) {
            return;
        }
        if (!minimum.currency().equals(offer.currency())) {
            faults.add(new Fault(
                    "offers[" + i + "].minimum.currency",
                    "contradiction",
                    "is " + minimum.currency() + ", where the amount off is in " + offer.currency()));
        } else if (value.compareTo(minimum.amount()) >= 0) {
            faults.add(new Fault(
                    "offers[" + i + "].value",
                    "contradiction",
                    "has to be below the minimum of the order, "
                            + minimum.amount().toPlainString()));
        }
    }

    /** Nobody could tell which of the two a mail means, nor what it costs. */
    private void refuseNamesakes(Brief brief) {
        for (String language : brief.languages()) {
            Map<String, Integer> names = new HashMap<>();
            for (int i = 0; i < brief.products().size(); i++) {
                Term name = brief.products().get(i).name().get(language);
                Integer before =
                        name == null ? null : names.putIfAbsent(name.text().toLowerCase(Locale.ROOT), i);
                if (before != null) {
                    faults.add(new Fault(
                            "products[" + i + "].name." + language,
                            "duplicate",
                            "is the name of products[" + before + "], too"));
                }
            }
        }
    }

    /** A mail that says usted would quote what says tú. */
    private void refuseOtherAddress(Brief brief) {
        boolean politely = brief.tone().formality() >= Brief.Tone.FORMAL;
        texts(brief, "es").forEach((field, text) -> {
            if (!field.startsWith("brand") && !SpanishAddress.suits(text, politely)) {
                faults.add(
                        new Fault(
                                field,
                                "contradiction",
                                politely
                                        ? "says tú, where mails of this formality say usted: use the third person, or a formality below .6"
                                        : "says usted, where mails of this formality say tú: use the third person, or a formality from .6 on"));
            }
        });
    }

    private static boolean sameReward(Offer one, Offer other) {
        return one.reward() == other.reward()
                && (one.value() == null ? other.value() == null : one.value().equals(other.value()));
    }

    private void refuseTwice(String field, List<String> ids) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < ids.size(); i++) {
            if (!seen.add(ids.get(i))) {
                faults.add(new Fault(field + "[" + i + "].id", "duplicate", "given twice"));
            }
        }
    }

    private void refuseUnknown(Brief brief, String field, Fact fact) {
        for (int i = 0; i < fact.of().size(); i++) {
            String id = fact.of().get(i);
            if (brief.facts().stream().noneMatch(other -> other.id().equals(id))
                    && brief.products().stream()
                            .noneMatch(product -> product.id().equals(id))) {
                faults.add(new Fault(
                        field + "[" + i + "]", "wrong-value", "no fact and no product of the brief has this id"));
            }
        }
    }

    /** What one language says in numbers the other has to say, too, and in words of its own. */
    private void compareLanguages(String field, Map<String, String> text) {
        String en = text.get("en");
        String es = text.get("es");
        if (en != null && en.equals(es) && WORDS.matcher(en).find()) {
            faults.add(new Fault(field, "wrong-language", "is the same in both languages"));
        }
        if (en != null && es != null) {
            Numbers english = new Numbers(Counts.withoutDozens(en));
            Numbers spanish = new Numbers(Counts.withoutDozens(es));
            if (!english.areThoseOf(spanish)) {
                faults.add(new Fault(
                        field, "contradiction", "the languages differ in their numbers: " + english + ", " + spanish));
            }
            List<Integer> counted = spanish.without(Counts.inWords(en));
            List<Integer> contados = english.without(Counts.inWords(es));
            if (counted.size() == contados.size() && !counted.equals(contados)) {
                faults.add(new Fault(
                        field, "contradiction", "the languages differ in their numbers: " + counted + ", " + contados));
            }
            Set<DayOfWeek> days = weekdays(en);
            Set<DayOfWeek> others = weekdays(es);
            if (!days.isEmpty() && !others.isEmpty() && !days.equals(others)) {
                faults.add(new Fault(field, "contradiction", "the languages differ in their days of the week"));
            }
        }
    }

    private static Set<DayOfWeek> weekdays(String text) {
        return WEEKDAY.matcher(text)
                .results()
                .map(day -> Weekdays.BY_NAME.get(day.group(1).toLowerCase(Locale.ROOT)))
                .collect(Collectors.toSet());
    }

    private void refuseAvoided(Brief brief, String field, Map<String, String> texts) {
        for (String word : brief.avoid()) {
            Pattern whole = Pattern.compile(
                    "(?<![\\p{L}\\p{N}])" + Pattern.quote(word) + "(?![\\p{L}\\p{N}])",
                    Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
            texts.forEach((language, text) -> {
                if (whole.matcher(text).find()) {
                    faults.add(new Fault(
                            field + "." + language,
                            "contradiction",
                            "contains \"" + word + "\", which is to be avoided"));
                }
            });
        }
    }

    /** By field. */
    private static Map<String, String> texts(Brief brief, String language) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (int i = 0; i < brief.facts().size(); i++) {
            add(
                    texts,
                    "facts[" + i + "].text." + language,
                    brief.facts().get(i).text().get(language));
        }
        for (int i = 0; i < brief.products().size(); i++) {
            add(
                    texts,
                    "products[" + i + "].text." + language,
                    brief.products().get(i).text().get(language));
        }
        add(texts, "brand.about." + language, brief.brand().about().get(language));
        return texts;
    }

    private static void add(Map<String, String> texts, String field, @Nullable String text) {
        if (text != null) {
            texts.put(field, text);
        }
    }

    /** A sentence that says what a product costs says its price. */
    private void comparePrices(Brief brief, String language, String field, String text) {
        for (String sentence : SENTENCES.split(text)) {
            String lower = sentence.toLowerCase(Locale.ROOT);
            List<Product> named = brief.products().stream()
                    .filter(product -> {
                        Term name = product.name().get(language);
                        return product.price() != null
                                && name != null
                                && lower.contains(name.text().toLowerCase(Locale.ROOT));
                    })
                    .toList();
            Matcher costs = COSTS.matcher(
                    IN_WORDS.matcher(sentence).replaceAll(word -> String.valueOf(NumberWords.value(word.group()))));
            while (!named.isEmpty() && costs.find()) {
                String given = costs.group(1) == null ? costs.group(2) : costs.group(1);
                BigDecimal amount = new BigDecimal(given.replace(',', '.'));
                if (named.stream()
                        .noneMatch(product -> product.price() != null
                                && product.price().amount().compareTo(amount) == 0)) {
                    faults.add(new Fault(
                            field,
                            "contradiction",
                            "says " + given + " of " + named.getFirst().id() + ", whose price is another"));
                }
            }
        }
    }

    /** Two sentences that differ in their quantities only cannot both be true. */
    private void compareQuantities(Map<String, String> texts) {
        Map<String, String> first = new HashMap<>();
        Map<String, String> where = new HashMap<>();
        texts.forEach((field, text) -> {
            for (String written : SENTENCES.split(text)) {
                String sentence = written.strip();
                String without =
                        QUANTITY.matcher(sentence.toLowerCase(Locale.ROOT)).replaceAll("#");
                String before = first.putIfAbsent(without, sentence);
                where.putIfAbsent(without, field);
                if (before != null && !before.equalsIgnoreCase(sentence)) {
                    faults.add(new Fault(
                            field,
                            "contradiction",
                            "says \"" + sentence + "\", where " + where.get(without) + " says \"" + before + "\""));
                }
            }
        });
    }

    private void compare(String what, Pattern pattern, Map<String, String> texts) {
        Map<String, String> first = new HashMap<>();
        Map<String, String> where = new HashMap<>();
        texts.forEach((field, text) -> {
            Matcher matcher = pattern.matcher(text);
            while (matcher.find()) {
                String scale = matcher.groupCount() > 1 ? matcher.group(2) : "";
                String value = matcher.group(1).replace(',', '.');
                String before = first.putIfAbsent(scale, value);
                where.putIfAbsent(scale, field);
                if (before != null && !before.equals(value)) {
                    faults.add(new Fault(
                            field,
                            "contradiction",
                            "says " + value + " for the " + what + ", where " + where.get(scale) + " says " + before));
                }
            }
        });
    }
}
