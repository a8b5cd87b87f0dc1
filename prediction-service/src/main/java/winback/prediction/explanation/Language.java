package winback.prediction.explanation;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What explanations are told in. */
public enum Language {
    ENGLISH(Locale.ENGLISH),
    SPANISH(Locale.of("es"));

    private final Locale locale;

    Language(Locale locale) {
        this.locale = locale;
    }

    /** Such as {@code es}. */
    public String tag() {
        return locale.toLanguageTag();
    }

    Locale locale() {
        return locale;
    }

    /** By its {@link #tag}, in any case. */
    public static Optional<Language> ofTag(String tag) {
        return Arrays.stream(values())
                .filter(language -> language.tag().equalsIgnoreCase(tag))
                .findFirst();
    }

    /**
     * The one that an {@code Accept-Language} header likes best (RFC 4647, lookup, so that {@code es-MX} is Spanish).
     *
     * @return English where there is no header, a broken one, or none of the languages in it
     */
    public static Language of(@Nullable String acceptLanguage) {
        if (acceptLanguage == null || acceptLanguage.isBlank()) {
            return ENGLISH;
        }
        List<Locale> known = Arrays.stream(values()).map(Language::locale).toList();
        try {
            Locale best = Locale.lookup(Locale.LanguageRange.parse(acceptLanguage), known);
            return best == null ? ENGLISH : values()[known.indexOf(best)];
        } catch (IllegalArgumentException malformed) {
            return ENGLISH;
        }
    }
}
