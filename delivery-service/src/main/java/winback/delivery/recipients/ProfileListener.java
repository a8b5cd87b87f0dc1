package winback.delivery.recipients;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.events.Batches;
import winback.chassis.identities.Identities;
import winback.contracts.Event;
import winback.contracts.ProfileChanged;

/** Keeps the recipients as their profiles say. */
@Component
class ProfileListener {

    private final Recipients recipients;
    private final ApplicationEventPublisher changes;
    private final TransactionTemplate transaction;
    private final Identities identities;

    ProfileListener(
            Recipients recipients,
            ApplicationEventPublisher changes,
            TransactionTemplate transaction,
            Identities identities) {
        this.recipients = recipients;
        this.identities = identities;
        this.changes = changes;
        this.transaction = transaction;
    }

    @KafkaListener(
            id = "delivery-recipients",
            topics = "${winback.topics.prefix}winback.profile",
            groupId = "${winback.topics.prefix}delivery-recipients",
            idIsGroup = false)
    void on(List<ConsumerRecord<String, Event>> batch) {
        Batches.process(batch, this::apply);
    }

    private void apply(List<ConsumerRecord<String, Event>> batch) {
        transaction.executeWithoutResult(status -> {
            Identities.Known known = identities.known(batch.stream()
                    .map(ConsumerRecord::key)
                    .filter(Objects::nonNull)
                    .collect(Collectors.toSet()));
            // In order of ids, so that two consumers never wait for each other.
            Set<String> gone = new TreeSet<>();
            TreeMap<String, Recipient> changed = new TreeMap<>();
            for (ConsumerRecord<String, Event> record : batch) {
                if (record.value() instanceof ProfileChanged profile
                        && !known.merged(profile.subscriberId())
                        // Before versions are compared: who comes anew begins at 1.
                        && !known.forgotten(profile.subscriberId(), profile.featuresAsOf())) {
                    changed.merge(
                            profile.subscriberId(),
                            Recipient.of(profile),
                            (a, b) ->
                                    Comparator.comparingLong(Recipient::version).compare(a, b) > 0 ? a : b);
                } else if (record.value() == null && record.key() != null) {
                    gone.add(record.key());
                    changed.remove(record.key());
                }
            }
            if (!gone.isEmpty()) {
                recipients.remove(gone);
                changes.publishEvent(new RecipientsGone(gone));
            }
            if (!changed.isEmpty()) {
                List<Recipient> all = new ArrayList<>(changed.values());
                recipients.store(all);
                changes.publishEvent(new RecipientsChanged(all));
            }
        });
    }
}
