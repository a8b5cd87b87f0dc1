package winback.prediction.explanation;

/** How the value of a feature is told. */
enum Kind {
    NUMBER,
    MONEY,
    DAYS,
    HOURS,
    YEARS,
    /** 0 to 1, told as percent. */
    SHARE,
    /** 0 or 1, told as no or yes. */
    FLAG,
    /** log10 of what is told. */
    MAGNITUDE,
    /** log10 of 1 + what is told. */
    MAGNITUDE_PLUS_ONE
}
