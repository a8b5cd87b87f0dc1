package winback.content.drafts;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import winback.content.brief.Brief;

/** Writes mails from a brief, and from nothing else: it knows no subscriber. */
public interface Generator {

    /**
     * What came of it.
     *
     * @param doubles how many more there were that were too near to others
     * @param shortfall why there are fewer than asked for; absent when there are not, or when the brief gives no more
     */
    record Written(
            List<Draft> drafts, int doubles, @Nullable String shortfall) {}

    /** {@code composer}, or the model that writes. */
    String name();

    /**
     * @param today decides which offers run
     * @throws IllegalArgumentException when the brief is not in that language
     */
    Written write(Brief brief, Request request, LocalDate today);
}
