package winback.profile.privacy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;
import winback.contracts.ProfileChanged.Consent;
import winback.profile.features.Activity;
import winback.profile.subscribers.ActivityLog;

/** Who agreed to what, when and where, and who took it back. */
@Component
class Consents {

    /**
     * One word on a channel and a purpose; the newest counts.
     *
     * @param granted false for a revocation or a refusal
     * @param source where it was given
     * @param at when it was given
     * @param receivedAt when it reached us
     * @param messageId the sender's id of the call that said so
     */
    record Word(
            String channel,
            String purpose,
            boolean granted,
            String source,
            Instant at,
            Instant receivedAt,
            String messageId) {}

    private final ActivityLog activity;

    Consents(ActivityLog activity) {
        this.activity = activity;
    }

    /** Everything that was ever said and is still stored, oldest first. Needs a transaction around it. */
    List<Word> history(String subscriberId) {
        List<Word> history = new ArrayList<>();
        activity.received(subscriberId, event -> {
            for (Consent consent : Activity.of(event).consents()) {
                history.add(new Word(
                        consent.channel(),
                        consent.purpose(),
                        consent.granted(),
                        consent.source(),
                        consent.at(),
                        event.receivedAt(),
                        event.messageId()));
            }
        });
        return history;
    }
}
