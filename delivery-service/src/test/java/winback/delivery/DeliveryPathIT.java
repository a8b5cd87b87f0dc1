package winback.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.kafka.core.KafkaTemplate;
import tools.jackson.databind.JsonNode;
import winback.contracts.ContentDecided;
import winback.contracts.DeliveryDue;
import winback.contracts.DeliveryRefused;
import winback.contracts.DeliveryScheduled;
import winback.contracts.SendTimesChanged;
import winback.contracts.TimePrecision;
import winback.contracts.Topic;
import winback.infrastructure.junit.Infrastructure;

class DeliveryPathIT {

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    static RunningDelivery delivery;
    private static LocalDate day = LocalDate.of(2026, 2, 2);

    private final String anna = "anna-" + UUID.randomUUID();
    private final String spring = "spring-" + UUID.randomUUID();
    private final String decisionId = "decision-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        delivery = new RunningDelivery(infra, day.atTime(12, 0).toInstant(ZoneOffset.UTC));
    }

    @AfterAll
    static void stop() {
        delivery.close();
    }

    /** Each test has a week of its own, and begins at noon in London. */
    @BeforeEach
    void nextWeek() {
        day = day.plusWeeks(1);
        delivery.clock.set(day.atTime(12, 0).toInstant(ZoneOffset.UTC));
        delivery.db().sql("DELETE FROM suppression").update();
    }

    private ContentDecided decision(boolean immediate) {
        return Samples.decision(decisionId, anna, spring, delivery.now(), null, immediate);
    }

    private ContentDecided another(String campaignId, boolean immediate) {
        return Samples.decision("decision-" + UUID.randomUUID(), anna, campaignId, delivery.now(), null, immediate);
    }

    private DeliveryScheduled awaitScheduled() {
        return await().until(() -> delivery.heard.scheduled(anna), list -> !list.isEmpty())
                .getLast();
    }

    private List<DeliveryDue> awaitDue(int count) {
        return await().until(() -> delivery.heard.due(anna), list -> list.size() >= count);
    }

    private DeliveryRefused awaitRefused() {
        return await().until(() -> delivery.heard.refused(anna), list -> !list.isEmpty())
                .getLast();
    }

    private String state(String deliveryId) {
        return delivery.get("/v1/deliveries/" + deliveryId).body().path("state").asString();
    }

    /** Until nothing is left that the worker should look at now. */
    private void settle() {
        await().until(() -> delivery.db()
                        .sql("""
                        SELECT count(*) FROM delivery WHERE announced < revision
                          OR subscriber_id = :id AND state IN ('scheduled', 'publishing') AND due_at <= :now
                        """)
                        .param("id", anna)
                        .param("now", delivery.now().atOffset(ZoneOffset.UTC))
                        .query(Long.class)
                        .single()
                == 0);
    }

    @Test
    void promisesTheBestHourAndPublishesTheMailThen() {
        delivery.consenting(anna, "Europe/Berlin");
        // At night, because in the best hour itself a mail goes at once.
        delivery.clock.set(day.atTime(22, 0).toInstant(ZoneOffset.UTC));
        delivery.decide(decision(false));

        DeliveryScheduled promise = awaitScheduled();
        JsonNode sendTimes =
                delivery.get("/v1/subscribers/" + anna + "/sendtimes").body();
        assertThat(promise.reason()).isEqualTo("best-hour");
        assertThat(promise.dueAt()).isAfter(delivery.now().minusSeconds(5));
        assertThat(promise.dueAt().atZone(BERLIN).getHour())
                .isEqualTo(sendTimes.path("bestHour").asInt());
        assertThat(state(promise.deliveryId())).isEqualTo("scheduled");

        delivery.clock.set(promise.dueAt());
        DeliveryDue due = awaitDue(1).getFirst();
        assertThat(due.deliveryId()).isEqualTo(promise.deliveryId());
        assertThat(due.dueAt()).isEqualTo(promise.dueAt());
        assertThat(due.to()).isEqualTo(Samples.addressOf(anna));
        assertThat(due.mail())
                .isEqualTo(new DeliveryDue.Mail(
                        "We miss you, Ann", "A look inside", "<p>" + decisionId + "</p>", "Come back"));

        await().until(() -> state(due.deliveryId()).equals("due"));
        assertThat(delivery.text("/v1/deliveries/" + due.deliveryId()))
                .contains(anna, spring, "\"state\":\"due\"")
                .doesNotContain("@example.invalid", "We miss you");
    }

    @Test
    void sendsAnImmediateOneAtOnceInOpenHours() {
        delivery.consenting(anna, "Europe/London");
        Instant before = delivery.now();
        delivery.decide(decision(true));

        assertThat(awaitDue(1).getFirst().dueAt()).isBetween(before.minusMillis(1), delivery.now());
        assertThat(awaitScheduled().reason()).isEqualTo("immediate");
    }

    @Test
    void keepsAnImmediateOneThroughTheQuietHours() {
        delivery.consenting(anna, "Asia/Kathmandu"); // +05:45
        ZoneId zone = ZoneId.of("Asia/Kathmandu");
        delivery.clock.set(day.atTime(23, 30).atZone(zone).toInstant());
        delivery.decide(decision(true));

        DeliveryScheduled promise = awaitScheduled();
        Instant eight = day.plusDays(1).atTime(8, 0).atZone(zone).toInstant();
        assertThat(promise.reason()).isEqualTo("quiet-hours");
        assertThat(promise.dueAt()).isBetween(eight, eight.plus(Duration.ofMinutes(15)));
        delivery.clock.set(eight.minusSeconds(5));
        settle();
        assertThat(delivery.heard.due(anna)).isEmpty();

        delivery.clock.set(promise.dueAt());
        awaitDue(1);
    }

    @Test
    void holdsTheNextMailForADayWhateverItsCampaign() {
        delivery.consenting(anna, "Europe/London");
        delivery.decide(decision(true));
        awaitDue(1);
        Instant first = delivery.now();
        delivery.clock.advance(Duration.ofHours(2));
        delivery.decide(another("autumn-" + UUID.randomUUID(), true));

        DeliveryScheduled second = await().until(() -> delivery.heard.scheduled(anna), list -> list.size() == 2)
                .getLast();
        assertThat(second.reason()).isEqualTo("cap");
        assertThat(second.dueAt()).isAfter(first.plus(Duration.ofHours(23)));
        delivery.clock.set(second.dueAt());
        assertThat(awaitDue(2)).extracting(DeliveryDue::deliveryId).doesNotHaveDuplicates();
    }

    @Test
    void letsOnlyOneOfSeveralDueMailsPass() {
        delivery.consenting(anna, "Europe/London");
        // At night, because in the best hour itself the first would go at once.
        delivery.clock.set(day.atTime(22, 0).toInstant(ZoneOffset.UTC));
        for (int i = 0; i < 6; i++) {
            delivery.decide(another("campaign-" + i + UUID.randomUUID(), false));
        }
        await().until(() -> delivery.heard.scheduled(anna).size() == 6);
        // As if all had been planned for one moment.
        Instant noon = day.plusDays(1).atTime(12, 0).toInstant(ZoneOffset.UTC);
        delivery.db()
                .sql("UPDATE delivery SET due_at = :noon, attempt_at = :noon WHERE subscriber_id = :id")
                .param("noon", noon.atOffset(ZoneOffset.UTC))
                .param("id", anna)
                .update();
        delivery.clock.set(noon);

        awaitDue(1);
        settle();
        assertThat(delivery.heard.due(anna)).hasSize(1);
        List<Instant> planned = delivery.db()
                .sql("SELECT coalesce(published_at, due_at) FROM delivery WHERE subscriber_id = :id ORDER BY 1")
                .param("id", anna)
                .query((row, n) ->
                        row.getObject(1, java.time.OffsetDateTime.class).toInstant())
                .list();
        for (int i = 1; i < planned.size(); i++) {
            assertThat(Duration.between(planned.get(i - 1), planned.get(i)))
                    .isGreaterThanOrEqualTo(Duration.ofHours(24));
        }
    }

    @Test
    void waitsForAProfileThatIsBehindItsDecision() {
        delivery.decide(decision(true));
        awaitScheduled();
        delivery.consenting(anna, "Europe/London");

        awaitDue(1);
    }

    @Test
    void waitsForAProfileThatIsOlderThanTheDecisionSaw() {
        Instant old = delivery.now().minusSeconds(60);
        delivery.know(Samples.profile(anna, 1, old, false, "Europe/London"));
        delivery.decide(Samples.decision(decisionId, anna, spring, delivery.now(), old.plusSeconds(30), true));
        awaitScheduled();
        delivery.know(Samples.profile(anna, 2, old.plusSeconds(30), true, "Europe/London"));

        awaitDue(1);
    }

    @Test
    void refusesWhoNeverBecomesKnown() {
        delivery.decide(decision(true));
        awaitScheduled();
        delivery.clock.advance(Duration.ofMinutes(2));

        assertThat(awaitRefused().reason()).isEqualTo("unknown-recipient");
    }

    @Test
    void refusesAtOnceWithoutConsentOrAddress() {
        delivery.know(Samples.profile(anna, 1, delivery.now(), false, null));
        delivery.decide(decision(false));
        assertThat(awaitRefused().reason()).isEqualTo("no-consent");

        delivery.know(Samples.profile(anna, 2, delivery.now(), true, delivery.now(), null, "not an address"));
        delivery.decide(another(spring, false));
        await().untilAsserted(() -> assertThat(delivery.heard.refused(anna))
                .extracting(DeliveryRefused::reason)
                .containsExactly("no-consent", "no-address"));
        assertThat(delivery.heard.scheduled(anna)).isEmpty();
    }

    @Test
    void ignoresAnOlderProfile() {
        delivery.know(Samples.profile(anna, 5, delivery.now(), false, null));
        delivery.publish(Topic.PROFILE, Samples.profile(anna, 4, delivery.now(), true, null));
        delivery.know(Samples.profile(anna, 6, delivery.now(), false, null));
        delivery.decide(decision(true));

        assertThat(awaitRefused().reason()).isEqualTo("no-consent");
    }

    @Test
    void refusesWhenConsentIsTakenBackBeforeTheDueTime() {
        delivery.consenting(anna, "Europe/London");
        delivery.clock.set(day.atTime(22, 0).toInstant(ZoneOffset.UTC));
        delivery.decide(decision(true));
        DeliveryScheduled promise = awaitScheduled();
        delivery.know(Samples.profile(anna, 2, delivery.now(), false, "Europe/London"));
        delivery.clock.set(promise.dueAt());

        assertThat(awaitRefused().reason()).isEqualTo("no-consent");
        assertThat(delivery.heard.due(anna)).isEmpty();
        assertThat(delivery.content.asked(decisionId)).isZero();
    }

    @Test
    void refusesWhoUnsubscribedUntilANewerConsent() {
        delivery.consenting(anna, "Europe/London");
        delivery.clock.set(day.atTime(22, 0).toInstant(ZoneOffset.UTC));
        delivery.decide(decision(true));
        DeliveryScheduled promise = awaitScheduled();
        // Although a machine sent it.
        delivery.publish(
                Topic.FEEDBACK,
                Samples.activity("api:" + anna, anna, "Unsubscribed", delivery.now(), TimePrecision.INSTANT, true));
        awaitSuppressions(2);
        delivery.clock.set(promise.dueAt());
        assertThat(awaitRefused().reason()).isEqualTo("suppressed");

        delivery.know(Samples.profile(anna, 2, delivery.now(), true, "Europe/London"));
        delivery.decide(another(spring, true));
        awaitDue(1);
    }

    @Test
    void refusesWhoComplainedWhateverConsentSays() {
        delivery.consenting(anna, "Europe/London");
        delivery.publish(Topic.FEEDBACK, Samples.activity("api:" + anna, anna, "Email Marked as Spam", delivery.now()));
        awaitSuppressions(2);
        delivery.know(Samples.profile(anna, 2, delivery.now().plusSeconds(1), true, "Europe/London"));
        delivery.decide(decision(true));

        assertThat(awaitRefused().reason()).isEqualTo("suppressed");
    }

    @Test
    void reachesABouncedSubscriberAtAnotherAddress() {
        delivery.consenting(anna, "Europe/London");
        delivery.publish(Topic.FEEDBACK, Samples.activity("api:" + anna, anna, "Email Bounced", delivery.now()));
        awaitSuppressions(1);
        delivery.decide(decision(true));
        assertThat(awaitRefused().reason()).isEqualTo("suppressed");

        delivery.know(Samples.profile(
                anna, 2, delivery.now(), true, delivery.now(), "Europe/London", "new-" + Samples.addressOf(anna)));
        delivery.decide(another(spring, true));
        awaitDue(1);
    }

    /** Each test starts without any; entries by address do not say whose they are. */
    private void awaitSuppressions(int count) {
        await().until(() -> delivery.db()
                        .sql("SELECT count(*) FROM suppression")
                        .query(Long.class)
                        .single()
                == count);
    }

    @Test
    void keepsASuppressionListByAddressAndById() {
        delivery.consenting(anna, "Europe/London");
        String shouted = Samples.addressOf(anna).toUpperCase(java.util.Locale.ROOT);
        RunningDelivery.Answer added = delivery.post("/v1/suppressions", "{\"address\":\" " + shouted + " \"}");
        assertThat(added.status()).isEqualTo(201);
        assertThat(added.body().path("reason").asString()).isEqualTo("operator");
        assertThat(added.body().path("source").asString()).isEqualTo("key:env");
        assertThat(added.body().toString().toLowerCase(java.util.Locale.ROOT)).doesNotContain("example.invalid");
        delivery.decide(decision(true));
        assertThat(awaitRefused().reason()).isEqualTo("suppressed");

        assertThat(delivery.delete("/v1/suppressions?address=" + Samples.addressOf(anna))
                        .status())
                .isEqualTo(204);
        assertThat(delivery.delete("/v1/suppressions?address=" + Samples.addressOf(anna))
                        .status())
                .isEqualTo(404);
        assertThat(delivery.post("/v1/suppressions", "{\"subscriberId\":\"" + anna + "\"}")
                        .status())
                .isEqualTo(201);
        RunningDelivery.Answer page = delivery.get("/v1/suppressions?limit=1");
        assertThat(page.body().path("suppressions").path(0).path("subscriberId").asString())
                .isEqualTo(anna);
        assertThat(delivery.delete("/v1/suppressions/"
                                + page.body()
                                        .path("suppressions")
                                        .path(0)
                                        .path("suppressionId")
                                        .asString())
                        .status())
                .isEqualTo(204);
        assertThat(delivery.post("/v1/suppressions", "{}").status()).isEqualTo(400);
        assertThat(delivery.post("/v1/suppressions", "{\"subscriberId\":\"\\ud800ab\"}")
                        .body()
                        .at("/errors/0/field")
                        .asString())
                .isEqualTo("subscriberId");
        assertThat(delivery.post("/v1/suppressions", "{\"address\":\"nobody\"}").status())
                .isEqualTo(400);
    }

    /** Whether it was last told that the subscriber is suppressed. */
    private void awaitToldSuppressed(String subscriberId, boolean suppressed) {
        await().until(
                        () -> delivery.heard.all(SendTimesChanged.class, subscriberId),
                        told -> !told.isEmpty() && told.getLast().suppressed() == suppressed);
    }

    @Test
    void tellsOthersWhoIsSuppressedAndWhoIsNoLonger() {
        String twin = "twin-of-" + anna;
        delivery.consenting(anna, "Europe/London");
        delivery.know(Samples.profile(
                twin,
                1,
                delivery.now(),
                true,
                delivery.now(),
                "Europe/London",
                Samples.addressOf(anna).toUpperCase(java.util.Locale.ROOT)));
        awaitToldSuppressed(anna, false);
        awaitToldSuppressed(twin, false);

        RunningDelivery.Answer added =
                delivery.post("/v1/suppressions", "{\"address\":\"" + Samples.addressOf(anna) + "\"}");
        awaitToldSuppressed(anna, true);
        awaitToldSuppressed(twin, true);
        delivery.delete("/v1/suppressions/" + added.body().path("suppressionId").asString());
        awaitToldSuppressed(anna, false);
        awaitToldSuppressed(twin, false);

        delivery.post("/v1/suppressions", "{\"subscriberId\":\"" + anna + "\"}");
        awaitToldSuppressed(anna, true);
        delivery.delete("/v1/suppressions?subscriberId=" + anna);
        awaitToldSuppressed(anna, false);

        delivery.publish(Topic.FEEDBACK, Samples.activity("api:" + anna, anna, "Unsubscribed", delivery.now()));
        awaitToldSuppressed(anna, true);
        awaitToldSuppressed(twin, true);
        delivery.know(Samples.profile(anna, 2, delivery.now().plusSeconds(1), true, "Europe/London"));
        awaitToldSuppressed(anna, false);

        delivery.publish(
                Topic.FEEDBACK, Samples.activity("spam:" + anna, anna, "Email Marked as Spam", delivery.now()));
        awaitToldSuppressed(anna, true);
        String late = "late-" + anna;
        delivery.know(Samples.profile(
                late, 1, delivery.now(), true, delivery.now(), "Europe/London", Samples.addressOf(anna)));
        awaitToldSuppressed(late, true);
        assertThat(delivery.get("/v1/subscribers/" + late + "/sendtimes")
                        .body()
                        .path("suppressed")
                        .asBoolean())
                .isTrue();
    }

    /** For the list of suppressions. */
    private static void awaitOneThatWaits() {
        await().until(() -> delivery.db()
                        .sql("SELECT count(*) FROM pg_locks WHERE relation = 'suppression'::regclass AND NOT granted")
                        .query(Long.class)
                        .single()
                == 1);
    }

    @Test
    void aProfileThatComesWhileItsSubscriberIsBeingSuppressedWaitsToSeeIt() throws SQLException {
        try (Connection suppressing = delivery.bean(DataSource.class).getConnection()) {
            suppressing.setAutoCommit(false);
            try (PreparedStatement entry = suppressing.prepareStatement(
                    "INSERT INTO suppression (subscriber_id, reason, source, suppressed_at) VALUES (?, 'spam', 'feedback', now())")) {
                entry.setString(1, anna);
                entry.executeUpdate();
            }
            delivery.publish(Topic.PROFILE, Samples.profile(anna, 1, delivery.now(), true, "Europe/London"));
            awaitOneThatWaits();
            suppressing.commit();
        }
        await().until(() -> !delivery.heard.all(SendTimesChanged.class, anna).isEmpty());
        assertThat(delivery.heard.all(SendTimesChanged.class, anna))
                .extracting(SendTimesChanged::suppressed)
                .containsExactly(true);
    }

    @Test
    void aSuppressionThatComesWhileAProfileIsBeingStoredWaitsToSeeIt() throws SQLException {
        delivery.consenting(anna, "Europe/London");
        awaitToldSuppressed(anna, false);
        String late = "late-" + anna;
        try (Connection storing = delivery.bean(DataSource.class).getConnection();
                Statement statement = storing.createStatement()) {
            storing.setAutoCommit(false);
            statement.execute("LOCK TABLE suppression IN SHARE MODE");
            // As a profile with the same address would, which has not been committed.
            for (String sql : List.of(
                    "CREATE TEMP TABLE r ON COMMIT DROP AS SELECT * FROM recipient WHERE subscriber_id = '" + anna
                            + "'",
                    "UPDATE r SET subscriber_id = '" + late + "'",
                    "INSERT INTO recipient SELECT * FROM r",
                    "CREATE TEMP TABLE t ON COMMIT DROP AS SELECT * FROM send_times WHERE subscriber_id = '" + anna
                            + "'",
                    "UPDATE t SET subscriber_id = '" + late + "', announced = 0",
                    "INSERT INTO send_times SELECT * FROM t")) {
                statement.execute(sql);
            }
            Thread.ofVirtual()
                    .start(() ->
                            delivery.post("/v1/suppressions", "{\"address\":\"" + Samples.addressOf(anna) + "\"}"));
            awaitOneThatWaits();
            storing.commit();
        }
        awaitToldSuppressed(late, true);
    }

    @Test
    void anEntrysIdIsNoSubscribers() {
        delivery.consenting(anna, "Europe/London");
        RunningDelivery.Answer added = delivery.post("/v1/suppressions", "{\"subscriberId\":\"" + anna + "\"}");
        String entry = added.body().path("suppressionId").asString();
        assertThat(delivery.delete("/v1/suppressions?subscriberId=" + entry).status())
                .isEqualTo(404);
        assertThat(delivery.delete("/v1/suppressions/" + anna).status()).isEqualTo(404);
        assertThat(delivery.delete("/v1/suppressions").status()).isEqualTo(400);
        assertThat(delivery.delete("/v1/suppressions/" + entry).status()).isEqualTo(204);
    }

    @Test
    void tellsLaterWhatTwoTransactionsDidNotSeeOfEachOther() {
        delivery.consenting(anna, "Europe/London");
        awaitToldSuppressed(anna, false);
        delivery.db().sql("""
                        INSERT INTO suppression (address_code, reason, source, suppressed_at)
                        SELECT address_code, 'operator', 'key:test', now() FROM recipient WHERE subscriber_id = :id
                        """).param("id", anna).update();
        awaitToldSuppressed(anna, true);
    }

    @Test
    void tellsWhoWasSuppressedInAnEarlierRelease() throws Exception {
        delivery.consenting(anna, "Europe/London");
        delivery.post("/v1/suppressions", "{\"address\":\"" + Samples.addressOf(anna) + "\"}");
        awaitToldSuppressed(anna, true);
        delivery.db().sql("UPDATE recipient SET address_code = NULL").update();
        awaitToldSuppressed(anna, false);

        delivery.migrate("codesOfRecipients");
        awaitToldSuppressed(anna, true);
    }

    @Test
    void makesOneMailOfManyEqualDecisions() {
        delivery.consenting(anna, "Europe/London");
        for (int i = 0; i < 3; i++) {
            delivery.decide(decision(true));
        }
        awaitDue(1);
        delivery.decide(decision(true));
        // Heard after all of them, since it has the same key.
        delivery.decide(another("last-" + UUID.randomUUID(), true));
        await().until(() -> delivery.heard.scheduled(anna).size() == 2);

        assertThat(delivery.heard.due(anna)).hasSize(1);
        assertThat(delivery.get("/v1/deliveries?subscriberId=" + anna).body().path("deliveries"))
                .hasSize(2);
    }

    @Test
    void refusesASecondDecisionWhileTheFirstIsStillToCome() {
        delivery.consenting(anna, "Europe/London");
        delivery.clock.set(day.atTime(22, 0).toInstant(ZoneOffset.UTC));
        delivery.decide(decision(true));
        awaitScheduled();
        ContentDecided second = another(spring, true);
        delivery.decide(second);

        DeliveryRefused refused = awaitRefused();
        assertThat(refused.reason()).isEqualTo("duplicate");
        assertThat(refused.decisionId()).isEqualTo(second.decisionId());
    }

    @Test
    void leavesAloneWhatItIsNotToDeliver() {
        delivery.consenting(anna, "Europe/London");
        delivery.decide(Samples.notToBeDelivered(another(spring, true)));
        delivery.decide(Samples.heldOut(another(spring, true)));
        delivery.decide(decision(true));
        awaitDue(1);

        assertThat(delivery.get("/v1/deliveries?campaignId=" + spring).body().path("deliveries"))
                .hasSize(1);
    }

    @Test
    void parksAPoisonousDecisionAndGoesOn() throws Exception {
        delivery.consenting(anna, "Europe/London");
        String topic = delivery.topic(Topic.DECISIONS);
        ProducerRecord<String, byte[]> broken =
                new ProducerRecord<>(topic, anna, "{\"decisionId\":".getBytes(StandardCharsets.UTF_8));
        broken.headers().add("ce_type", "winback.content.decided.v1".getBytes(StandardCharsets.UTF_8));
        @SuppressWarnings("unchecked")
        KafkaTemplate<String, byte[]> kafka = delivery.bean(KafkaTemplate.class);
        kafka.send(broken).get();
        delivery.decide(Samples.withoutVariant(another(spring, true)));
        delivery.decide(decision(true));

        awaitDue(1);
        await().untilAsserted(() -> assertThat(delivery.heard.on(topic + ".dlt", anna))
                .extracting(record -> Heard.header(record, "winback_reason"))
                .containsExactlyInAnyOrder("malformed", "failed"));
    }

    @Test
    void repeatsTheSameEventAfterACrashBeforeItsAcknowledgementWasNoted() {
        delivery.consenting(anna, "Europe/London");
        delivery.decide(decision(true));
        String deliveryId = awaitDue(1).getFirst().deliveryId();
        await().until(() -> state(deliveryId).equals("due"));
        // What the table says when the service dies between Kafka's acknowledgement and its own note.
        delivery.db()
                .sql("UPDATE delivery SET state = 'publishing', attempt_at = :now WHERE delivery_id = :id")
                .param("now", delivery.now().atOffset(ZoneOffset.UTC))
                .param("id", deliveryId)
                .update();

        await().until(() -> state(deliveryId).equals("due"));
        List<ConsumerRecord<String, byte[]>> published =
                await().until(() -> dueRecords(deliveryId), records -> records.size() == 2);
        assertThat(published.getFirst().value()).isEqualTo(published.getLast().value());
    }

    private List<ConsumerRecord<String, byte[]>> dueRecords(String deliveryId) {
        return delivery.heard.on(delivery.topic(Topic.DELIVERIES), anna).stream()
                .filter(record -> Heard.header(record, "ce_id").equals("due:" + deliveryId))
                .toList();
    }

    @Test
    void refusesAMailThatContentDoesNotKnowForTenMinutes() {
        delivery.consenting(anna, "Europe/London");
        delivery.publish(Topic.DECISIONS, decision(true));
        awaitScheduled();
        awaitFailures(1);
        delivery.clock.advance(Duration.ofMinutes(5));
        awaitFailures(2);
        assertThat(delivery.heard.refused(anna)).isEmpty();
        delivery.clock.advance(Duration.ofMinutes(6));

        assertThat(awaitRefused().reason()).isEqualTo("mail-unavailable");
    }

    private void awaitFailures(int count) {
        await().until(() -> delivery.get("/v1/deliveries?subscriberId=" + anna)
                        .body()
                        .path("deliveries")
                        .path(0)
                        .path("attempts")
                        .asInt()
                >= count);
    }

    @Test
    void refusesAMailThatContentWithdraws() {
        delivery.consenting(anna, "Europe/London");
        delivery.content.answerWith(410);
        try {
            delivery.publish(Topic.DECISIONS, decision(true));
            assertThat(awaitRefused().reason()).isEqualTo("withdrawn");
        } finally {
            delivery.content.answerWith(200);
        }
    }

    @Test
    void refusesAMailThatFitsIntoNoEvent() {
        delivery.consenting(anna, "Europe/London");
        delivery.content.put(decisionId, anna, "ä".repeat(400_000));
        delivery.publish(Topic.DECISIONS, decision(true));

        assertThat(awaitRefused().reason()).isEqualTo("mail-too-large");
    }

    @Test
    void refusesWhatShouldHaveBeenSentLongAgo() {
        delivery.consenting(anna, "Europe/London");
        delivery.clock.set(day.atTime(22, 0).toInstant(ZoneOffset.UTC));
        delivery.decide(decision(true));
        DeliveryScheduled promise = awaitScheduled();
        delivery.clock.set(promise.dueAt().plus(Duration.ofHours(49)));

        assertThat(awaitRefused().reason()).isEqualTo("expired");
        assertThat(delivery.heard.due(anna)).isEmpty();
    }

    @Test
    void learnsTheHoursOfHumanResponsesOnce() {
        delivery.consenting(anna, "America/New_York");
        ZoneId zone = ZoneId.of("America/New_York");
        for (int i = 0; i < 30; i++) {
            Instant evening = day.minusDays(i + 1).atTime(19, 20).atZone(zone).toInstant();
            Instant noon = day.minusDays(i + 1).atTime(12, 0).toInstant(ZoneOffset.UTC);
            delivery.publish(Topic.FEEDBACK, Samples.activity(anna + i, anna, "Email Opened", evening));
            delivery.publish(Topic.FEEDBACK, Samples.activity(anna + i, anna, "Email Opened", evening));
            delivery.publish(
                    Topic.FEEDBACK,
                    Samples.activity(anna + "m" + i, anna, "Email Opened", noon, TimePrecision.INSTANT, true));
            delivery.publish(
                    Topic.FEEDBACK,
                    Samples.activity(anna + "d" + i, anna, "Order Completed", noon, TimePrecision.DAY, false));
        }

        await().until(() -> delivery.heard.all(SendTimesChanged.class, anna).stream()
                .anyMatch(changed -> changed.observations() == 30));
        List<SendTimesChanged> changes = delivery.heard.all(SendTimesChanged.class, anna);
        SendTimesChanged last = changes.getLast();
        assertThat(changes).extracting(SendTimesChanged::version).isSorted().doesNotHaveDuplicates();
        assertThat(changes.getFirst().observations()).isZero();
        assertThat(last.bestHour()).isEqualTo(19);
        assertThat(last.observations()).isEqualTo(30);
        assertThat(last.timezone()).isEqualTo("America/New_York");
        assertThat(java.util.Arrays.stream(last.hourWeights()).sum())
                .isCloseTo(1, org.assertj.core.data.Offset.offset(1e-9));

        RunningDelivery.Answer answer = delivery.get("/v1/subscribers/" + anna + "/sendtimes");
        assertThat(answer.body().path("bestHour").asInt()).isEqualTo(19);
        assertThat(answer.body().path("hourWeights")).hasSize(24);
        delivery.decide(decision(false));
        assertThat(awaitScheduled().dueAt().atZone(zone).getHour()).isEqualTo(19);
    }

    @Test
    void tellsThoseWhoDidNothingWhenEverybodysHoursChange() {
        delivery.consenting(anna, "UTC");
        delivery.publish(
                Topic.FEEDBACK,
                IntStream.range(0, 200)
                        .mapToObj(i -> Samples.activity(
                                anna + i,
                                "other-" + i,
                                "Email Link Clicked",
                                day.minusDays(1).atTime(13, 0).toInstant(ZoneOffset.UTC)))
                        .toList());

        await().atMost(Duration.ofSeconds(20))
                .until(() -> delivery.heard.all(SendTimesChanged.class, anna).stream()
                        .anyMatch(changed -> changed.bestHour() == 13 && changed.observations() == 0));
    }

    @Test
    void publishesAWholeCampaignOnceWithTwoInstances() {
        List<String> ids = IntStream.range(0, 120).mapToObj(i -> anna + "-" + i).toList();
        delivery.publish(
                Topic.PROFILE,
                ids.stream()
                        .map(id -> Samples.profile(id, 1, delivery.now(), true, "Europe/London"))
                        .toList());
        try (ConfigurableApplicationContext second = delivery.another()) {
            assertThat(second.isRunning()).isTrue();
            List<ContentDecided> decisions = ids.stream()
                    .map(id -> Samples.decision("decision-" + id, id, spring, delivery.now(), null, true))
                    .toList();
            decisions.forEach(
                    decision -> delivery.content.put(decision.decisionId(), decision.subscriberId(), "<p>Hello</p>"));
            delivery.publish(Topic.DECISIONS, decisions);

            await().atMost(Duration.ofSeconds(60))
                    .until(() -> delivery.db()
                                    .sql("SELECT count(*) FROM delivery WHERE campaign_id = :id AND state = 'due'")
                                    .param("id", spring)
                                    .query(Long.class)
                                    .single()
                            == 120);
        }
        await().until(() -> ids.stream().noneMatch(id -> delivery.heard.due(id).isEmpty()));
        assertThat(ids).allSatisfy(id -> assertThat(delivery.heard.due(id)).hasSize(1));
    }

    @Test
    void listsDeliveriesByPagesAndFilters() {
        delivery.consenting(anna, "Europe/London");
        for (int i = 0; i < 5; i++) {
            delivery.decide(another(spring + i, true));
        }
        await().until(() -> delivery.heard.scheduled(anna).size() == 5);
        awaitDue(1);
        await().until(() -> delivery.get("/v1/deliveries?state=due&subscriberId=" + anna)
                        .body()
                        .path("deliveries")
                        .size()
                == 1);

        JsonNode first =
                delivery.get("/v1/deliveries?limit=2&subscriberId=" + anna).body();
        JsonNode second = delivery.get("/v1/deliveries?limit=3&subscriberId=" + anna + "&cursor="
                        + first.path("nextCursor").asString())
                .body();
        assertThat(first.path("deliveries")).hasSize(2);
        assertThat(second.path("deliveries")).hasSize(3);
        assertThat(second.has("nextCursor")).isFalse();
        assertThat(delivery.get("/v1/deliveries?state=nonsense").status()).isEqualTo(400);
        assertThat(delivery.get("/v1/deliveries?cursor=nonsense").status()).isEqualTo(400);
        assertThat(delivery.get("/v1/deliveries?limit=0").status()).isEqualTo(400);
        RunningDelivery.Answer unknown = delivery.get("/v1/deliveries/nobody");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.body().path("code").asString()).isEqualTo("unknown-delivery");
    }

    @Test
    void tellsItsNumbers() {
        delivery.consenting(anna, "Europe/London");
        delivery.decide(decision(true));
        String deliveryId = awaitDue(1).getFirst().deliveryId();
        await().until(() -> state(deliveryId).equals("due"));

        await().untilAsserted(() -> assertThat(delivery.text("/actuator/prometheus"))
                .contains("winback_deliveries_total{outcome=\"due\",reason=\"immediate\"}")
                .contains("winback_deliveries_lag_seconds ")
                .contains("winback_mail_fetch_seconds_count{outcome=\"found\"}")
                .doesNotContain(anna));
    }
}
