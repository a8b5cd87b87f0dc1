package winback.content.learning;

import java.time.Instant;

/**
 * Something that became of a decision.
 *
 * @param at when, as the event says
 * @param source code of the click or order that a success rests on, else empty
 */
record Outcome(String decisionId, Kind kind, Instant at, String source) {

    Outcome(String decisionId, Kind kind, Instant at) {
        this(decisionId, kind, at, "");
    }

    enum Kind {
        /** The mail was seen or sent: it counts as one exposure, however often it is told. */
        EXPOSED,
        /** A person clicked in it or ordered: one success, and an exposure if there was no other evidence of it. */
        SUCCEEDED,
        /** Delivery promised a time; a later promise replaces it. */
        DUE,
        /** Delivery will not happen. */
        REFUSED;

        String column() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
