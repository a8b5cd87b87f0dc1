package winback.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import winback.contracts.ActivityApplied;
import winback.contracts.ActivityRetracted;
import winback.contracts.ContentDecided;
import winback.contracts.DeliveryDue;
import winback.contracts.SubscriberErased;
import winback.contracts.SubscriberMerged;
import winback.contracts.Topic;
import winback.infrastructure.junit.Infrastructure;

class IdentitiesIT {

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    static RunningDelivery delivery;
    private static LocalDate day = LocalDate.of(2026, 2, 2);

    private final String anna = "anna-" + UUID.randomUUID();
    private final String visitor = "visitor-" + UUID.randomUUID();
    private final String spring = "spring-" + UUID.randomUUID();
    private final String autumn = "autumn-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        delivery = new RunningDelivery(infra, day.atTime(12, 0).toInstant(ZoneOffset.UTC));
    }

    @AfterAll
    static void stop() {
        delivery.close();
    }

    /** Each test has a week of its own, and begins at noon. */
    @BeforeEach
    void nextWeek() {
        day = day.plusWeeks(1);
        delivery.clock.set(day.atTime(12, 0).toInstant(ZoneOffset.UTC));
    }

    private static ContentDecided decision(String subscriberId, String campaignId, boolean immediate) {
        return Samples.decision(
                "decision-" + UUID.randomUUID(), subscriberId, campaignId, delivery.now(), null, immediate);
    }

    private static long count(String table, String subscriberId) {
        return delivery.db()
                .sql("SELECT count(*) FROM " + table + " WHERE subscriber_id = :id")
                .param("id", subscriberId)
                .query(Long.class)
                .single();
    }

    /** Rows of whatever table that say the text anywhere. */
    private static long mentions(String text) {
        return delivery
                .db()
                .sql("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()")
                .query(String.class)
                .list()
                .stream()
                .mapToLong(table -> delivery.db()
                        .sql("SELECT count(*) FROM \"" + table + "\" AS t WHERE t::text LIKE '%' || :text || '%'")
                        .param("text", text)
                        .query(Long.class)
                        .single())
                .sum();
    }

    private static void erase(String subscriberId, Instant at) {
        delivery.publish(Topic.IDENTITIES, new SubscriberErased(subscriberId, at, at.plus(Duration.ofDays(8))));
    }

    private static boolean tombstoned(String subscriberId) {
        var sendTimes = delivery.heard.on(delivery.topic(Topic.SEND_TIMES), subscriberId);
        return !sendTimes.isEmpty() && sendTimes.getLast().value() == null;
    }

    private static double observations(String subscriberId) {
        return delivery.get("/v1/subscribers/" + subscriberId + "/sendtimes")
                .body()
                .path("observations")
                .asDouble();
    }

    private static double counted(String subscriberId) {
        return delivery.db()
                .sql("SELECT coalesce(sum(c), 0) FROM send_times, unnest(counts) AS c WHERE subscriber_id = :id")
                .param("id", subscriberId)
                .query(Double.class)
                .single();
    }

    private static void awaitStates(String subscriberId, String... states) {
        await().untilAsserted(() -> assertThat(delivery.db()
                        .sql("SELECT state || ' ' || reason FROM delivery WHERE subscriber_id = :id")
                        .param("id", subscriberId)
                        .query(String.class)
                        .list())
                .containsExactlyInAnyOrder(states));
    }

    @Test
    void anErasureLeavesNothingAndSendsNothing() {
        delivery.consenting(anna, "Europe/London");
        delivery.decide(decision(anna, spring, true));
        await().until(() -> delivery.heard.due(anna).size() == 1);
        delivery.decide(decision(anna, autumn, true));
        await().until(() -> delivery.heard.scheduled(anna).size() == 2);
        delivery.publish(Topic.FEEDBACK, Samples.activity("api:" + anna, anna, "Email Opened", delivery.now()));
        await().until(() -> observations(anna) == 1);
        assertThat(delivery.post("/v1/suppressions", "{\"subscriberId\":\"" + anna + "\"}")
                        .status())
                .isEqualTo(201);

        erase(anna, delivery.now());

        await().until(() -> mentions(anna) == 0);
        await().until(() -> tombstoned(anna));
        await().until(() -> delivery.heard.refused(anna).size() == 1);
        assertThat(delivery.heard.refused(anna).getFirst().reason()).isEqualTo("erased");
        delivery.clock.advance(Duration.ofDays(3));
        delivery.consenting(visitor, "Europe/London");
        delivery.decide(decision(visitor, spring, true));
        await().until(() -> delivery.heard.due(visitor).size() == 1);
        assertThat(delivery.heard.due(anna)).hasSize(1);
    }

    @Test
    void whatIsOlderThanAnErasureResurrectsNobodyAndWhatIsNewerStartsAnew() {
        Instant before = delivery.now().minusSeconds(60);
        delivery.consenting(anna, "Europe/London");
        erase(anna, delivery.now());
        await().until(() -> mentions(anna) == 0);

        delivery.publish(Topic.PROFILE, Samples.profile(anna, 9, before, true, "Europe/London"));
        delivery.publish(
                Topic.DECISIONS, Samples.decision("decision-" + UUID.randomUUID(), anna, autumn, before, null, true));
        delivery.publish(Topic.FEEDBACK, Samples.activity("api:old-" + anna, anna, "Email Opened", before));
        delivery.clock.advance(Duration.ofSeconds(5));
        delivery.publish(Topic.FEEDBACK, Samples.activity("api:new-" + anna, anna, "Email Opened", delivery.now()));
        await().until(() -> observations(anna) == 1);
        delivery.consenting(anna, "Europe/London");
        delivery.decide(decision(anna, spring, true));

        await().until(() -> delivery.heard.due(anna).size() == 1);
        awaitStates(anna, "due immediate");
        assertThat(observations(anna)).isEqualTo(1);
        assertThat(delivery.db()
                        .sql("SELECT version FROM recipient WHERE subscriber_id = :id")
                        .param("id", anna)
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void theSuppressionOfAnAddressSurvivesAnErasure() {
        delivery.consenting(anna, "Europe/London");
        delivery.publish(
                Topic.FEEDBACK, Samples.activity("api:spam-" + anna, anna, "Email Marked as Spam", delivery.now()));
        await().until(() -> count("suppression", anna) == 1);
        erase(anna, delivery.now());
        await().until(() -> mentions(anna) == 0);

        delivery.clock.advance(Duration.ofSeconds(5));
        delivery.know(Samples.profile(
                visitor,
                1,
                delivery.now(),
                true,
                delivery.now(),
                "Europe/London",
                Samples.addressOf(anna).toUpperCase(java.util.Locale.ROOT)));
        delivery.decide(decision(visitor, spring, true));

        await().until(() -> delivery.heard.refused(visitor).size() == 1);
        assertThat(delivery.heard.refused(visitor).getFirst().reason()).isEqualTo("suppressed");
    }

    @Test
    void hashesOfEarlierReleasesAreCarriedOver() throws Exception {
        delivery.db().sql("DELETE FROM suppression").update();
        byte[] hash = MessageDigest.getInstance("SHA-256")
                .digest(Samples.addressOf(anna).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        delivery.db().sql("""
                        INSERT INTO suppression (address_code, reason, source, suppressed_at)
                        VALUES (:hash, 'spam', 'feedback', now())
                        """).param("hash", hash).update();
        delivery.migrate("hashesUnderSecret");

        delivery.consenting(anna, "Europe/London");
        delivery.decide(decision(anna, spring, true));
        await().until(() -> delivery.heard.refused(anna).size() == 1);
        assertThat(delivery.heard.refused(anna).getFirst().reason()).isEqualTo("suppressed");
    }

    @Test
    void whoWasMergedIsSuppressedByTheIdThatStays() {
        delivery.consenting(visitor, "Europe/London");
        delivery.consenting(anna, "Europe/London");
        delivery.publish(Topic.IDENTITIES, new SubscriberMerged(visitor, anna, delivery.now()));
        await().until(() -> delivery.db()
                        .sql("SELECT count(*) FROM merge_heard WHERE from_id = :id")
                        .param("id", visitor)
                        .query(Long.class)
                        .single()
                == 1);

        RunningDelivery.Answer added = delivery.post("/v1/suppressions", "{\"subscriberId\":\"" + visitor + "\"}");
        assertThat(added.body().path("subscriberId").asString()).isEqualTo(anna);
        delivery.decide(decision(anna, spring, true));
        await().until(() -> delivery.heard.refused(anna).size() == 1);
        assertThat(delivery.delete("/v1/suppressions?subscriberId=" + visitor).status())
                .isEqualTo(204);
    }

    @Test
    void aMergeMovesEverythingOnce() {
        // So that nobody's best hour is now, and nothing leaves yet.
        Instant thisMorning = delivery.now().minus(Duration.ofHours(3));
        delivery.consenting(visitor, "Europe/London");
        delivery.consenting(anna, "Europe/London");
        delivery.publish(
                Topic.FEEDBACK,
                List.of(
                        Samples.activity("api:1-" + visitor, visitor, "Email Opened", thisMorning),
                        Samples.activity("api:2-" + visitor, visitor, "Email Opened", thisMorning),
                        Samples.activity("api:1-" + anna, anna, "Email Opened", thisMorning)));
        await().until(() -> observations(visitor) == 2 && observations(anna) == 1);
        delivery.decide(decision(visitor, spring, false));
        delivery.decide(decision(visitor, autumn, false));
        await().until(() -> delivery.heard.scheduled(visitor).size() == 2);
        delivery.decide(decision(anna, spring, false));
        await().until(() -> delivery.heard.scheduled(anna).size() == 1);

        SubscriberMerged merge = new SubscriberMerged(visitor, anna, delivery.now());
        delivery.publish(Topic.IDENTITIES, List.of(merge, merge));

        await().until(() -> count("delivery", visitor) == 0);
        assertThat(delivery.db().sql("""
                        SELECT campaign_id FROM delivery WHERE subscriber_id = :id AND state = 'scheduled'
                        """).param("id", anna).query(String.class).list())
                .containsExactlyInAnyOrder(spring, autumn);
        await().until(() -> delivery.heard.refused(anna).size() == 1);
        assertThat(delivery.heard.refused(anna).getFirst().reason()).isEqualTo("duplicate");
        await().until(() -> tombstoned(visitor));
        assertThat(observations(anna)).isEqualTo(3);
        assertThat(counted(anna)).isBetween(2.99, 3.0);
        assertThat(count("recipient", visitor) + count("send_times", visitor)).isZero();

        // What was said of the old id arrives late.
        delivery.publish(Topic.FEEDBACK, Samples.activity("api:3-" + visitor, visitor, "Email Opened", thisMorning));
        delivery.decide(decision(visitor, "late-" + spring, false));
        await().until(() -> observations(anna) == 4);
        await().until(() -> count("delivery", anna) == 4);
        assertThat(count("send_times", visitor) + count("delivery", visitor)).isZero();
    }

    @Test
    void theGapBetweenMailsCountsThoseOfBothIds() {
        delivery.consenting(visitor, "Europe/London");
        delivery.decide(decision(visitor, spring, true));
        DeliveryDue first = await().until(() -> delivery.heard.due(visitor), list -> list.size() == 1)
                .getFirst();
        delivery.consenting(anna, "Europe/London");
        delivery.publish(Topic.IDENTITIES, new SubscriberMerged(visitor, anna, delivery.now()));
        await().until(() -> count("delivery", anna) == 1);

        delivery.decide(decision(anna, autumn, true));

        var second = await().until(() -> delivery.heard.scheduled(anna), list -> !list.isEmpty())
                .getLast();
        assertThat(second.reason()).isEqualTo("cap");
        assertThat(second.dueAt()).isAfter(first.dueAt().plus(Duration.ofHours(24)));
    }

    @Test
    void aMergeOlderThanTheErasureOfTheOneErasesTheOther() {
        delivery.consenting(visitor, "Europe/London");
        delivery.consenting(anna, "Europe/London");
        Instant merged = delivery.now();
        erase(anna, merged.plusSeconds(1));
        await().until(() -> mentions(anna) == 0);

        delivery.publish(Topic.IDENTITIES, new SubscriberMerged(visitor, anna, merged));

        await().until(() -> mentions(visitor) == 0);
        assertThat(mentions(anna)).isZero();
    }

    private static ActivityRetracted retracted(ActivityApplied activity) {
        return new ActivityRetracted(
                activity.activityId(),
                activity.subscriberId(),
                activity.type(),
                activity.name(),
                activity.at(),
                activity.precision(),
                activity.decisionId(),
                "click-burst",
                activity.timezone());
    }

    @Test
    void aRetractedResponseIsTakenBackOnceAndOneRetractedBeforeItCameIsNotCounted() {
        delivery.consenting(anna, "Europe/London");
        ActivityApplied human = Samples.activity("api:1-" + anna, anna, "Email Opened", delivery.now());
        ActivityApplied scanned = Samples.activity("api:2-" + anna, anna, "Email Link Clicked", delivery.now());
        ActivityApplied late = Samples.activity("api:3-" + anna, anna, "Email Link Clicked", delivery.now());
        delivery.publish(Topic.FEEDBACK, List.of(human, scanned));
        await().until(() -> observations(anna) == 2);

        delivery.publish(Topic.FEEDBACK, List.of(retracted(scanned), retracted(scanned), retracted(late)));
        await().until(() -> observations(anna) == 1);
        delivery.publish(Topic.FEEDBACK, List.of(retracted(scanned), late, scanned));
        delivery.publish(Topic.FEEDBACK, Samples.activity("api:4-" + anna, anna, "Email Opened", delivery.now()));

        await().until(() -> observations(anna) == 2);
        assertThat(counted(anna)).isBetween(1.99, 2.0);
    }

    @Test
    void deliveriesThatEndedLongAgoAreRemoved() {
        delivery.consenting(anna, "Europe/London");
        delivery.decide(decision(anna, spring, true));
        await().until(() -> delivery.heard.due(anna).size() == 1);
        awaitStates(anna, "due immediate");
        delivery.clock.advance(Duration.ofDays(401));
        try {
            await().until(() -> count("delivery", anna) == 0);
        } finally {
            delivery.clock.advance(Duration.ofDays(-401));
        }
    }
}
