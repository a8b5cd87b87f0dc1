package winback.content.brief;

import java.time.DayOfWeek;
import java.time.format.TextStyle;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Days of the week by their lower-case names in the languages of briefs. */
public final class Weekdays {

    public static final Map<String, DayOfWeek> BY_NAME = Stream.of(Locale.ENGLISH, Locale.of("es"))
            .flatMap(language -> Stream.of(DayOfWeek.values())
                    .map(day -> Map.entry(
                            day.getDisplayName(TextStyle.FULL, language).toLowerCase(Locale.ROOT), day)))
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

    private Weekdays() {}
}
