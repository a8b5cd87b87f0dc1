package winback.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import winback.contracts.DeliveryDue;
import winback.contracts.DeliveryRefused;
import winback.infrastructure.junit.Infrastructure;

/**
 * The promises of this service over ten random days in many zones, with consent that comes and goes, at the end of March,
 * when clocks change in some of them: no mail without consent, in quiet hours, twice, or within 24 h of another.
 */
class MailRulesIT {

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    private static final List<String> ZONES = List.of(
            "Europe/Berlin",
            "Europe/London",
            "America/New_York",
            "America/St_Johns",
            "Australia/Lord_Howe",
            "Pacific/Chatham",
            "Pacific/Kiritimati",
            "Pacific/Pago_Pago",
            "Asia/Kathmandu",
            "Africa/Casablanca");

    private record Span(Instant from, Instant to) {}

    @Test
    void keepsEveryPromiseOverTenRandomDays() {
        Random random = new Random(20260327);
        Instant start = Instant.parse("2026-03-26T15:00:00Z");
        Map<String, ZoneId> zones = new HashMap<>();
        Map<String, Long> versions = new HashMap<>();
        Map<String, Instant> withoutConsent = new HashMap<>();
        Map<String, List<Span>> noConsent = new HashMap<>();
        Set<String> decided = new HashSet<>();
        try (RunningDelivery delivery = new RunningDelivery(infra, start)) {
            for (int i = 0; i < 10; i++) {
                String id = "s" + i;
                String zone = ZONES.get(i % ZONES.size());
                zones.put(id, ZoneId.of(zone));
                versions.put(id, 1L);
                delivery.consenting(id, zone);
            }
            List<String> ids = zones.keySet().stream().sorted().toList();
            for (int step = 0; step < 40; step++) {
                for (int n = random.nextInt(4); n > 0; n--) {
                    String id = ids.get(random.nextInt(ids.size()));
                    String decision = "decision-" + step + "-" + n;
                    decided.add(decision);
                    delivery.decide(Samples.decision(
                            decision, id, "campaign-" + random.nextInt(6), delivery.now(), null, random.nextBoolean()));
                }
                if (random.nextInt(3) == 0) {
                    String id = ids.get(random.nextInt(ids.size()));
                    long version = versions.merge(id, 1L, Long::sum);
                    Instant revoked = withoutConsent.remove(id);
                    if (revoked != null) {
                        noConsent.computeIfAbsent(id, key -> new ArrayList<>()).add(new Span(revoked, delivery.now()));
                    }
                    delivery.know(Samples.profile(
                            id, version, delivery.now(), revoked != null, String.valueOf(zones.get(id))));
                    if (revoked == null) {
                        withoutConsent.put(id, delivery.now());
                    }
                }
                settle(delivery);
                delivery.clock.advance(Duration.ofMinutes(10 + random.nextInt(700)));
                settle(delivery);
            }
            withoutConsent.forEach((id, since) ->
                    noConsent.computeIfAbsent(id, key -> new ArrayList<>()).add(new Span(since, Instant.MAX)));

            int mails = 0;
            for (String id : ids) {
                List<Instant> left = delivery.db()
                        .sql("SELECT published_at FROM delivery WHERE subscriber_id = :id AND state = 'due' ORDER BY 1")
                        .param("id", id)
                        .query((row, n) ->
                                row.getObject(1, OffsetDateTime.class).toInstant())
                        .list();
                await().until(() -> delivery.heard.due(id).size() == left.size());
                List<DeliveryDue> due = delivery.heard.due(id);
                assertThat(due).extracting(DeliveryDue::decisionId).doesNotHaveDuplicates();
                assertThat(due.stream().map(DeliveryDue::decisionId).toList()).isSubsetOf(decided);
                List<String> refused = delivery.heard.refused(id).stream()
                        .map(DeliveryRefused::decisionId)
                        .toList();
                assertThat(due).extracting(DeliveryDue::decisionId).noneMatch(refused::contains);
                apart(left);
                apart(due.stream().map(DeliveryDue::dueAt).sorted().toList());
                for (Instant at : left) {
                    assertThat(at.atZone(zones.get(id)).getHour())
                            .as("%s at %s", zones.get(id), at)
                            .isBetween(8, 20);
                    assertThat(noConsent.getOrDefault(id, List.of()))
                            .noneMatch(span -> !at.isBefore(span.from()) && at.isBefore(span.to()));
                }
                for (DeliveryDue event : due) {
                    assertThat(event.dueAt().atZone(zones.get(id)).getHour()).isBetween(8, 20);
                }
                mails += left.size();
            }
            assertThat(mails).isGreaterThan(15);
            assertThat(noConsent).isNotEmpty();
        }
    }

    private static void apart(List<Instant> mails) {
        for (int i = 1; i < mails.size(); i++) {
            assertThat(Duration.between(mails.get(i - 1), mails.get(i))).isGreaterThanOrEqualTo(Duration.ofHours(24));
        }
    }

    /** Until there is nothing left to do at this time. */
    private static void settle(RunningDelivery delivery) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .atMost(Duration.ofSeconds(20))
                .until(() -> delivery.db()
                                .sql("""
                                SELECT count(*) FROM delivery WHERE announced < revision
                                  OR state IN ('scheduled', 'publishing') AND due_at <= :now
                                """)
                                .param("now", delivery.now().atOffset(ZoneOffset.UTC))
                                .query(Long.class)
                                .single()
                        == 0);
    }
}
