package winback.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static winback.content.RunningContent.campaign;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import winback.content.RunningContent.Answer;
import winback.contracts.ActivityApplied;
import winback.contracts.ActivityRetracted;
import winback.contracts.ActivityType;
import winback.contracts.ContentDecided;
import winback.contracts.SubscriberErased;
import winback.contracts.SubscriberMerged;
import winback.contracts.TimePrecision;
import winback.contracts.Topic;
import winback.infrastructure.junit.Infrastructure;

class IdentitiesTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    @SuppressWarnings("NullAway.Init")
    private static RunningContent content;

    private final String spring = "spring-" + UUID.randomUUID();
    private final String anna = "anna-" + UUID.randomUUID();
    private final String visitor = "visitor-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        content = new RunningContent(infra, "--winback.decisions.purge-every=1s");
        await().atMost(Duration.ofSeconds(30)).until(content::isReady);
    }

    @AfterAll
    static void stop() {
        content.close();
    }

    @BeforeEach
    void aCampaign() {
        content.post("/v1/campaigns", campaign(spring, 0, 0));
    }

    @AfterEach
    void presentTime() {
        content.clock.reset();
    }

    private static JdbcClient db() {
        return content.context.getBean(JdbcClient.class);
    }

    /** Rows of whatever table that say the text anywhere. */
    private static long mentions(String text) {
        return db()
                .sql("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()")
                .query(String.class)
                .list()
                .stream()
                .mapToLong(table -> db().sql(
                                "SELECT count(*) FROM \"" + table + "\" AS t WHERE t::text LIKE '%' || :text || '%'")
                        .param("text", text)
                        .query(Long.class)
                        .single())
                .sum();
    }

    private long counted(String what) {
        return db().sql("SELECT sum(" + what + ") FROM variant WHERE campaign_id = :id")
                .param("id", spring)
                .query(Long.class)
                .single();
    }

    private void awaitCounts(long exposures, long successes) {
        await().atMost(SOON).until(() -> counted("exposures") == exposures && counted("successes") == successes);
    }

    private static void erase(String subscriberId, Instant at) {
        content.publish(Topic.IDENTITIES, new SubscriberErased(subscriberId, at, at.plus(Duration.ofDays(8))));
    }

    private static void know(String subscriberId) {
        content.publish(Topic.PROFILE, content.profile(subscriberId, 1, Map.of("firstName", "Anna")));
        await().atMost(SOON).until(() -> !isUnknown(subscriberId));
    }

    private static boolean isUnknown(String subscriberId) {
        return content.context.getBean(winback.content.cache.FeatureCache.class).find(subscriberId) == null;
    }

    private static ActivityApplied activity(
            String activityId, String subscriberId, String name, @Nullable String decisionId) {
        return new ActivityApplied(
                activityId,
                subscriberId,
                ActivityType.TRACK,
                name,
                content.clock.instant(),
                TimePrecision.INSTANT,
                false,
                null,
                decisionId,
                null,
                null,
                null,
                null);
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

    private ContentDecided decided(String decisionId, String subscriberId, Instant at, @Nullable Instant featuresAsOf) {
        return decided(decisionId, subscriberId, at, featuresAsOf, Map.of("warm", .5, "plain", .5));
    }

    private ContentDecided decided(
            String decisionId,
            String subscriberId,
            Instant at,
            @Nullable Instant featuresAsOf,
            Map<String, Double> probabilities) {
        return new ContentDecided(
                decisionId,
                subscriberId,
                spring,
                false,
                "warm",
                1,
                .5,
                probabilities,
                "thompson",
                true,
                false,
                at,
                featuresAsOf,
                at,
                .5,
                Map.of("subscriber", Map.of("firstName", "Anna"), "campaign", Map.of("id", spring)),
                null,
                null);
    }

    @Test
    void anErasureLeavesNothingButWhatWasCounted() {
        know(anna);
        String decisionId = content.personalize(anna, spring, true).text("/decisionId");
        content.publish(Topic.FEEDBACK, activity("t:1-" + anna, anna, "Email Link Clicked", decisionId));
        content.publish(Topic.FEEDBACK, activity("t:2-" + anna, anna, "Order Completed", null));
        awaitCounts(1, 1);
        assertThat(mentions(anna)).isPositive();

        content.clock.advance(Duration.ofSeconds(1));
        erase(anna, content.clock.instant());

        await().atMost(SOON).until(() -> mentions(anna) == 0);
        await().atMost(SOON).until(() -> isUnknown(anna));
        await().atMost(SOON)
                .until(() -> content.get("/v1/decisions/" + decisionId).status() == 404);
        awaitCounts(1, 1);

        content.clock.advance(Duration.ofSeconds(1));
        Answer anew = content.personalize(anna, spring, true);
        assertThat(anew.body().at("/repeated").asBoolean()).isFalse();
        assertThat(anew.text("/fallbacks/0/why")).isEqualTo("unknown-subscriber");
        await().atMost(SOON)
                .until(() -> db().sql("SELECT count(*) FROM decision WHERE decision_id = :id")
                                .param("id", anew.text("/decisionId"))
                                .query(Long.class)
                                .single()
                        == 1);
    }

    @Test
    void whatWasDecidedOfOldDataDoesNotComeBack() {
        know(anna);
        Instant before = content.clock.instant();
        content.clock.advance(Duration.ofSeconds(10));
        Instant erasedAt = content.clock.instant();
        erase(anna, erasedAt);
        await().atMost(SOON).until(() -> isUnknown(anna));

        content.publish(
                Topic.DECISIONS,
                decided("old-" + anna, anna, before, before),
                decided("new-of-old-" + anna, anna, erasedAt.plusMillis(50), before),
                decided("new-of-unsaid-" + anna, anna, erasedAt.plusMillis(1), null),
                decided("new-" + anna, anna, erasedAt.plusSeconds(60), erasedAt.plusSeconds(50)));
        content.publish(Topic.FEEDBACK, activity("t:3-" + anna, anna, "Email Opened", "new-" + anna));

        awaitCounts(1, 0);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(db().sql("SELECT decision_id FROM decision WHERE subscriber_id = :id")
                                .param("id", anna)
                                .query(String.class)
                                .list())
                        .containsExactly("new-" + anna));
        await().atMost(SOON)
                .until(() -> content.personalize(anna, spring, true)
                        .text("/decisionId")
                        .equals("new-" + anna));
    }

    @Test
    void aMergeMovesDecisionsAndTheirLaterResponses() {
        know(visitor);
        String decisionId = content.personalize(visitor, spring, true).text("/decisionId");
        content.publish(Topic.FEEDBACK, activity("t:4-" + visitor, visitor, "Email Opened", decisionId));
        awaitCounts(1, 0);

        SubscriberMerged merged =
                new SubscriberMerged(visitor, anna, content.clock.instant().plusMillis(1));
        content.publish(Topic.IDENTITIES, merged, merged);

        await().atMost(SOON)
                .until(() -> content.personalize(anna, spring, true)
                        .text("/decisionId")
                        .equals(decisionId));
        await().atMost(SOON).until(() -> isUnknown(visitor));
        Answer underTheOldId = content.personalize(visitor, spring, true);
        assertThat(underTheOldId.text("/subscriberId")).isEqualTo(anna);
        assertThat(underTheOldId.text("/decisionId")).isEqualTo(decisionId);
        await().atMost(SOON)
                .until(() -> content.get("/v1/decisions/" + decisionId + "/mail")
                        .text("/subscriberId")
                        .equals(anna));
        content.clock.advance(Duration.ofSeconds(1));
        content.publish(Topic.FEEDBACK, activity("t:5-" + anna, anna, "Order Completed", null));
        awaitCounts(1, 1);

        // Decided for the old id, and read after the merge.
        content.publish(Topic.DECISIONS, decided("late-" + visitor, visitor, content.clock.instant(), null));
        await().atMost(SOON)
                .until(() -> db().sql("SELECT subscriber_id FROM decision WHERE decision_id = :id")
                        .param("id", "late-" + visitor)
                        .query(String.class)
                        .optional()
                        .filter(anna::equals)
                        .isPresent());
    }

    @Test
    void aRetractedClickIsTakenBackOnceAndOneRetractedBeforeItCameIsNotCounted() {
        Instant now = content.clock.instant();
        content.publish(
                Topic.DECISIONS,
                decided("one-" + anna, anna, now, null),
                decided("two-" + anna, anna, now, null),
                decided("three-" + anna, anna, now, null));
        ActivityApplied only = activity("t:6-" + anna, anna, "Email Link Clicked", "one-" + anna);
        ActivityApplied first = activity("t:7-" + anna, anna, "Email Link Clicked", "two-" + anna);
        ActivityApplied second = activity("t:8-" + anna, anna, "Email Link Clicked", "two-" + anna);
        ActivityApplied late = activity("t:9-" + anna, anna, "Email Link Clicked", "three-" + anna);
        content.publish(Topic.FEEDBACK, only, first, second);
        awaitCounts(2, 2);

        content.publish(Topic.FEEDBACK, retracted(only), retracted(first), retracted(late));
        awaitCounts(2, 1);
        content.publish(Topic.FEEDBACK, retracted(only), only, first, late);
        awaitCounts(3, 1);
        content.publish(Topic.FEEDBACK, retracted(second));
        awaitCounts(3, 0);
        assertThat(content.get("/v1/decisions/two-" + anna).body().has("succeededAt"))
                .isFalse();
    }

    @Test
    void decisionsOfLongAgoAreRemoved() {
        Instant longAgo = content.clock.instant().minus(Duration.ofDays(399));
        content.publish(
                Topic.DECISIONS,
                decided("old-" + anna, anna, longAgo, null, Map.of("warm", .75, "old-" + anna, .25)),
                decided("newer-" + anna, anna, longAgo.plus(Duration.ofDays(5)), null));
        content.publish(Topic.FEEDBACK, activity("t:10-" + anna, anna, "Email Opened", "old-" + anna));
        awaitCounts(1, 0);
        assertThat(content.get("/v1/decisions/old-" + anna)
                        .body()
                        .at("/probabilities/old-" + anna)
                        .asDouble())
                .isEqualTo(.25);
        content.clock.advance(Duration.ofDays(3));

        await().atMost(SOON).until(() -> mentions("old-" + anna) == 0);
        assertThat(content.get("/v1/decisions/newer-" + anna)
                        .body()
                        .at("/probabilities/warm")
                        .asDouble())
                .isEqualTo(.5);
    }
}
