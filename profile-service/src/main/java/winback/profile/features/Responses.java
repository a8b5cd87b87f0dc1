package winback.profile.features;

import org.jspecify.annotations.Nullable;
import winback.contracts.TimePrecision;

/**
 * The last deliveries, opens and clicks, by which machines are told from people. Small and of fixed size: the last
 * {@value #DELIVERIES} deliveries and the last {@value #KEPT} responses of the last {@value #BURST_MILLIS} ms.
 */
final class Responses {

    /** Scanners follow a mail's links as it arrives; hardly a person reads and acts within this time. */
    static final long TOO_SOON_MILLIS = 10_000;
    /** Nobody follows three links of a mail in so short a time, having to come back to the mail between. */
    static final long BURST_MILLIS = 3_000;

    static final int BURST_LINKS = 3;
    static final long PAIR_MILLIS = 1_000;
    private static final int DELIVERIES = 4;
    static final int KEPT = 12;

    /**
     * @param link hash of the link; 0 for an open, and for a click that does not tell
     * @param mail hash of the mail's id; 0 when unknown, which goes with any
     * @param person whether it has been counted as a person's
     */
    private record Response(long at, long link, long mail, boolean person) {}

    private final Response[] responses = new Response[KEPT];
    private int responseCount;
    private final long[] deliveredAt = new long[DELIVERIES];
    private final long[] deliveredMail = new long[DELIVERIES];
    private int deliveryCount;

    /**
     * What a response is, given what came before.
     *
     * @param rule null for a person's
     * @param burst whether it makes a burst, or lies in one, and so condemns those near before it
     * @param revises whether one of these was taken for a person's
     */
    record Verdict(@Nullable String rule, boolean burst, boolean revises) {}

    Verdict judge(Activity activity) {
        if (!activity.kind().isResponse()) {
            return new Verdict(activity.machineRule(), false, false);
        }
        if (activity.precision() == TimePrecision.DAY) {
            return new Verdict(activity.machineRule(), false, false);
        }
        long at = activity.at().toEpochMilli();
        boolean burst = bursts(activity, at);
        String rule = activity.machineRule();
        if (rule == null && tooSoon(activity, at)) {
            rule = MachineRules.TOO_SOON;
        }
        if (!burst) {
            return new Verdict(rule, false, false);
        }
        boolean revises = false;
        for (int i = 0; i < responseCount; i++) {
            revises |= responses[i].person() && near(responses[i], activity, at);
        }
        return new Verdict(rule == null ? MachineRules.BURST : rule, true, revises);
    }

    private boolean tooSoon(Activity activity, long at) {
        for (int i = 0; i < deliveryCount; i++) {
            long since = at - deliveredAt[i];
            if (since >= 0 && since < TOO_SOON_MILLIS && same(deliveredMail[i], activity.mail())) {
                return true;
            }
        }
        return false;
    }

    /** Whether with this one a burst is there; for an open, whether it lies within one. */
    private boolean bursts(Activity activity, long at) {
        int links = 0;
        int pair = 0;
        long[] seen = new long[KEPT + 1];
        if (activity.link() != 0) {
            seen[links++] = activity.link();
            pair = 1;
        }
        for (int i = responseCount - 1; i >= 0; i--) {
            Response before = responses[i];
            if (before.link() == 0 || !near(before, activity, at)) {
                continue;
            }
            boolean known = false;
            for (int l = 0; l < links; l++) {
                known |= seen[l] == before.link();
            }
            if (!known) {
                seen[links++] = before.link();
                pair += at - before.at() <= PAIR_MILLIS ? 1 : 0;
            }
        }
        return links >= BURST_LINKS || pair >= 2;
    }

    private static boolean near(Response before, Activity activity, long at) {
        return at - before.at() <= BURST_MILLIS && same(before.mail(), activity.mail());
    }

    /** Whether a later response that makes a burst takes this one before it along. */
    static boolean together(Activity before, Activity activity) {
        return before.kind().isResponse()
                && before.precision() != TimePrecision.DAY
                && activity.at().toEpochMilli() - before.at().toEpochMilli() <= BURST_MILLIS
                && same(before.mail(), activity.mail());
    }

    private static boolean same(long mail, long other) {
        return mail == 0 || other == 0 || mail == other;
    }

    /** Notes a delivery, or a response with what it was taken for. */
    void note(Activity activity, boolean machine) {
        if (activity.precision() == TimePrecision.DAY) {
            return;
        }
        long at = activity.at().toEpochMilli();
        if (activity.kind() == ActivityKind.EMAIL_DELIVERED) {
            if (deliveryCount == DELIVERIES) {
                System.arraycopy(deliveredAt, 1, deliveredAt, 0, DELIVERIES - 1);
                System.arraycopy(deliveredMail, 1, deliveredMail, 0, DELIVERIES - 1);
                deliveryCount--;
            }
            deliveredAt[deliveryCount] = at;
            deliveredMail[deliveryCount++] = activity.mail();
        } else if (activity.kind().isResponse()) {
            int gone = responseCount == KEPT ? 1 : 0;
            while (gone < responseCount && at - responses[gone].at() > BURST_MILLIS) {
                gone++;
            }
            System.arraycopy(responses, gone, responses, 0, responseCount - gone);
            responseCount -= gone;
            responses[responseCount++] = new Response(at, activity.link(), activity.mail(), !machine);
        }
    }

    void transfer(Codec codec) {
        responseCount = (int) codec.count(responseCount);
        for (int i = 0; i < responseCount; i++) {
            Response r = responses[i];
            responses[i] = new Response(
                    codec.time(r == null ? 0 : r.at()),
                    codec.count(r == null ? 0 : r.link()),
                    codec.count(r == null ? 0 : r.mail()),
                    codec.count(r != null && r.person() ? 1 : 0) == 1);
        }
        deliveryCount = (int) codec.count(deliveryCount);
        for (int i = 0; i < deliveryCount; i++) {
            deliveredAt[i] = codec.time(deliveredAt[i]);
            deliveredMail[i] = codec.count(deliveredMail[i]);
        }
    }
}
