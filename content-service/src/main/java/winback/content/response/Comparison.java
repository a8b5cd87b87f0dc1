package winback.content.response;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * A newly learned ranker beside the one in use, on answers that neither has learned from.
 *
 * @param from the first day of those answers; absent when there were too few to compare by
 * @param exposures of them
 * @param variants among them, which are what differences are clustered by
 * @param incumbent mean loss of an exposure, nats: of the ranker in use, or of the rate so far where there is none
 * @param candidate likewise
 * @param z how many standard errors the candidate is better by; negative when it is worse
 * @param won whether it is used from now on
 * @param why it was not compared; absent when it was
 */
record Comparison(
        @Nullable LocalDate from,
        long exposures,
        int variants,
        double incumbent,
        double candidate,
        double z,
        boolean won,
        @Nullable String why) {

    static Comparison none(String why) {
        return new Comparison(null, 0, 0, 0, 0, 0, false, why);
    }
}
