package winback.content.composer;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import winback.content.brief.Brief;
import winback.content.brief.Brief.Fact;
import winback.content.brief.Brief.Goal;
import winback.content.brief.Brief.Kind;
import winback.content.brief.Brief.Offer;
import winback.content.brief.Brief.Product;
import winback.content.brief.Brief.Reward;
import winback.content.brief.Term;
import winback.content.composer.Phrase.Token;
import winback.content.composer.Phrase.Value;
import winback.content.drafts.Attributes;
import winback.content.drafts.Draft;
import winback.content.drafts.Letter;
import winback.content.drafts.Request;
import winback.content.drafts.Strategy;
import winback.content.drafts.Trigrams;
import winback.content.drafts.Turns;

/**
 * Whole mails from phrases and a brief. The same brief, request and day give the same mails. What a mail says of the world
 * comes from the brief; the phrases themselves claim nothing.
 */
final class Composition {

    /** Two subjects with more than this share of trigrams in common are one. */
    private static final double NEAR_DUPLICATE = .6;

    private static final double SAID_AGAIN = .4;

    /** The others have something of their own to tell, or are short. */
    private static final Set<Strategy> TELLS_CLAIMS = Set.of(Strategy.PROOF, Strategy.GRATITUDE);

    /** They speak of somebody who has not been there. */
    private static final Set<Strategy> OF_ABSENCE = Set.of(Strategy.LOSS, Strategy.NOSTALGIA, Strategy.HONESTY);

    /** What they begin with is no small talk. */
    private static final Set<Strategy> GRAVE =
            Set.of(Strategy.LOSS, Strategy.NOSTALGIA, Strategy.HONESTY, Strategy.QUESTION, Strategy.GRATITUDE);

    private static final int LONGEST_SUBJECT = 60;
    private static final int LONGEST_PREHEADER = 110;
    private static final int LONGEST_LABEL = 34;
    private static final int MOST_FILLINGS = 6;
    private static final int RUN = 4;
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}']+");

    /** As long as most first names at least; names are not known here. */
    private static final String A_NAME = "Antonia";

    private static final PhraseBank ENGLISH = PhraseBank.read("subjects.en.txt", "mail.en.txt");
    private static final PhraseBank SPANISH = PhraseBank.read("subjects.es.txt", "mail.es.txt");

    private final Brief brief;
    private final Request request;
    private final Grammar grammar;
    private final PhraseBank bank;
    private final List<Offer> offers;
    private final Random random;

    /** How many claims were quoted, so that each has its turn. */
    private int quotations;

    /** How often each phrase has been used, so that mails differ in all of their parts. */
    private final Map<Phrase, Integer> uses = new HashMap<>();

    /** @param today decides which offers run */
    Composition(Brief brief, Request request, LocalDate today) {
        this.brief = brief.addressing(request.language(), request.style().isFormal());
        this.request = request;
        this.grammar = Grammar.of(request.language());
        this.bank = request.language().equals("es") ? SPANISH : ENGLISH;
        this.offers = brief.offersOn(today);
        this.random = new Random(request.seed());
    }

    /** Mails of all strategies by turns, no two subjects nearly the same. */
    List<Draft> drafts() {
        List<Draft> drafts = new ArrayList<>();
        for (Subject subject : subjects()) {
            drafts.add(mail(subject, drafts.size()));
        }
        return drafts;
    }

    /** What stands around the words of a mail, somebody else's too. */
    Letter.Frame frame() {
        return frame(greeting(), signoff());
    }

    private Letter.Frame frame(String greeting, String signoff) {
        return new Letter.Frame(greeting, signoff, first("reason"), first("unsubscribe"));
    }

    private String greeting() {
        return pick("greeting", Filling.NOTHING, null, LONGEST_PREHEADER)
                .map(phrase -> liquid(
                        words(phrase.named(), Filling.NOTHING, null), words(phrase.unnamed(), Filling.NOTHING, null)))
                .orElse("");
    }

    private String signoff() {
        return pick("signoff", Filling.NOTHING, null, Integer.MAX_VALUE)
                .map(phrase -> words(phrase.unnamed(), Filling.NOTHING, null))
                .orElse("");
    }

    private String first(String section) {
        return words(bank.section(section).getFirst().unnamed(), Filling.NOTHING, null);
    }

    /** A subject with the name as {@link Phrase#NAME}. */
    private record Subject(
            Strategy strategy, Phrase phrase, Filling filling, String named, String unnamed, Trigrams trigrams) {}

    private List<Subject> subjects() {
        Map<Strategy, List<Subject>> candidates = new EnumMap<>(Strategy.class);
        for (Strategy strategy : Strategy.values()) {
            candidates.put(strategy, candidates(strategy));
        }
        List<Trigrams> taken =
                new ArrayList<>(request.taken().stream().map(Trigrams::of).toList());
        List<Subject> chosen = new ArrayList<>();
        Turns turns = new Turns(request.shares(), request.first());
        while (chosen.size() < request.count() && !candidates.isEmpty()) {
            Strategy strategy = turns.next(candidates.keySet()).orElseThrow();
            List<Subject> ofStrategy = candidates.getOrDefault(strategy, List.of());
            Optional<Subject> next = mostDifferent(ofStrategy, taken);
            if (next.isEmpty()) {
                // What is too near to those taken now will be so later.
                candidates.remove(strategy);
            } else {
                Subject subject = next.get();
                turns.had(strategy);
                ofStrategy.remove(subject);
                chosen.add(subject);
                taken.add(subject.trigrams());
                uses.merge(subject.phrase(), 1, Integer::sum);
            }
        }
        return chosen;
    }

    private List<Subject> candidates(Strategy strategy) {
        List<Subject> candidates = new ArrayList<>();
        for (Phrase phrase : bank.section(strategy.word())) {
            if (!phrase.suits(request.style(), request.stage())) {
                continue;
            }
            List<Filling> fillings = new ArrayList<>(Filling.all(brief, offers, phrase.needs()));
            Collections.shuffle(fillings, random);
            for (Filling filling : fillings.subList(0, Math.min(MOST_FILLINGS, fillings.size()))) {
                if (!knows(filling, phrase)) {
                    continue;
                }
                String named = words(phrase.named(), filling, null);
                String unnamed = words(phrase.unnamed(), filling, null);
                if (Math.max(named.replace(String.valueOf(Phrase.NAME), A_NAME).length(), unnamed.length())
                        <= LONGEST_SUBJECT) {
                    candidates.add(new Subject(strategy, phrase, filling, named, unnamed, Trigrams.of(unnamed)));
                }
            }
        }
        Collections.shuffle(candidates, random);
        return candidates;
    }

    /** The one that has least in common with those taken, of the phrases used least. */
    private Optional<Subject> mostDifferent(List<Subject> candidates, List<Trigrams> taken) {
        Subject best = null;
        double least = Double.MAX_VALUE;
        for (Subject candidate : candidates) {
            double nearest = 0;
            for (Trigrams other : taken) {
                nearest = Math.max(nearest, candidate.trigrams().similarity(other));
            }
            double cost = nearest + uses.getOrDefault(candidate.phrase(), 0);
            if (nearest <= NEAR_DUPLICATE && cost < least) {
                best = candidate;
                least = cost;
            }
        }
        return Optional.ofNullable(best);
    }

    private Draft mail(Subject subject, int number) {
        Filling filling = subject.filling()
                .completed(brief, number)
                .keepingTo(subject.phrase().slots());
        boolean offering = filling.offer() != null
                || !offers.isEmpty() && Set.of(Strategy.GAIN, Strategy.LOSS).contains(subject.strategy());
        if (filling.offer() == null && offering) {
            filling = filling.withOffer(offers.get(number % offers.size()));
        }
        filling = helping(subject, filling, number);
        Body body = new Body(subject, filling);
        Phrase call = body.pickAround("cta", body.toCallFor(), null, LONGEST_LABEL, phrase -> true)
                .orElseThrow();
        String label = body.around(call, null);
        String preheader = body.preheader(subject.trigrams());
        body.write();
        String ps = body.ps();
        boolean emoji = subject.phrase().emoji() != null && random.nextDouble() < emojiRate();
        String sign = emoji ? " " + subject.phrase().emoji() : "";
        Letter letter = new Letter(
                request.language(),
                liquid(subject.named() + sign, subject.unnamed() + sign),
                preheader,
                body.paragraphs,
                label,
                leadsTo(call, filling),
                ps,
                frame(body.greeting, body.signoff));
        return new Draft(
                subject.strategy().word() + "-" + (number + 1),
                request.language(),
                letter.source(brief),
                new Attributes(
                        subject.strategy().word(),
                        filling.offer() == null ? null : filling.offer().id(),
                        body.said(),
                        request.style().formality(),
                        request.style().warmth(),
                        request.style().energy(),
                        emoji,
                        subject.phrase().isPersonal() && brief.allowsFirstName(),
                        subject.unnamed().length() + sign.length(),
                        letter.words()));
    }

    /** With a service that goes with what the mail shows, by turns; with none where none does. */
    private Filling helping(Subject subject, Filling filling, int number) {
        if (subject.strategy() == Strategy.SERVICE) {
            return filling;
        }
        Collection<String> shown = shown(subject.phrase().slots(), filling);
        List<Fact> services = brief.facts(Kind.SERVICE).stream()
                .filter(service -> service.suits(shown))
                .toList();
        return filling.withService(services.isEmpty() ? null : services.get(number % services.size()));
    }

    /** Ids of what a mail shows. Of a category nothing is known that could suit. */
    private static Collection<String> shown(Set<String> promised, Filling filling) {
        if (promised.contains("category")) {
            return List.of("");
        }
        return promised.contains("product")
                ? Stream.of(filling.product(), promised.contains("product2") ? filling.product2() : null)
                        .filter(Objects::nonNull)
                        .map(Product::id)
                        .toList()
                : Stream.ofNullable(filling.news()).map(Fact::id).toList();
    }

    private String leadsTo(Phrase call, Filling filling) {
        if (call.slots().contains("product") && filling.product() != null) {
            return filling.product().url();
        }
        Fact news = filling.news();
        return call.needs().contains("news") && news != null && news.url() != null
                ? news.url()
                : brief.links().home();
    }

    /** Of the lines that can have one, about a third do not lend themselves. */
    private double emojiRate() {
        return Math.min(1, 3 * request.style().emoji());
    }

    private Optional<Phrase> pick(String section, Filling filling, @Nullable String fact, int longest) {
        return pick(section, filling, fact, longest, phrase -> true);
    }

    /**
     * The phrase of a section that was used least, of those that the filling and the style allow.
     *
     * @param suits what else it has to be, once the filling allows it
     */
    private Optional<Phrase> pick(
            String section, Filling filling, @Nullable String fact, int longest, Predicate<Phrase> suits) {
        List<Phrase> fitting = new ArrayList<>();
        for (Phrase phrase : bank.section(section)) {
            if (phrase.suits(request.style(), request.stage())
                    && (fact != null || !phrase.slots().contains("fact"))
                    && knows(filling, phrase)
                    && words(phrase.named(), filling, fact).length() <= longest
                    && suits.test(phrase)) {
                fitting.add(phrase);
            }
        }
        // Made for this very style, where there is such a one.
        List<Phrase> made = fitting.stream()
                .filter(phrase -> phrase.tags().stream().anyMatch(tag -> tag.startsWith("formality=")))
                .toList();
        List<Phrase> from = new ArrayList<>(made.isEmpty() ? fitting : made);
        Collections.shuffle(from, random);
        // What is of the very temper comes somewhat more often than what is for everybody.
        Phrase least = null;
        double fewest = Double.MAX_VALUE;
        for (Phrase phrase : from) {
            double used = uses.getOrDefault(phrase, 0) / (phrase.isOfTemper() ? 2. : 1);
            if (used < fewest) {
                least = phrase;
                fewest = used;
            }
        }
        if (least != null) {
            uses.merge(least, 1, Integer::sum);
        }
        return Optional.ofNullable(least);
    }

    private boolean knows(Filling filling, Phrase phrase) {
        return phrase.needs().stream().allMatch(slot -> slot.equals("fact") || value(slot, filling, null) != null);
    }

    private String words(List<Token> tokens, Filling filling, @Nullable String fact) {
        return Phrase.words(
                tokens,
                slot -> {
                    Value value = value(slot, filling, fact);
                    if (value == null) {
                        throw new IllegalArgumentException("nothing fills {" + slot + "}");
                    }
                    return value;
                },
                grammar,
                request.style());
    }

    private @Nullable Value value(String slot, Filling filling, @Nullable String fact) {
        String language = request.language();
        Offer offer = filling.offer();
        return switch (slot) {
            case "brand" -> Value.of(brief.brand().name());
            case "news" -> named(filling.news());
            case "service" -> named(filling.service());
            case "service_fact" -> said(filling.service());
            case "proof" -> said(filling.proof());
            case "product" ->
                filling.product() == null ? null : term(filling.product().name());
            case "product2" ->
                filling.product2() == null ? null : term(filling.product2().name());
            case "category" -> term(filling.category());
            case "category2" -> term(filling.category2());
            case "offer" ->
                offer == null
                        ? null
                        : new Value(
                                grammar.offered(offer),
                                offer.reward() == Reward.GIFT
                                        ? grammar.offered(offer)
                                        : grammar.offer(offer).text(),
                                grammar.offer(offer));
            // What is renewed or visited is not ordered.
            case "order" -> brief.goal() == Goal.ORDER ? Value.of("") : null;
            // "Your next order", whichever it is.
            case "anyorder" ->
                brief.goal() == Goal.ORDER && (offer == null || isForEveryOrder(offer)) ? Value.of("") : null;
            case "price" -> price(filling.product());
            case "until" -> offer == null ? null : Value.of(grammar.day(offer.until()));
            case "code" -> offer == null || offer.code() == null ? null : Value.of(offer.code());
            case "minimum" ->
                offer == null || offer.minimum() == null ? null : Value.of(grammar.money(offer.minimum()));
            case "fact" -> fact == null ? null : Value.of(fact);
            case "replies" -> brief.sender().replies() ? Value.of(brief.sender().email()) : null;
            default -> throw new IllegalArgumentException("no such slot: {" + slot + "} in " + language);
        };
    }

    private static boolean isForEveryOrder(Offer offer) {
        return offer.minimum() == null && offer.terms().isEmpty();
    }

    private @Nullable Value price(@Nullable Product product) {
        return product == null || product.price() == null ? null : Value.of(grammar.money(product.price()));
    }

    private @Nullable Value named(@Nullable Fact fact) {
        return fact == null ? null : term(fact.name());
    }

    private @Nullable Value said(@Nullable Fact fact) {
        String text = text(fact);
        return text == null ? null : Value.of(text);
    }

    private @Nullable String text(@Nullable Fact fact) {
        return fact == null ? null : fact.text().get(request.language());
    }

    private @Nullable String text(@Nullable Product product) {
        return product == null ? null : product.text().get(request.language());
    }

    private @Nullable Value term(@Nullable Map<String, Term> names) {
        Term term = names == null ? null : names.get(request.language());
        return term == null ? null : Value.of(term);
    }

    /** Every four words in a row that have no number among them. */
    private static Set<String> runs(String text) {
        List<String> words = WORD.matcher(text.toLowerCase(Locale.ROOT))
                .results()
                .map(MatchResult::group)
                .toList();
        Set<String> runs = new HashSet<>();
        for (int i = 0; i + RUN <= words.size(); i++) {
            String run = String.join(" ", words.subList(i, i + RUN));
            // A day has to be said more than once.
            if (run.chars().noneMatch(Character::isDigit)) {
                runs.add(run);
            }
        }
        return runs;
    }

    private static String uncapitalised(String text) {
        return text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    }

    /** A template that takes the name where it is known, and may be shown. */
    private String liquid(String named, String unnamed) {
        if (named.indexOf(Phrase.NAME) < 0) {
            return named;
        }
        if (!brief.allowsFirstName()) {
            return unnamed;
        }
        return Letter.forName(named.replace(String.valueOf(Phrase.NAME), "{{ subscriber.firstName }}"), unnamed);
    }

    /** The paragraphs of one mail. */
    private final class Body {
        private final Strategy strategy;
        private final @Nullable String topic;
        private final Set<String> promised;
        private final Filling filling;
        private final List<String> paragraphs = new ArrayList<>();

        /** What the paragraphs have spoken of. */
        private final Set<String> slots = new HashSet<>();

        /** What any part of the mail has. */
        private final Set<String> mentioned = new HashSet<>();

        /** Every four words in a row that it has of the phrases. */
        private final Set<String> runs = new HashSet<>();

        /** Of what stands around the paragraphs, the words that are there once. */
        private final Set<Pattern> once = new HashSet<>();

        /** The claim that it states. */
        private @Nullable Fact stated;

        private String greeting = "";
        private String signoff = "";

        Body(Subject subject, Filling filling) {
            this.strategy = subject.strategy();
            this.topic = subject.phrase().topic();
            this.promised = subject.phrase().slots();
            this.filling = filling;
            mentioned.addAll(promised);
            noteOnce(subject.unnamed());
        }

        /** Notes what a paragraph speaks of. */
        String say(Phrase phrase, @Nullable String fact) {
            slots.addAll(phrase.slots());
            return mention(phrase, fact);
        }

        /** The same of what stands around the paragraphs. */
        String mention(Phrase phrase, @Nullable String fact) {
            mentioned.addAll(phrase.slots());
            String words = words(phrase.unnamed(), filling, fact);
            runs.addAll(runs(words));
            return words;
        }

        private void noteOnce(String words) {
            grammar.saidOnce().stream()
                    .filter(word -> word.matcher(words).find())
                    .forEach(once::add);
        }

        /** {@link #mention} of what none of its like has to repeat. */
        String around(Phrase phrase, @Nullable String fact) {
            String words = mention(phrase, fact);
            noteOnce(words);
            return words;
        }

        /** What stands around the paragraphs, without words that are there already where there is another way. */
        Optional<Phrase> pickAround(
                String section, Filling filling, @Nullable String fact, int longest, Predicate<Phrase> suits) {
            return pick(section, filling, fact, longest, suits.and(this::isUnsaid))
                    .or(() -> pick(section, filling, fact, longest, suits));
        }

        /** Whether what stands around the paragraphs has none of its words that are there once. */
        private boolean isUnsaid(Phrase phrase) {
            String words = words(phrase.unnamed(), filling, "");
            return once.stream().noneMatch(word -> word.matcher(words).find());
        }

        /** Whether no turn of it has been used, and it goes with a mail like this. */
        private boolean isNew(Phrase phrase) {
            return goes(phrase) && Collections.disjoint(runs, runs(words(phrase.unnamed(), filling, "")));
        }

        private boolean goes(Phrase phrase) {
            return phrase.tags().stream().allMatch(tag -> switch (tag) {
                case "unhurried" -> filling.offer() == null;
                case "absence" -> OF_ABSENCE.contains(strategy);
                case "light" -> !GRAVE.contains(strategy);
                case "more" -> !promisesOffer();
                case "shown" -> isShowing();
                default -> true;
            });
        }

        private boolean promisesOffer() {
            return promised.contains("offer");
        }

        private boolean isShowing() {
            return !Collections.disjoint(mentioned, List.of("news", "product", "category", "offer"));
        }

        /** A product or a category is called for where the subject named it, and the news where the mail tells it. */
        Filling toCallFor() {
            return new Filling(
                    strategy == Strategy.SERVICE ? null : filling.news(),
                    null,
                    null,
                    promised.contains("product") && !promised.contains("product2") ? filling.product() : null,
                    promised.contains("product2") ? filling.product2() : null,
                    promised.contains("category") ? filling.category() : null,
                    null,
                    promised.contains("offer") ? filling.offer() : null);
        }

        /** Of the sections that take up what the subject says. */
        private String section(String part) {
            return part + " " + strategy.word() + (topic == null ? "" : " " + topic);
        }

        /** @param subject which it does not say again */
        String preheader(Trigrams subject) {
            // What the body tells is not said before it.
            Fact claim = nextClaim();
            String quoted = text(claim);
            Predicate<Phrase> saysMore = phrase -> (!promisesOffer()
                            || Collections.disjoint(phrase.slots(), Set.of("offer", "until")))
                    && Trigrams.of(words(phrase.unnamed(), filling, quoted)).similarity(subject) < SAID_AGAIN;
            Optional<Phrase> chosen = pickAround(section("preheader"), filling, quoted, LONGEST_PREHEADER, saysMore);
            if (chosen.filter(phrase -> phrase.slots().contains("fact")).isPresent()) {
                quote(claim);
            }
            return chosen.map(phrase -> around(phrase, quoted)).orElse("");
        }

        private @Nullable Fact nextClaim() {
            List<Fact> claims = brief.facts(Kind.CLAIM).stream()
                    .filter(claim -> claim.suits(shown(promised, filling)))
                    .toList();
            return claims.isEmpty() ? null : claims.get(quotations % claims.size());
        }

        private void quote(@Nullable Fact claim) {
            stated = claim;
            quotations++;
        }

        /** What else there is to say, where nothing in particular was asked or promised. */
        private void tellClaim() {
            Fact claim = nextClaim();
            String text = text(claim);
            if (text != null && stated == null) {
                Phrase plain = bank.section("tell claim").getFirst();
                pick("tell claim", filling, text, Integer.MAX_VALUE, phrase -> phrase != plain && isNew(phrase))
                        .ifPresent(phrase -> {
                            paragraphs.add(say(phrase, text));
                            quote(claim);
                        });
            }
        }

        void write() {
            greeting = Composition.this.greeting();
            boolean tells = tells();
            Optional<Phrase> opening = pick(
                    section("opening"),
                    filling,
                    null,
                    Integer.MAX_VALUE,
                    phrase -> (tells || !phrase.isLead()) && isNew(phrase));
            opening.ifPresent(phrase -> paragraphs.add(say(phrase, null)));
            // How to get what it has just promised.
            boolean offered = slots.contains("until");
            if (offered) {
                offerBehind(paragraphs.removeLast());
            } else if (promisesOffer()) {
                offerBehind("");
                offered = true;
            }
            boolean led = opening.filter(Phrase::isLead).isPresent();
            boolean brief = request.style().length() < .35;
            boolean generous = request.style().length() > .65;
            if (promised.contains("product")) {
                tell("product", text(filling.product()), led || promised.contains("product2"));
                if (promised.contains("product2")) {
                    tell("product", text(filling.product2()), true);
                }
            } else if (promised.contains("category")) {
                tellCategory();
            } else if (strategy == Strategy.SERVICE) {
                tell("service", filling.service(), led);
            } else if (!brief || led || promised.contains("news")) {
                tell("news", filling.news(), led);
            }
            // What makes it easy to come back; what the brief claims may be of another category.
            boolean helps = !brief && (strategy == Strategy.EASE || promised.contains("category"));
            if ((generous || helps) && strategy != Strategy.SERVICE) {
                tell("service", filling.service(), false);
            }
            boolean claims = TELLS_CLAIMS.contains(strategy) || strategy == Strategy.EASE && filling.service() == null;
            if (!brief && claims && !promised.contains("product")) {
                tellClaim();
            }
            if (!offered) {
                offerBehind("");
            }
            pickAround("invitation", filling, null, Integer.MAX_VALUE, this::isNew)
                    .ifPresent(phrase -> {
                        paragraphs.add(say(phrase, null));
                        noteOnce(paragraphs.getLast());
                    });
            signoff = Composition.this.signoff();
        }

        /** Whether there is something that an opening may lead up to. */
        private boolean tells() {
            if (promised.contains("product")) {
                return text(filling.product()) != null;
            }
            return !promised.contains("category")
                    && text(strategy == Strategy.SERVICE ? filling.service() : filling.news()) != null;
        }

        private void tell(String section, @Nullable Fact fact, boolean led) {
            String text = text(fact);
            if (text != null) {
                tell(section, text, led);
                slots.add(section + "_fact");
            }
        }

        /** @param led whether something has led up to it */
        private void tell(String section, @Nullable String text, boolean led) {
            if (text != null) {
                Phrase plain = bank.section("tell " + section).getFirst();
                Phrase lead = led
                        ? plain
                        : pick(
                                        "tell " + section,
                                        filling,
                                        text,
                                        Integer.MAX_VALUE,
                                        phrase -> phrase != plain && goes(phrase))
                                .orElse(plain);
                paragraphs.add(say(lead, text));
                slots.add(section);
            }
        }

        /** Nothing is known of a category but its name. */
        private void tellCategory() {
            if ("category".equals(topic) && filling.service() != null) {
                return; // the opening is about it, and something else follows
            }
            pick("tell category", filling, null, Integer.MAX_VALUE)
                    .ifPresent(phrase -> paragraphs.add(say(phrase, null)));
        }

        /** @param promise of the offer, which its code and terms go on from; empty where nothing has promised it */
        private void offerBehind(String promise) {
            Offer offer = filling.offer();
            List<String> sentences = new ArrayList<>();
            if (!promise.isEmpty()) {
                sentences.add(promise);
            } else if (offer != null) {
                pick("offer", filling, null, Integer.MAX_VALUE, this::goes)
                        .ifPresent(phrase -> sentences.add(say(phrase, null)));
            }
            if (offer != null) {
                sentences.addAll(terms(offer));
            }
            if (!sentences.isEmpty()) {
                paragraphs.add(String.join(" ", sentences));
            }
        }

        private List<String> terms(Offer offer) {
            List<String> sentences = new ArrayList<>();
            if (offer.code() != null) {
                pick("code", filling, null, Integer.MAX_VALUE).ifPresent(phrase -> sentences.add(say(phrase, null)));
            }
            if (offer.minimum() != null) {
                sentences.add(say(bank.section("terms-from").getFirst(), null));
            }
            String terms = offer.terms().get(request.language());
            if (terms != null) {
                String whole = terms.matches("(?s).*[.!?]\\s*") ? terms : terms.strip() + ".";
                sentences.add(
                        grammar.isAdverbial(terms)
                                ? say(bank.section("terms-with").getFirst(), uncapitalised(whole))
                                : whole);
            }
            return sentences;
        }

        /** One that says something new; empty when there is none. A service is of use to who was shown something to have. */
        String ps() {
            boolean shown = isShowing();
            // Who was asked what went wrong is not sold anything.
            boolean asks = "tell".equals(topic);
            Filling left = new Filling(
                    asks || slots.contains("news") ? null : filling.news(),
                    !shown || slots.contains("service_fact") || slots.contains("service") ? null : filling.service(),
                    slots.contains("proof") ? null : filling.proof(),
                    asks || slots.contains("product") || isTooLittle(filling.product()) ? null : filling.product(),
                    null,
                    asks || slots.contains("category") ? null : filling.category(),
                    null,
                    slots.contains("offer") ? null : filling.offer());
            return pick("ps", left, null, Integer.MAX_VALUE, phrase -> isNew(phrase) && isUnsaid(phrase))
                    .map(phrase -> say(phrase, null))
                    .orElse("");
        }

        /** Whether it alone does not make the order that the mail's offer is for. */
        private boolean isTooLittle(@Nullable Product product) {
            Offer offer = filling.offer();
            return product != null
                    && product.price() != null
                    && offer != null
                    && offer.minimum() != null
                    && product.price().amount().compareTo(offer.minimum().amount()) < 0;
        }

        /** Ids of what it speaks of. */
        List<String> said() {
            List<String> said = new ArrayList<>();
            addIf(said, "news", filling.news());
            addIf(said, "service", filling.service());
            addIf(said, "proof", filling.proof());
            if (stated != null) {
                said.add(stated.id());
            }
            if (mentioned.contains("product") && filling.product() != null) {
                said.add(filling.product().id());
            }
            return List.copyOf(said);
        }

        private void addIf(List<String> said, String slot, @Nullable Fact fact) {
            if (fact != null && (mentioned.contains(slot) || slots.contains(slot + "_fact"))) {
                said.add(fact.id());
            }
        }
    }
}
