package winback.content.drafts;

import java.util.List;
import winback.content.brief.Brief;

/**
 * How a mail is worded; never what it says. Each in [0, 1].
 *
 * @param formality from .6 on <em>usted</em>, and no contractions
 * @param warmth below .34 and from .67 on lines of their own
 * @param energy likewise, the livelier ones with an exclamation mark
 * @param length of the body: below .35 the shortest, above .65 with a further paragraph
 * @param emoji the share of subjects with one
 */
public record Style(double formality, double warmth, double energy, double length, double emoji) {

    private static final double LIVELY = .8;
    private static final double SHORT = .3;
    private static final double SOME = .3;
    private static final double WARM = .8;
    private static final double CALM = .2;

    private static final double LOW = .34;
    private static final double HIGH = .67;

    static final double FORMAL = Brief.Tone.FORMAL;
    static final double CASUAL = .35;

    public static Style of(Brief.Tone tone) {
        return new Style(tone.formality(), tone.warmth(), tone.energy(), tone.length(), tone.emoji());
    }

    /**
     * Itself and two that differ from it in temper: a livelier and shorter one, and a calmer and warmer one. The address stays
     * the brand's.
     */
    public List<Style> around() {
        return List.of(
                this,
                new Style(formality, warmth, Math.max(energy, LIVELY), Math.min(length, SHORT), Math.max(emoji, SOME)),
                new Style(formality, Math.max(warmth, WARM), Math.min(energy, CALM), length, 0));
    }

    public boolean isCool() {
        return warmth < LOW;
    }

    public boolean isWarm() {
        return warmth >= HIGH;
    }

    public boolean isCalm() {
        return energy < LOW;
    }

    public boolean isLively() {
        return energy >= HIGH;
    }

    public boolean isFormal() {
        return formality >= FORMAL;
    }

    public boolean isCasual() {
        return formality < CASUAL;
    }
}
