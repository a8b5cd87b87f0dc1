package winback.profile.features;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import winback.contracts.TrainingRow;

/**
 * What a subscriber did after a cutoff, of which the labels of a training row are made: the person alone, as the {@link
 * Replay} judges it. Hears one subscriber's activities between the cutoff and the horizon's end, in order.
 */
public final class Aftermath implements Replay.Listener {

    private static final Duration RESPONSE = Duration.ofDays(TrainingRow.Labels.RESPONSE_DAYS);

    private final Rates rates;
    /** A mail delivered later has not had all its time to be answered. */
    private final Instant lastDelivery;

    private int orders;
    private double spend;
    private int visits;
    private @Nullable Instant lastInVisit;
    private @Nullable Activity mail;
    private @Nullable Activity lastResponse;
    private boolean engaged;

    /**
     * @param rates for spend in the deployment's currency
     * @param end of the horizon
     */
    public Aftermath(Rates rates, Instant end) {
        this.rates = rates;
        this.lastDelivery = end.minus(RESPONSE);
    }

    @Override
    public void applied(Activity activity, @Nullable String machineRule) {
        if (machineRule != null) {
            return;
        }
        if (activity.kind() == ActivityKind.ORDER) {
            orders++;
        }
        double amount = rates.amount(activity);
        spend += Double.isNaN(amount) ? 0 : amount;
        if (activity.kind().inVisit()) {
            visit(activity.at());
        } else if (activity.kind() == ActivityKind.EMAIL_DELIVERED) {
            delivered(activity);
        } else if (activity.kind().isResponse()) {
            engaged |= mail != null && answers(activity, mail);
            lastResponse = activity;
        }
    }

    /** Of a date without a time all is one visit. */
    private void visit(Instant at) {
        if (lastInVisit == null
                || at.toEpochMilli() - lastInVisit.toEpochMilli() > SubscriberState.VISIT_BREAK_MILLIS) {
            visits++;
        }
        lastInVisit = at;
    }

    private void delivered(Activity activity) {
        if (mail == null && !activity.at().isAfter(lastDelivery)) {
            mail = activity;
            // Where the dates alone are known, which of the two comes first is chance.
            engaged = lastResponse != null && answers(lastResponse, activity);
        }
    }

    private static boolean answers(Activity response, Activity mail) {
        boolean itsOwn = response.mail() == 0 || mail.mail() == 0 || response.mail() == mail.mail();
        return itsOwn
                && !response.at().isBefore(mail.at())
                && !response.at().isAfter(mail.at().plus(RESPONSE));
    }

    public TrainingRow.Labels labels() {
        return new TrainingRow.Labels(orders, spend, visits, mail == null ? null : engaged);
    }
}
