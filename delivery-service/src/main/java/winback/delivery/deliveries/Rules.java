package winback.delivery.deliveries;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import winback.contracts.ContentDecided;
import winback.delivery.recipients.Address;
import winback.delivery.recipients.DefaultZone;
import winback.delivery.recipients.Recipient;
import winback.delivery.recipients.Recipients;
import winback.delivery.sendtimes.SendTimes;
import winback.delivery.suppression.Suppressions;

/**
 * Whether and when a mail may leave: with consent, to an address that is not suppressed, outside quiet hours, and not
 * within the gap of another mail to the same subscriber. Asked under the subscriber's lock.
 */
@Component
class Rules {

    private static final Duration PROFILE_AGAIN_AFTER = Duration.ofSeconds(1);

    private final Recipients recipients;
    private final Suppressions suppressions;
    private final SendTimes sendTimes;
    private final Deliveries deliveries;
    private final Planner planner;
    private final DeliverySettings settings;
    private final ZoneId defaultZone;

    Rules(
            Recipients recipients,
            Suppressions suppressions,
            SendTimes sendTimes,
            Deliveries deliveries,
            Planner planner,
            DeliverySettings settings,
            DefaultZone zone) {
        this.recipients = recipients;
        this.suppressions = suppressions;
        this.sendTimes = sendTimes;
        this.deliveries = deliveries;
        this.planner = planner;
        this.settings = settings;
        this.defaultZone = zone.zone();
    }

    /** What becomes of a new decision. */
    Delivery schedule(ContentDecided decision, String variantId, Instant now) {
        Recipient recipient = recipients.find(decision.subscriberId()).orElse(null);
        if (deliveries.anotherIsLive(decision.campaignId(), decision.subscriberId())) {
            return Delivery.refused(decision, variantId, Refusal.DUPLICATE, now);
        }
        if (decision.decidedAt().plus(settings.expireAfter()).isBefore(now)) {
            return Delivery.refused(decision, variantId, Refusal.EXPIRED, now);
        }
        Optional<Refusal> flaw = flaw(recipient);
        if (flaw.isPresent() && (flaw.get() == Refusal.SUPPRESSED || !behind(recipient, decision.featuresAsOf()))) {
            return Delivery.refused(decision, variantId, flaw.get(), now);
        }
        String deliveryId = Delivery.idOf(decision.decisionId());
        Planner.Wish wish = wish(deliveryId, decision.subscriberId(), decision.immediate(), recipient);
        Delivery draft = Delivery.scheduled(decision, variantId, new Slot(now, Slot.Reason.IMMEDIATE), now);
        return Delivery.scheduled(decision, variantId, planner.plan(wish, now, taken(draft, now)), now);
    }

    /** What becomes of a delivery at its time. */
    Verdict judge(Delivery delivery, Instant now) {
        if (delivery.promise().plus(settings.expireAfter()).isBefore(now)) {
            return new Verdict.Refuse(Refusal.EXPIRED);
        }
        Recipient recipient = recipients.find(delivery.subscriberId()).orElse(null);
        Optional<Refusal> flaw = flaw(recipient);
        if (flaw.isPresent() || recipient == null || recipient.address() == null) {
            Refusal refusal = flaw.orElse(Refusal.UNKNOWN_RECIPIENT);
            boolean hope = refusal != Refusal.SUPPRESSED
                    && behind(recipient, delivery.profileAsOf())
                    && now.isBefore(delivery.createdAt().plus(settings.profilePatience()));
            return hope ? new Verdict.Wait(now.plus(PROFILE_AGAIN_AFTER)) : new Verdict.Refuse(refusal);
        }
        Address address = recipient.address();
        ZoneId zone = zone(recipient);
        if (planner.free(now, zone, sent(delivery, now))) {
            return new Verdict.Go(address);
        }
        Planner.Wish wish = wish(delivery.deliveryId(), delivery.subscriberId(), delivery.immediate(), recipient);
        return new Verdict.Move(planner.settle(new Slot(now, Slot.Reason.IMMEDIATE), wish, taken(delivery, now)));
    }

    /**
     * What the due event says: the time that was promised, unless the subscriber has moved and it would lie in the quiet
     * hours of the new place.
     */
    Instant due(Delivery delivery, Instant now) {
        ZoneId zone = zone(recipients.find(delivery.subscriberId()).orElse(null));
        return planner.quiet(delivery.promise(), zone) ? now : delivery.promise();
    }

    private Optional<Refusal> flaw(@Nullable Recipient recipient) {
        if (recipient == null) {
            return Optional.of(Refusal.UNKNOWN_RECIPIENT);
        }
        if (!suppressions.suppressed(List.of(recipient.subscriberId())).isEmpty()) {
            return Optional.of(Refusal.SUPPRESSED);
        }
        if (!recipient.consents()) {
            return Optional.of(Refusal.NO_CONSENT);
        }
        return recipient.address() == null ? Optional.of(Refusal.NO_ADDRESS) : Optional.empty();
    }

    /** Whether what is known of the recipient is older than what the decision saw. */
    private static boolean behind(@Nullable Recipient recipient, @Nullable Instant profileAsOf) {
        return recipient == null
                || profileAsOf != null && recipient.profileAsOf().isBefore(profileAsOf);
    }

    private Planner.Wish wish(
            String deliveryId, String subscriberId, boolean immediate, @Nullable Recipient recipient) {
        return new Planner.Wish(deliveryId, immediate, sendTimes.bestHour(subscriberId), zone(recipient));
    }

    private ZoneId zone(@Nullable Recipient recipient) {
        return recipient == null || recipient.timezone() == null ? defaultZone : recipient.timezone();
    }

    private List<Instant> sent(Delivery delivery, Instant now) {
        return deliveries.sent(delivery, now.minus(settings.minGap()));
    }

    private List<Instant> taken(Delivery delivery, Instant now) {
        List<Instant> taken = new ArrayList<>(sent(delivery, now));
        taken.addAll(deliveries.planned(delivery.subscriberId(), delivery.deliveryId()));
        return taken;
    }
}
