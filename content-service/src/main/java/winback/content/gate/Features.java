package winback.content.gate;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import winback.content.PlainText;
import winback.content.brief.Brief;
import winback.content.brief.Brief.Product;
import winback.content.brief.Term;
import winback.content.gate.Claims.Statements;

/**
 * What the things of a brief are said to have, and how often something is done to them: "the suite has a sauna" needs a
 * brief that speaks of a sauna, "every room has a fireplace" one that says so of all, and what is fired twice is not
 * fired once. What comes with a thing may be said to be included.
 */
final class Features {

    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;

    private static final Pattern HAS = Pattern.compile(
            "(?<!\\p{L})(?:(?:has|have)\\s+(?=(?:an?|its|their)\\s|\\p{L}+s(?!\\p{L}))|(?:comes? with|boasts?|tienen?|vienen? con|traen?|cuentan? con|disponen? de)\\s+)"
                    + "(?<article>(?:an?|its own|their own|una?|su propi[oa])\\s+)?(?<what>\\p{L}+(?:\\s+\\p{L}+){0,2})",
            FLAGS);

    /** With what comes with a thing there is no doubt that it is a thing, too: "viene con tapa". */
    private static final Pattern COMES = Pattern.compile("comes? with|vienen? con|traen?", FLAGS);

    /** Begins what something is said of. */
    private static final Pattern CLAUSE = Pattern.compile("[,;:()–—]|(?<!\\p{L})(?:and|but|y|pero)(?!\\p{L})", FLAGS);

    private static final Pattern ALL = Pattern.compile(
            "(?<!\\p{L})(?:every|each|all|both|none|tod[oa]s?|cada|amb[oa]s|ningun[oa])(?!\\p{L})", FLAGS);

    /** What everything has in a turn of phrase. */
    private static final Set<String> FIGURES =
            Set.of(("place home way name story stories secret secrets heart soul mind charm"
                            + " character friend friends fan fans reason reasons point seat spot habit voice moment time turn"
                            + " thing things something answer answers say life past future date chance favourite owner use job world lot bit limit"
                            + " sitio lugar hueco nombre historia historias secreto secretos alma razón razones algo manera modo"
                            + " encanto carácter amigo amigos vida momento tiempo turno pasado futuro cita favorito respuesta solución dueño cosa"
                            + " cosas límite mundo poco punto que")
                    .split(" ", -1));

    private static final Pattern ONCE = Pattern.compile(
            "(?<!\\p{L})(\\p{L}{4,})\\s+(?:(?:only|just)\\s+)?once(?!\\p{L})|(?<!\\p{L})(\\p{L}{4,})\\s+(?:s[óo]lo\\s+)?una(?:\\s+sola)?\\s+vez(?!\\p{L})",
            FLAGS);

    private static final Pattern OFTEN = Pattern.compile(
            "(?<!\\p{L})(\\p{L}{4,})\\s+(?:twice|(three|four|five|dos|tres|cuatro|cinco|[2-9])\\s+(?:times|veces))(?!\\p{L})",
            FLAGS);

    private static final Pattern TIMES = Pattern.compile(
            "(?<!\\p{L})(?:twice|(three|four|five|six|dos|tres|cuatro|cinco|seis|[2-9])\\s+(?:times|veces))(?!\\p{L})",
            FLAGS);

    private static final Pattern INCLUDED = Pattern.compile(
            "(?<!\\p{L})(?!no )(\\p{L}+) (?:(?:is|are|comes?) (?:(?:all|always|already|also) )*included|(?:est[áa]n?|va|van|viene|vienen) (?:(?:todo|siempre|ya|también) )*incluid[oa]s?)(?!\\p{L})"
                    + "|(?<!\\p{L})(desayuno|comida|cena|montaje|instalación|aparcamiento|entrada|bebidas?) incluid[oa]s?(?!\\p{L})",
            FLAGS);

    /** What is said to come with whatever was spoken of. */
    private static final Pattern WITH_IT = Pattern.compile(
            "(?<!\\p{L})(?:an?|some|una?|unos|unas) (?:\\p{L}+ ){0,4}?(\\p{L}{4,})(?: (?:of|for|de|para) (?:\\p{L}+ ){0,2}?\\p{L}+)? (?:comes? with (?:it|them|yours)|viene con (?:ella|él|ellas|ellos))(?!\\p{L})",
            FLAGS);

    private static final Pattern INCLUDES = Pattern.compile(
            "(?<!\\p{L})(?:includ|inclu[iy])|(?<!\\p{L})(?:in the (?:box|parcel|price)|en (?:la caja|el paquete|el precio))(?!\\p{L})",
            FLAGS);

    /** By lower-case name of a product, of news or of a service, the roots of all but what is said of other products. */
    private final Map<String, Set<String>> saidOf = new HashMap<>();

    private final Set<String> saidOfAll;
    private final Map<String, Set<BigDecimal>> doneOften = new HashMap<>();

    /** Stems of what the brief names. */
    private final Set<String> nouns;

    /** Of what comes with a product, or is said to be included. */
    private final Set<String> included;

    private final Gist gist;

    /** @param texts all that the brief says in words, of which this is the gist */
    Features(Brief brief, List<String> texts, Gist gist) {
        this.gist = gist;
        Set<String> said = texts.stream().flatMap(Features::roots).collect(Collectors.toSet());
        brief.facts().forEach(fact -> name(fact.name(), said));
        brief.products().forEach(product -> name(product.name(), saidBut(brief, product, texts)));
        this.saidOfAll = texts.stream()
                .flatMap(Claims::sentences)
                .filter(sentence -> ALL.matcher(sentence).find())
                .flatMap(Features::roots)
                .collect(Collectors.toSet());
        texts.stream()
                .flatMap(text -> OFTEN.matcher(text).results())
                .forEach(done -> doneOften
                        .computeIfAbsent(OfferTerms.root(done.group(1)), verb -> new HashSet<>())
                        .add(howOften(done.group(2))));
        this.nouns = Wording.namesOf(brief).flatMap(Features::stems).collect(Collectors.toSet());
        this.included = Stream.concat(
                        brief.products().stream().flatMap(product -> product.text().values().stream()),
                        texts.stream().filter(text -> INCLUDES.matcher(text).find()))
                .flatMap(Features::roots)
                .collect(Collectors.toSet());
    }

    private void name(Map<String, Term> names, Set<String> words) {
        names.values().forEach(name -> saidOf.put(name.text().toLowerCase(Locale.ROOT), words));
    }

    private static Set<String> saidBut(Brief brief, Product product, List<String> texts) {
        Set<String> others = brief.products().stream()
                .filter(other -> other != product)
                .flatMap(other -> other.text().values().stream())
                .collect(Collectors.toSet());
        return texts.stream()
                .filter(text -> !others.contains(text))
                .flatMap(Features::roots)
                .collect(Collectors.toSet());
    }

    void look(String text, Statements statements) {
        Claims.sentences(text).forEach(sentence -> {
            HAS.matcher(sentence)
                    .results()
                    .filter(has -> isFalse(sentence, has))
                    .forEach(has -> statements.add(Claims.CLAIM, has.group(), "is not said in the brief"));
            Stream.of(INCLUDED, WITH_IT)
                    .flatMap(pattern -> pattern.matcher(sentence).results())
                    .filter(with -> !gist.says(with.group())
                            && !included.contains(
                                    OfferTerms.root(with.group(1) == null ? with.group(2) : with.group(1)))
                            && !FIGURES.contains(String.valueOf(with.group(1)).toLowerCase(Locale.ROOT)))
                    .forEach(with -> statements.add(Claims.CLAIM, with.group(), "is not said in the brief"));
            ONCE.matcher(sentence)
                    .results()
                    .filter(once -> doneOften.containsKey(
                            OfferTerms.root(once.group(1) == null ? once.group(2) : once.group(1))))
                    .forEach(once -> statements.add(Claims.CLAIM, once.group(), "the brief says another number"));
            TIMES.matcher(sentence)
                    .results()
                    .filter(times -> isAnother(howOften(times.group(1)), sentence))
                    .forEach(times -> statements.add(Claims.CLAIM, times.group(), "the brief says another number"));
        });
    }

    private static BigDecimal howOften(@Nullable String times) {
        return times == null ? BigDecimal.TWO : Numerals.of(times);
    }

    /** Whether the sentence has a verb of what the brief says is done otherwise often. */
    private boolean isAnother(BigDecimal times, String sentence) {
        List<Set<BigDecimal>> stated = roots(sentence)
                .flatMap(root -> doneOften.entrySet().stream()
                        .filter(done -> done.getKey().startsWith(root) || root.startsWith(done.getKey()))
                        .map(Map.Entry::getValue))
                .toList();
        return !stated.isEmpty() && stated.stream().noneMatch(often -> often.contains(times));
    }

    private static Stream<String> stems(String text) {
        return Claims.shortWordsOf(text).stream().map(word -> Numerals.stem(PlainText.withoutAccents(word)));
    }

    private boolean isFalse(String sentence, MatchResult has) {
        String what = has.group("what").toLowerCase(Locale.ROOT);
        Set<String> features = roots(what).collect(Collectors.toCollection(HashSet::new));
        if (features.isEmpty() || Stream.of(what.split("\\s+", -1)).anyMatch(FIGURES::contains)) {
            return false;
        }
        String[] clauses = CLAUSE.split(sentence.substring(0, has.start()), -1);
        String subject = clauses[clauses.length - 1].toLowerCase(Locale.ROOT);
        if (ALL.matcher(subject).find()) {
            return stems(subject).anyMatch(nouns::contains) && Collections.disjoint(features, saidOfAll);
        }
        return (has.group("article") != null || COMES.matcher(has.group()).lookingAt())
                && saidOf.entrySet().stream()
                        .filter(named -> subject.contains(named.getKey()))
                        .anyMatch(named -> Collections.disjoint(features, named.getValue()));
    }

    private static Stream<String> roots(String text) {
        return Claims.shortWordsOf(text).stream()
                .filter(word -> !Wording.isFrequent(word))
                .map(OfferTerms::root);
    }
}
