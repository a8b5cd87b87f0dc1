package winback.contracts;

/** How exactly the time of an activity is known. */
public enum TimePrecision {
    /** To the instant. */
    INSTANT,
    /** Only the day: the instant is that day's noon UTC and says nothing about the hour. */
    DAY
}
