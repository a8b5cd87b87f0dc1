package winback.content.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/** What is found in a text, paragraph by paragraph; what mails say again and again is looked at once. */
final class Paragraphs<T> {

    private static final Pattern ENDS = Pattern.compile("\\n\\s*\\n|(?<=[.!?:,])\\n");

    private static final int MOST_KEPT = 4_000;
    private static final int LONGEST_KEPT = 500;

    private final Map<String, List<T>> looked = new ConcurrentHashMap<>();
    private final Function<String, List<T>> look;

    /** @param look finds what is in one paragraph; has to be a function of this alone */
    Paragraphs(Function<String, List<T>> look) {
        this.look = look;
    }

    List<T> in(String text) {
        List<T> found = new ArrayList<>();
        for (String paragraph : ENDS.split(text)) {
            if (paragraph.length() > LONGEST_KEPT) {
                found.addAll(look.apply(paragraph));
                continue;
            }
            if (looked.size() > MOST_KEPT) {
                looked.clear();
            }
            found.addAll(looked.computeIfAbsent(paragraph, look));
        }
        return found;
    }
}
