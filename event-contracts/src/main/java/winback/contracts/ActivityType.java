package winback.contracts;

/** The calls of the Segment HTTP API. */
public enum ActivityType {
    TRACK,
    IDENTIFY,
    PAGE,
    SCREEN,
    GROUP,
    ALIAS
}
