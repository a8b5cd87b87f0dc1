package winback.benchmarks.personalize;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import winback.benchmarks.rig.ServiceProcess;

/** Requests to personalise for subscribers, all alike but for the digits of the id. */
final class Asks {

    static final String PATH = "/v1/personalizations";

    /** The same filters, authentication and parsing, and an answer of the same size that is there already. */
    static final String REFERENCE = "/v1/personalizations/reference";

    private final byte[] like;
    private final int end;
    private final int subscribers;

    /** @param subscribers how many are known; numbers are below that */
    Asks(ServiceProcess service, String path, int subscribers) {
        String id = Subscribers.id(0);
        this.like = service.request(
                path,
                "{\"subscriberId\":\"" + id + "\",\"campaignId\":\"" + BenchCampaign.ID + "\",\"deliver\":false}");
        this.end = new String(like, StandardCharsets.US_ASCII).lastIndexOf(id) + id.length();
        this.subscribers = subscribers;
    }

    /** For a subscriber drawn uniformly. */
    byte[] any(SplittableRandom random) {
        byte[] ask = like.clone();
        int rest = random.nextInt(subscribers);
        for (int i = end - 1; rest > 0; i--) {
            ask[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return ask;
    }
}
