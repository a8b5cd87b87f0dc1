package winback.content.gate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import winback.content.brief.Brief;
import winback.content.brief.Brief.Offer;
import winback.content.brief.Term;
import winback.content.drafts.Draft;
import winback.content.templates.MailTemplate;

/**
 * What a brief says no longer, or says otherwise, and which drafts speak of it. The gate cannot tell: "The bowl is wide and low"
 * is neither more nor less of a claim than "tall and narrow". A draft speaks of what its attributes name, of a thing that it
 * calls by its name or links to, and of a sentence of which it has the words; in doubt it does.
 */
public final class BriefChange {

    /** Shorter ones are said of anything. */
    private static final int SHORTEST_SENTENCE = 15;

    /** So many words of a sentence are no chance; fewer only if there are hardly any others. */
    private static final int ENOUGH_WORDS = 3;

    private static final int FEWEST_WORDS = 2;

    /** As far as inflection mostly leaves a word alone. */
    private static final int STEM = 4;

    private static final String OFFER = "offer ";
    private static final Pattern SENTENCES = Pattern.compile("(?<=[.!:;])\\s+|\\R");
    private static final Pattern WORD = Pattern.compile("\\p{L}{3,}|\\p{N}{2,}");
    private static final Pattern LIQUID = Pattern.compile("(?s)\\{\\{.*?}}|\\{%.*?%}");

    /** A name or an address, and where a text has it as such. */
    private record Gone(String what, Pattern pattern) {
        boolean isIn(String text) {
            return pattern.matcher(text).find();
        }
    }

    private final Set<String> reworded = new HashSet<>();
    private final List<String> goneSentences;
    private final List<Set<String>> goneWords;
    private final List<Gone> goneNames;
    private final List<Gone> goneUrls;
    private final Set<String> namesLeft;

    /** Of all that the brief says still. */
    private final Set<String> wordsLeft;

    private BriefChange(Brief before, Brief now) {
        changed(said(before.facts()), said(now.facts()), Brief.Fact::id).forEach(reworded::add);
        changed(before.products(), now.products(), Brief.Product::id).forEach(reworded::add);
        changed(before.offers(), now.offers(), Offer::id).forEach(id -> reworded.add(OFFER + id));
        String said = plain(String.join(" ", sayings(now)));
        List<String> lost = sayings(before).stream()
                .flatMap(SENTENCES::splitAsStream)
                .map(BriefChange::plain)
                .filter(sentence -> !said.contains(sentence))
                .distinct()
                .toList();
        this.goneSentences = lost.stream()
                .filter(sentence -> sentence.length() >= SHORTEST_SENTENCE)
                .toList();
        this.namesLeft = Stream.concat(
                        names(now).stream(), Stream.of(now.brand().name()))
                .flatMap(name -> words(name).stream())
                .collect(Collectors.toSet());
        this.goneWords = lost.stream()
                .map(this::telling)
                .filter(words -> words.size() >= FEWEST_WORDS)
                .toList();
        this.wordsLeft =
                words(said + " " + now.footer().company() + " " + now.footer().address());
        wordsLeft.addAll(namesLeft);
        Set<String> left = names(now).stream().map(BriefChange::plain).collect(Collectors.toSet());
        this.goneNames = names(before).stream()
                .map(BriefChange::plain)
                .filter(name -> !left.contains(name) && !said.contains(name))
                .distinct()
                .map(name -> new Gone(name, Pattern.compile("(?<!\\p{L})" + Pattern.quote(name) + "(?!\\p{L})")))
                .toList();
        Set<String> urls = urls(now);
        this.goneUrls = urls(before).stream()
                .filter(url -> !urls.contains(url))
                .map(url -> new Gone(url, Pattern.compile(Pattern.quote(url) + "(?![\\w/.~-])")))
                .toList();
    }

    /** Without what they are true of, which no mail says. */
    private static List<Brief.Fact> said(List<Brief.Fact> facts) {
        return facts.stream()
                .map(fact -> new Brief.Fact(fact.id(), fact.kind(), fact.name(), fact.text(), fact.url(), List.of()))
                .toList();
    }

    public static BriefChange between(Brief before, Brief now) {
        return new BriefChange(before, now);
    }

    /** Ids of what is there still, and not as it was. */
    private static <T> Stream<String> changed(List<T> before, List<T> now, Function<T, String> id) {
        Map<String, T> known = before.stream().collect(Collectors.toMap(id, each -> each));
        return now.stream()
                .filter(each -> known.containsKey(id.apply(each)) && !each.equals(known.get(id.apply(each))))
                .map(id);
    }

    private static List<String> sayings(Brief brief) {
        List<String> sayings = new ArrayList<>(brief.brand().about().values());
        brief.facts().forEach(fact -> sayings.addAll(fact.text().values()));
        brief.products().forEach(product -> sayings.addAll(product.text().values()));
        brief.offers().forEach(offer -> sayings.addAll(offer.terms().values()));
        return sayings;
    }

    private static List<String> names(Brief brief) {
        List<Map<String, Term>> terms = new ArrayList<>(brief.categories());
        brief.facts().forEach(fact -> terms.add(fact.name()));
        brief.products().forEach(product -> terms.add(product.name()));
        return terms.stream()
                .flatMap(each -> each.values().stream())
                .map(Term::text)
                .toList();
    }

    private static Set<String> urls(Brief brief) {
        Set<String> urls = new HashSet<>(brief.links().more());
        urls.add(brief.links().home());
        brief.products().forEach(product -> urls.add(product.url()));
        brief.facts().stream().map(Brief.Fact::url).filter(Objects::nonNull).forEach(urls::add);
        return urls;
    }

    private static String plain(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[\\s\\u00a0]+", " ").strip();
    }

    /** Beginnings of the words that are not frequent in either language. */
    private static Set<String> words(String text) {
        Set<String> words = new HashSet<>();
        Matcher word = WORD.matcher(text.toLowerCase(Locale.ROOT));
        while (word.find()) {
            if (!Wording.isFrequent(word.group())) {
                words.add(word.group().substring(0, Math.min(STEM, word.group().length())));
            }
        }
        return words;
    }

    /** Without the names of what there is still: a mail that names it says nothing of it yet. */
    private Set<String> telling(String sentence) {
        Set<String> words = words(sentence);
        words.removeAll(namesLeft);
        return words;
    }

    /** Blocks a draft that speaks of what has changed; empty for others. */
    public Optional<Verdict> outdated(Draft draft) {
        return spokenOf(draft).map(what -> Verdict.outdated(draft.id(), what));
    }

    /**
     * A word that a draft shares with a sentence that is gone, and that nothing says which facts it names: it may say the same
     * in other words. Empty for others.
     */
    public Optional<String> mayBeOutdated(Draft draft) {
        if (draft.attributes() != null || goneWords.isEmpty()) {
            return Optional.empty();
        }
        Set<String> said = words(read(draft.source()));
        said.removeAll(wordsLeft);
        return goneWords.stream().flatMap(Set::stream).filter(said::contains).findFirst();
    }

    private static String read(MailTemplate.Source source) {
        return LIQUID.matcher(String.join(
                        "\n",
                        source.subject(),
                        source.preheader(),
                        source.text(),
                        ReadMail.byLines(Jsoup.parse(source.html())),
                        source.ctaLabel(),
                        source.ps()))
                .replaceAll(" ");
    }

    private Optional<String> spokenOf(Draft draft) {
        if (draft.attributes() != null) {
            List<String> spoken = new ArrayList<>(draft.attributes().facts());
            spoken.add(OFFER + draft.attributes().offerId());
            spoken.retainAll(reworded);
            if (!spoken.isEmpty()) {
                return Optional.of(spoken.getFirst());
            }
        }
        if (goneSentences.isEmpty() && goneWords.isEmpty() && goneNames.isEmpty() && goneUrls.isEmpty()) {
            return Optional.empty();
        }
        MailTemplate.Source source = draft.source();
        String addresses = String.join("\n", source.html(), source.text(), source.ctaUrl());
        String text = read(source);
        String read = plain(text);
        return Stream.of(
                        goneUrls.stream().filter(url -> url.isIn(addresses)).map(Gone::what),
                        goneNames.stream().filter(name -> name.isIn(read)).map(Gone::what),
                        goneSentences.stream().filter(read::contains),
                        Arrays.stream(SENTENCES.split(text)).filter(this::repeats))
                .flatMap(each -> each)
                .findFirst()
                .map(String::strip);
    }

    private boolean repeats(String sentence) {
        Set<String> words = telling(sentence);
        for (Set<String> gone : goneWords) {
            long shared = words.stream().filter(gone::contains).count();
            if (shared >= ENOUGH_WORDS || shared >= FEWEST_WORDS && 3 * shared >= 2 * words.size()) {
                return true;
            }
        }
        return false;
    }
}
