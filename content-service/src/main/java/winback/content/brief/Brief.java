package winback.content.brief;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a person approved once: all that mails of a campaign may claim, offer and link to, and how they are meant to sound.
 * Texts are by language; each has one for every language of the brief.
 *
 * @param languages of {@code en} and {@code es}, at least one
 * @param avoid words and phrases that no mail may contain
 * @param traits names of the subscribers' traits that mails may show
 * @param approval who lets mails out that the gate has passed
 */
public record Brief(
        String campaignId,
        Goal goal,
        Brand brand,
        List<String> languages,
        Tone tone,
        List<Fact> facts,
        List<Product> products,
        List<Map<String, Term>> categories,
        List<Offer> offers,
        List<String> avoid,
        List<String> traits,
        Sender sender,
        Links links,
        Footer footer,
        Approval approval) {

    /**
     * Without what addresses its reader otherwise: in Spanish, facts and texts of products that say <em>tú</em> where a mail says
     * <em>usted</em>, or the other way round. The whole brief for other languages.
     *
     * @param politely whether mails say <em>usted</em>
     */
    public Brief addressing(String language, boolean politely) {
        if (!language.equals("es")) {
            return this;
        }
        return new Brief(
                campaignId,
                goal,
                brand,
                languages,
                tone,
                facts.stream()
                        .filter(fact -> SpanishAddress.suits(fact.text().getOrDefault(language, ""), politely))
                        .toList(),
                products.stream()
                        .map(product -> SpanishAddress.suits(product.text().getOrDefault(language, ""), politely)
                                ? product
                                : new Product(product.id(), product.name(), Map.of(), product.url(), product.price()))
                        .toList(),
                categories,
                offers,
                avoid,
                traits,
                sender,
                links,
                footer,
                approval);
    }

    /** What the subscriber is asked for. */
    public enum Goal {
        ORDER,
        RENEW,
        VISIT
    }

    /** @param about a sentence on what the brand does; absent where none is given */
    public record Brand(String name, Map<String, String> about) {}

    /** How mails sound, each in [0, 1]; {@code formality} of .6 and more says <em>usted</em> in Spanish. */
    public record Tone(double formality, double warmth, double energy, double length, double emoji) {
        public static final double FORMAL = .6;
    }

    public enum Kind {
        /** Something new. Has a name. */
        NEWS,
        /** Something done for customers. Has a name. */
        SERVICE,
        /** What others say, or what can be counted. Its text stands after a colon, without a full stop. */
        PROOF,
        /** Whatever else may be said. */
        CLAIM
    }

    /**
     * Something that may be said, in these words.
     *
     * @param name by language; empty for kinds that need none
     * @param text by language
     * @param url where its readers find it; absent where that is the home page
     * @param of ids of the facts and products that it is true of; empty where it is of everything
     */
    public record Fact(
            String id,
            Kind kind,
            Map<String, Term> name,
            Map<String, String> text,
            @Nullable String url,
            List<String> of) {

        /**
         * Whether it may be said next to something else.
         *
         * @param others ids of what it stands beside
         */
        public boolean suits(Collection<String> others) {
            return of.isEmpty() || of.containsAll(others);
        }
    }

    /**
     * @param text what may be said of it, a sentence or two by language; empty where nothing is given
     * @param price absent where no price may be named
     */
    public record Product(
            String id,
            Map<String, Term> name,
            Map<String, String> text,
            String url,
            @Nullable Money price) {}

    public record Money(BigDecimal amount, String currency) {}

    public enum Reward {
        PERCENT,
        AMOUNT,
        SHIPPING,
        GIFT
    }

    /**
     * Something of the action bank.
     *
     * @param value the percentage for {@code PERCENT}, the amount for {@code AMOUNT}; absent for others
     * @param currency of {@code AMOUNT}
     * @param gift by language, for {@code GIFT}; else empty
     * @param until the last day, in the brand's own calendar
     * @param code what has to be entered; absent for none
     * @param minimum of an order; absent for none
     * @param terms further conditions, sentences by language; empty for none
     */
    public record Offer(
            String id,
            Reward reward,
            @Nullable BigDecimal value,
            @Nullable String currency,
            Map<String, Term> gift,
            LocalDate from,
            LocalDate until,
            @Nullable String code,
            @Nullable Money minimum,
            Map<String, String> terms) {}

    /** @param replies whether a person reads what subscribers answer, so that mails may ask for it */
    public record Sender(String name, String email, boolean replies) {}

    /**
     * @param home where calls to action lead
     * @param more further addresses whose hosts may be linked to
     */
    public record Links(String home, List<String> more) {}

    /** @param address a postal address, on one line */
    public record Footer(String company, String address) {}

    /**
     * @param byPolicy false where a person looks at each mail
     * @param leastRubric 0 to 100; for the policy alone, as is the rest
     * @param mostLive how many mails may be live at once
     */
    public record Approval(boolean byPolicy, int leastRubric, int mostLive) {

        public static final Approval PERSON = new Approval(false, 100, 0);
    }

    public List<Fact> facts(Kind kind) {
        return facts.stream().filter(fact -> fact.kind() == kind).toList();
    }

    /** Those that run on that day. */
    public List<Offer> offersOn(LocalDate day) {
        return offers.stream()
                .filter(offer -> !day.isBefore(offer.from()) && !day.isAfter(offer.until()))
                .toList();
    }

    /** Whether mails may show their reader's first name. */
    public boolean allowsFirstName() {
        return traits.contains("firstName");
    }

    public Optional<Fact> fact(String id) {
        return facts.stream().filter(fact -> fact.id().equals(id)).findFirst();
    }
}
