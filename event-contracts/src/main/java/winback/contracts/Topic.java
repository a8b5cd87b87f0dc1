package winback.contracts;

import java.time.Duration;

/**
 * A Kafka topic of Winback. All topics are keyed (mostly by subscriber id) and have the same number of partitions and
 * the same partitioner, so that one consumer owns the same subscribers on each of them.
 */
public enum Topic {
    /** Live activity as received over HTTP. Producer: profile-service. */
    ACTIVITY("winback.activity", false, Duration.ofDays(7)),
    /** Imported history, apart from live activity so that live events never queue behind it. */
    IMPORTS("winback.imports", false, Duration.ofDays(7)),
    /** Every applied activity once, under its canonical id. Producer: profile-service. */
    FEEDBACK("winback.feedback", false, Duration.ofDays(7)),
    /** Merges and erasures, which every service carries out for what it holds. Producer: profile-service. */
    IDENTITIES("winback.identities", false, Duration.ofDays(7)),
    /** What was decided for whom. Producer: content-service. */
    DECISIONS("winback.decisions", false, Duration.ofDays(7)),
    /** Scheduled, refused and due deliveries. Producer: delivery-service. */
    DELIVERIES("winback.deliveries", false, Duration.ofDays(7)),
    /** Requests between services. */
    COMMANDS("winback.commands", false, Duration.ofDays(7)),
    /** Training rows. Producer: profile-service. */
    TRAINING("winback.training", false, Duration.ofDays(1)),
    /** The current profile of each subscriber. Compacted. Producer: profile-service. */
    PROFILE("winback.profile", true, Duration.ofDays(1)),
    /** The current scores of each subscriber. Compacted. Producer: prediction-service. */
    SCORES("winback.scores", true, Duration.ofDays(1)),
    /** The current send-time profile of each subscriber. Compacted. Producer: delivery-service. */
    SEND_TIMES("winback.sendtimes", true, Duration.ofDays(1));

    private final String wireName;
    private final boolean compacted;
    private final Duration retention;

    Topic(String wireName, boolean compacted, Duration retention) {
        this.wireName = wireName;
        this.compacted = compacted;
        this.retention = retention;
    }

    /** The topic's name before a deployment's prefix, such as {@code winback.profile}. */
    public String wireName() {
        return wireName;
    }

    /** Whether only the newest value of each key is kept; a null value (tombstone) removes the key. */
    public boolean compacted() {
        return compacted;
    }

    /** How long records are kept; for a compacted topic, the longest that a superseded value may stay. */
    public Duration retention() {
        return retention;
    }
}
