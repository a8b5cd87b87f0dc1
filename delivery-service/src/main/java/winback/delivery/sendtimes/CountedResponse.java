package winback.delivery.sendtimes;

import java.time.Instant;

/**
 * A response as it was counted, by which it can be taken back.
 *
 * @param partition of the feedback topic that it came from
 * @param hour local, 0 to 23
 */
public record CountedResponse(String activityId, String subscriberId, Instant at, int partition, int hour) {}
