package winback.content.response;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import winback.content.drafts.Attributes;
import winback.content.drafts.Letter;
import winback.content.drafts.Strategy;
import winback.content.taste.Taste;

/**
 * A mail and a kind of reader as numbers: shape [{@value #SIZE}]. The first is 1; then the mail's attributes, the reader, both
 * together, and the subject's words, hashed with a sign (Weinberger et al. 2009).
 */
final class Features {

    private static final List<String> STAGES = List.of("new", "active", "at_risk", "lapsed", "lost", "won_back");
    private static final List<String> DISPOSITIONS = List.of("bargain", "lively", "careful");
    private static final Strategy[] STRATEGIES = Strategy.values();
    private static final Pattern WORD = Pattern.compile("\\p{L}+");
    private static final int BUCKETS = 64;

    /** Attributes that are looked at for each disposition: offer, emoji, length, warmth, energy. */
    private static final int OF_DISPOSITION = 5;

    private static final int STRATEGY = 1;
    private static final int MAIL = STRATEGY + 11;
    private static final int READER = MAIL + 11;
    private static final int TOGETHER = READER + 6 + 3;
    private static final int TASTE = TOGETHER + 11 * 3 + OF_DISPOSITION * 3;
    private static final int WORDS = TASTE + 2;

    static final int SIZE = WORDS + BUCKETS;

    private static final double SHORT_SUBJECT = 30;
    private static final double USUAL_WORDS = 60;

    private Features() {}

    static int of(Strategy strategy) {
        return STRATEGY + strategy.ordinal();
    }

    static double[] of(String language, String subject, @Nullable Attributes attributes, String reader) {
        double[] x = new double[SIZE];
        x[0] = 1;
        String line = Letter.unnamed(subject);
        Taste taste = Taste.of(reader);
        String kind = Taste.kind(reader);
        int disposition = DISPOSITIONS.indexOf(kind.substring(kind.indexOf('/') + 1));
        int stage = STAGES.indexOf(kind.contains("/") ? kind.substring(0, kind.indexOf('/')) : kind);
        int strategy = -1;
        if (attributes != null) {
            for (Strategy one : STRATEGIES) {
                strategy = one.word().equals(attributes.strategy()) ? one.ordinal() : strategy;
            }
            if (strategy >= 0) {
                x[STRATEGY + strategy] = 1;
            }
            x[MAIL] = attributes.offerId() == null ? 0 : 1;
            x[MAIL + 1] = attributes.emoji() ? 1 : 0;
            x[MAIL + 2] = attributes.personal() ? 1 : 0;
            x[MAIL + 3] = attributes.formality() - .5;
            x[MAIL + 9] = attributes.warmth() - .5;
            x[MAIL + 10] = attributes.energy() - .5;
            x[MAIL + 4] = Math.clamp(attributes.bodyWords() / USUAL_WORDS - 1, -1, 1);
        }
        x[MAIL + 5] = Math.clamp(line.length() / SHORT_SUBJECT - 1, -1, 1);
        x[MAIL + 6] = line.contains("?") || line.contains("¿") ? 1 : 0;
        x[MAIL + 7] = line.chars().anyMatch(Character::isDigit) ? 1 : 0;
        x[MAIL + 8] = language.equals("es") ? 1 : 0;
        if (stage >= 0) {
            x[READER + stage] = 1;
        }
        if (disposition >= 0) {
            x[READER + STAGES.size() + disposition] = 1;
            if (strategy >= 0) {
                x[TOGETHER + disposition * STRATEGIES.length + strategy] = 1;
            }
            int of = TOGETHER + DISPOSITIONS.size() * STRATEGIES.length + disposition * OF_DISPOSITION;
            x[of] = x[MAIL];
            x[of + 1] = x[MAIL + 1];
            x[of + 2] = x[MAIL + 4];
            x[of + 3] = x[MAIL + 9];
            x[of + 4] = x[MAIL + 10];
        }
        if (taste != null) {
            // That they answer at all is what made them have one.
            x[TASTE] = 1;
            x[TASTE + 1] = taste.sign() * x[MAIL + 10];
        }
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(line.toLowerCase(Locale.ROOT));
        while (word.find()) {
            words.add(language + word.group());
        }
        for (String one : words) {
            int hash = one.hashCode() * 0x9E3779B1;
            x[WORDS + (hash >>> 26)] += (hash & 1) == 0 ? 1 : -1;
        }
        return x;
    }

    /** Of the effect of each number, before anything is known: its standard deviation, in logits. */
    static double spread(int feature) {
        if (feature == 0) {
            return 10;
        }
        return feature < READER ? .5 : feature < TOGETHER || feature == TASTE ? 1 : feature < WORDS ? .3 : .2;
    }
}
