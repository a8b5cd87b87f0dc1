package winback.profile.identities;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import winback.chassis.events.EventPublisher;
import winback.contracts.ActivityReceived;
import winback.contracts.ActivityType;
import winback.contracts.ProfileChanged.Consent;
import winback.contracts.SubscriberMerged;
import winback.contracts.TimePrecision;
import winback.contracts.Topic;

/**
 * Makes one subscriber of two, when a call says that two ids are one person.
 *
 * <p>The first merge of an id wins: a shared device's anonymous id stays with whom it was first given to. An
 * {@code identify} that happens to name an id which is known as somebody's {@code userId} merges nobody.
 */
@Component
public class Merges {

    private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(15);
    private static final String SOURCE = "merge";

    private final JdbcClient db;
    private final EventPublisher events;
    private final Counter made;
    private final Counter ignored;

    Merges(JdbcClient db, EventPublisher events, MeterRegistry meters) {
        this.db = db;
        this.events = events;
        this.made = Counter.builder("winback.merges")
                .description("Subscribers merged into another")
                .register(meters);
        this.ignored = Counter.builder("winback.merges.ignored")
                .description("Calls that asked for a merge and changed nothing")
                .register(meters);
    }

    /**
     * What has been made of two subscribers, in the transaction that is under way.
     *
     * @param merged what others have to be told
     * @param revocations to be stored beside the received activity: what either side had revoked stays revoked
     */
    public record Made(List<SubscriberMerged> merged, List<ActivityReceived> revocations) {

        static final Made NOTHING = new Made(List.of(), List.of());

        /** The id under which everything of this one is kept from now on. */
        public String canonical(String id) {
            for (SubscriberMerged merge : merged) {
                if (merge.from().equals(id)) {
                    return merge.into();
                }
            }
            return id;
        }

        /** The activity under its id after the merges. */
        public ActivityReceived settle(ActivityReceived event) {
            String canonical = canonical(event.subscriberId());
            return canonical.equals(event.subscriberId()) ? event : Names.under(canonical, event);
        }

        /** Whom they were merged into. */
        public Set<String> kept() {
            Set<String> ids = new HashSet<>();
            merged.forEach(merge -> ids.add(merge.into()));
            return ids;
        }
    }

    /** The ids whose subscribers must be created and locked before {@link #make}. */
    public Set<String> concerned(Collection<ActivityReceived> events, Names names) {
        Set<String> ids = new TreeSet<>();
        for (MergeRequest request : requests(events)) {
            if (!names.merged().containsKey(request.from())) {
                ids.add(request.from());
                ids.add(names.canonical(request.into()));
            }
        }
        return ids;
    }

    /**
     * Merges what these activities ask for: moves the stored activity and removes the subscriber who is given up. The
     * state of who stays is to be rebuilt from the stored activity.
     *
     * @param events new ones, already stored
     * @param consents what a subscriber agreed to and revoked, the new activities included
     */
    public Made make(
            Collection<ActivityReceived> events, Names names, Function<String, List<Consent>> consents, Instant now) {
        List<MergeRequest> requests = requests(events);
        if (requests.isEmpty()) {
            return Made.NOTHING;
        }
        Map<String, String> merged = new HashMap<>(names.merged());
        Map<String, Map<String, Consent>> revoked = new HashMap<>();
        List<String> given = new ArrayList<>();
        Instant after = now;
        for (MergeRequest request : requests) {
            String from = request.from();
            String into = merged.getOrDefault(request.into(), request.into());
            if (merged.containsKey(from) || from.equals(into) || !request.explicit() && isKnownUser(from)) {
                ignored.increment();
                continue;
            }
            Map<String, Consent> stricter = new TreeMap<>();
            for (String side : List.of(from, into)) {
                List<Consent> held = consents.apply(side);
                stricter.putAll(Objects.requireNonNullElseGet(revoked.remove(side), () -> revoked(held)));
                for (Consent consent : held) {
                    after = consent.at().isBefore(after) ? after : consent.at().plusMillis(1);
                }
            }
            revoked.put(into, stricter);
            move(request, into, now);
            merged.replaceAll((id, canonical) -> canonical.equals(from) ? into : canonical);
            merged.put(from, into);
            given.add(from);
        }
        made.increment(given.size());
        List<ActivityReceived> revocations = new ArrayList<>();
        for (Map.Entry<String, Map<String, Consent>> held : revoked.entrySet()) {
            if (!held.getValue().isEmpty()) {
                revocations.add(revocation(held.getKey(), held.getValue().values(), after, now));
            }
        }
        return new Made(
                given.stream()
                        .map(from -> new SubscriberMerged(from, merged.getOrDefault(from, from), now))
                        .toList(),
                revocations);
    }

    private static List<MergeRequest> requests(Collection<ActivityReceived> events) {
        List<MergeRequest> requests = new ArrayList<>();
        for (ActivityReceived event : events) {
            MergeRequest request = MergeRequest.of(event);
            if (request != null) {
                requests.add(request);
            }
        }
        return requests;
    }

    private boolean isKnownUser(String id) {
        return db.sql("SELECT EXISTS (SELECT FROM activity WHERE subscriber_id = ? AND event ->> 'userId' = ?)")
                .param(id)
                .param(id)
                .query(Boolean.class)
                .single();
    }

    private void move(MergeRequest request, String into, Instant now) {
        String from = request.from();
        db.sql("UPDATE merge SET into_id = ? WHERE into_id = ?")
                .param(into)
                .param(from)
                .update();
        db.sql("INSERT INTO merge (from_id, into_id, at, activity_id) VALUES (?, ?, ?::timestamptz, ?)")
                .param(from)
                .param(into)
                .param(now.toString())
                .param(request.activityId())
                .update();
        // A message repeated after the deduplication's memory may have come under both ids.
        db.sql("""
                        DELETE FROM activity f USING activity i
                        WHERE f.subscriber_id = ? AND i.subscriber_id = ?
                          AND i.at = f.at AND i.activity_id = f.activity_id
                        """).param(from).param(into).update();
        db.sql("DELETE FROM snapshot WHERE subscriber_id IN (?, ?) AND NOT sealed")
                .param(from)
                .param(into)
                .update();
        // What was sealed cannot be taken apart again to become one: who has such a past keeps it, before the other's.
        db.sql("""
                        UPDATE snapshot SET subscriber_id = :into
                        WHERE subscriber_id = :from
                          AND NOT EXISTS (SELECT FROM snapshot i WHERE i.subscriber_id = :into)
                        """).param("into", into).param("from", from).update();
        db.sql("DELETE FROM snapshot WHERE subscriber_id = ?").param(from).update();
        db.sql("UPDATE activity SET subscriber_id = ? WHERE subscriber_id = ?")
                .param(into)
                .param(from)
                .update();
        db.sql("DELETE FROM subscriber WHERE id = ?").param(from).update();
    }

    private static Map<String, Consent> revoked(List<Consent> consents) {
        Map<String, Consent> revoked = new TreeMap<>();
        for (Consent consent : consents) {
            if (!consent.granted()) {
                revoked.put(consent.channel() + "/" + consent.purpose(), consent);
            }
        }
        return revoked;
    }

    /**
     * @param at later than every consent that either side has given, so that it holds whenever the state is rebuilt
     */
    private static ActivityReceived revocation(String id, Collection<Consent> revoked, Instant at, Instant now) {
        List<Map<String, Object>> declared = new ArrayList<>();
        for (Consent consent : revoked) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("channel", consent.channel());
            one.put("purpose", consent.purpose());
            one.put("granted", false);
            one.put("source", consent.source());
            declared.add(one);
        }
        Map<String, @Nullable Object> traits = new LinkedHashMap<>();
        traits.put("consents", declared);
        return new ActivityReceived(
                id,
                id,
                null,
                SOURCE,
                UUID.randomUUID().toString(),
                ActivityType.IDENTIFY,
                null,
                at,
                TimePrecision.INSTANT,
                now,
                false,
                Map.of(),
                traits,
                Map.of());
    }

    /** What these activities, which come again, made when they came first. */
    public List<SubscriberMerged> madeBy(Collection<ActivityReceived> events) {
        List<MergeRequest> requests = requests(events);
        if (requests.isEmpty()) {
            return List.of();
        }
        return db.sql("""
                        SELECT from_id, into_id, m.at FROM merge m
                        JOIN unnest(?::text[], ?::text[]) AS r (from_id, activity_id) USING (from_id, activity_id)
                        """)
                .param(requests.stream().map(MergeRequest::from).toArray(String[]::new))
                .param(requests.stream().map(MergeRequest::activityId).toArray(String[]::new))
                .query((row, n) -> new SubscriberMerged(
                        row.getString(1),
                        row.getString(2),
                        row.getObject(3, OffsetDateTime.class).toInstant()))
                .list();
    }

    /** Tells the other services and returns when Kafka has it. */
    public void publish(List<SubscriberMerged> merged) {
        List<CompletableFuture<?>> sends = new ArrayList<>();
        for (SubscriberMerged merge : merged) {
            sends.add(events.remove(Topic.PROFILE, merge.from()));
            sends.add(events.publish(Topic.IDENTITIES, merge));
        }
        EventPublisher.await(sends, ACKNOWLEDGED_WITHIN);
    }
}
