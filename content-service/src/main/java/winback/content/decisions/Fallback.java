package winback.content.decisions;

/**
 * What took the place of a stage of the path, and why.
 *
 * @param stage {@code subscriber}, {@code features}, {@code scores}, {@code policy}, {@code content}, {@code send-time} or
 *     {@code delivery}
 * @param used {@code population} (as of somebody of whom nothing is known), {@code none}, {@code uniform} (each live variant
 *     has the same chance) or {@code plain} (the variant without anything of the subscriber)
 * @param why {@code unknown-subscriber}, {@code unknown}, {@code stale}, {@code deadline}, {@code template-failed},
 *     {@code refilling}, {@code owner-away}, {@code suppressed}, {@code no-consent} or {@code no-address}
 */
record Fallback(String stage, String used, String why) {

    static final Fallback UNKNOWN_SUBSCRIBER = new Fallback("subscriber", "population", "unknown-subscriber");
    static final Fallback STALE_FEATURES = new Fallback("features", "none", "stale");
    static final Fallback STALE_SCORES = new Fallback("scores", "none", "stale");
    static final Fallback NO_SCORES = new Fallback("scores", "none", "unknown");
    static final Fallback LATE_POLICY = new Fallback("policy", "uniform", "deadline");
    static final Fallback LATE_CONTENT = new Fallback("content", "plain", "deadline");
    static final Fallback BROKEN_CONTENT = new Fallback("content", "plain", "template-failed");
    static final Fallback LATE_SEND_TIME = new Fallback("send-time", "population", "deadline");
    static final Fallback NO_SEND_TIME = new Fallback("send-time", "population", "unknown");

    static final Fallback SUPPRESSED = new Fallback("delivery", "none", "suppressed");
    static final Fallback NO_CONSENT = new Fallback("delivery", "none", "no-consent");
    static final Fallback NO_ADDRESS = new Fallback("delivery", "none", "no-address");

    /** Nothing of the subscriber could be asked in time. */
    static Fallback subscriber(String why) {
        return new Fallback("subscriber", "population", why);
    }
}
