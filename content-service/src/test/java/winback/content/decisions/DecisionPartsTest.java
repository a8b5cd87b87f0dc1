package winback.content.decisions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.json.JsonMapper;
import winback.content.cache.FilledCache;
import winback.content.cache.Subscriber;
import winback.content.policy.Policy;
import winback.contracts.ContentDecided;
import winback.contracts.ScoresChanged.Score;
import winback.contracts.SendTimesChanged;

class DecisionPartsTest {

    private static final DecisionSettings SETTINGS = new DecisionSettings(
            DataSize.ofMegabytes(1),
            Duration.ofMillis(50),
            Duration.ofHours(24),
            10,
            21,
            8,
            Duration.ofDays(400),
            Duration.ofHours(1));

    @ParameterizedTest
    @CsvSource({
        // now, zone, best hour, immediate, expected
        "2026-11-24T07:00:00Z, UTC,              9, false, 2026-11-24T09:00:00Z",
        "2026-11-24T09:00:00Z, UTC,              9, false, 2026-11-25T09:00:00Z",
        "2026-11-24T08:59:30Z, UTC,              9, false, 2026-11-25T09:00:00Z",
        "2026-11-24T07:00:00Z, America/New_York, 9, false, 2026-11-24T14:00:00Z",
        "2026-11-24T07:00:00Z, UTC,             23, false, 2026-11-24T08:00:00Z",
        "2026-11-24T12:00:00Z, UTC,              9, true,  2026-11-24T12:00:00Z",
        "2026-11-24T20:59:30Z, UTC,              9, true,  2026-11-24T20:59:30Z",
        "2026-11-24T03:00:00Z, UTC,              9, true,  2026-11-24T08:00:00Z",
        // The night in which the clock skips two o'clock.
        "2026-03-28T20:00:00Z, Europe/Madrid,    9, false, 2026-03-29T07:00:00Z",
    })
    void theEstimateIsTheNextBestHourOutsideOfQuietHours(
            Instant now, String zone, int bestHour, boolean immediate, Instant expected) {
        DeliveryTimes times = new DeliveryTimes(SETTINGS, ZoneId.of("UTC"));
        Subscriber subscriber = FilledCache.of(
                        new SendTimesChanged("s", 1, now, new double[24], bestHour, 4, zone, false))
                .find("s");
        assertThat(times.estimate(subscriber, immediate, now)).isEqualTo(expected);
    }

    @Test
    void anUnknownSubscriberGetsTheDeploymentsHourAndZone() {
        DeliveryTimes times = new DeliveryTimes(SETTINGS, ZoneId.of("Asia/Tokyo"));
        assertThat(times.estimate(null, false, Instant.parse("2026-11-24T07:00:00Z")))
                .isEqualTo(Instant.parse("2026-11-25T01:00:00Z"));
    }

    @Test
    void theHoldOutIsAStickyShareAndIndependentBetweenCampaigns() {
        int n = 100_000;
        int first = 0;
        int both = 0;
        for (int i = 0; i < n; i++) {
            String id = "subscriber-" + i;
            boolean held = Holdout.contains("spring", id, .05);
            assertThat(Holdout.contains("spring", id, .05)).isEqualTo(held);
            if (held) {
                first++;
                assertThat(Holdout.contains("spring", id, .2)).isTrue();
                both += Holdout.contains("autumn", id, .05) ? 1 : 0;
            }
        }
        // Four standard deviations.
        assertThat((double) first / n).isCloseTo(.05, within(4 * Math.sqrt(.05 * .95 / n)));
        assertThat((double) both / first).isCloseTo(.05, within(4 * Math.sqrt(.05 * .95 / first)));
        assertThat(Holdout.contains("spring", "subscriber-1", 0)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, false, 0,  0, 1, 1,  0",
        "2, 2, true,  2,  5, 2, 1,  1",
        "0, 0, true,  2, 99, 1, 1,  1",
        "2, 1, true,  0,  0, 1, 1,  0.416667",
        "1, 0, true,  2,  0, 3, .5, 0.45",
    })
    void theScoreIsTheShareOfWhatCouldBePersonalised(
            int used,
            int present,
            boolean fresh,
            int scores,
            long observations,
            int arms,
            double certainty,
            double expected) {
        PersonalizationScore score =
                new PersonalizationScore(used, present, fresh, scores, observations, arms, certainty);
        assertThat(score.value()).isCloseTo(expected, within(1e-6));
        double weights = score.parts().stream()
                .mapToDouble(PersonalizationScore.Part::weight)
                .sum();
        assertThat(score.parts().stream()
                        .mapToDouble(part -> part.weight() * part.value() / weights)
                        .sum())
                .isCloseTo(expected, within(1e-6));
    }

    @Test
    void decisionIdsAreOrderedByTimeAndDistinct() {
        Instant now = Instant.parse("2026-11-24T07:00:00Z");
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            ids.add(DecisionIds.next(now));
        }
        assertThat(ids).hasSize(10_000);
        UUID id = UUID.fromString(ids.iterator().next());
        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(DecisionIds.next(now.plusMillis(1))).isGreaterThan(DecisionIds.next(now));
    }

    @Test
    void theDecisionsIdIsPutIntoTheLinks() {
        Links links = new Links(new LinkSettings("https://x.example/u?s={subscriberId}&d={decisionId}", "d"));
        assertThat(links.cta("https://x.example/a", "1")).isEqualTo("https://x.example/a?d=1");
        assertThat(links.cta("https://x.example/a?b=c#e", "1")).isEqualTo("https://x.example/a?b=c&d=1#e");
        assertThat(links.unsubscribe(null, "1", "a b&c")).isEqualTo("https://x.example/u?s=a+b%26c&d=1");
        assertThat(links.unsubscribe("https://y.example/{decisionId}", "1", "a"))
                .isEqualTo("https://y.example/1");
    }

    @Test
    void theOldestRecentEntryLeavesFirst() {
        RecentMap<Integer> recent = new RecentMap<>(3);
        for (int i = 0; i < 5; i++) {
            recent.put("k" + i, i);
            recent.put("k" + i, i);
        }
        assertThat(recent.size()).isEqualTo(3);
        assertThat(recent.get("k1")).isNull();
        assertThat(recent.get("k4")).isEqualTo(4);
    }

    @Test
    void probabilitiesAreWrittenAsAnyMapIsAndSumToOne() {
        for (int arms : List.of(1, 2, 3, 64, 100)) {
            Policy policy = Policy.thompson(IntStream.range(0, arms)
                    .mapToObj(arm -> Policy.Arm.of("arm-" + arm, 100 + arm, arm))
                    .toList());
            Map<String, Double> plain = new LinkedHashMap<>(policy.probabilities());
            assertThat(DecisionJson.text(policy.probabilities())).isEqualTo(DecisionJson.text(plain));
            assertThat(plain).hasSize(arms);
            assertThat(plain.values().stream().mapToDouble(Double::doubleValue).sum())
                    .isCloseTo(1, within(1e-12));
        }
    }

    /** What is written by hand is what the library reads and writes. */
    @Test
    void decisionsAndAnswersAreWrittenAsTheirRecords() {
        JsonMapper library = JsonMapper.builder()
                .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
                .build();
        Instant at = Instant.parse("2026-11-24T07:00:00.123456789Z");
        Map<String, @Nullable Object> traits = new LinkedHashMap<>();
        traits.put("firstName", "Zoë \"🎁\"\n");
        traits.put("points", new java.math.BigDecimal("1.50"));
        traits.put("tags", List.of("a", 1, Map.of("b", true)));
        traits.put("none", null);
        Map<String, @Nullable Object> inputs =
                Map.of("subscriber", traits, "links", Map.of("cta", "https://x.example/?a=1"));
        for (ContentDecided decision : List.of(
                new ContentDecided(
                        "d",
                        "s",
                        "c",
                        false,
                        "v",
                        3,
                        .25,
                        Map.of("v", .25),
                        "thompson",
                        true,
                        false,
                        at,
                        at,
                        at,
                        .5,
                        inputs,
                        "run",
                        null),
                new ContentDecided(
                        "d", "ü", "c", true, null, null, 1, Map.of(), "holdout", false, false, at, null, null, 0,
                        Map.of(), null, null))) {
            assertThat(library.readTree(DecisionJson.bytes(decision)))
                    .isEqualTo(library.readTree(library.writeValueAsBytes(decision)));
        }
        Map<String, Score> scores = new LinkedHashMap<>();
        scores.put("churn", new Score(.123, 30, .1, .2, "churn-1", at));
        scores.put("value", new Score(12, 365, null, null, "value-1", null));
        for (Personalization answer : List.of(
                new Personalization(
                        "d",
                        "s",
                        "c",
                        false,
                        true,
                        false,
                        null,
                        at,
                        false,
                        .5,
                        "v",
                        1,
                        .25,
                        scores,
                        at,
                        List.of(Fallback.STALE_SCORES, Fallback.LATE_POLICY),
                        new Deliverable(true, false, true),
                        new Explanation("thompson", "lapsed", Map.of("v", 1.), null, null, null)),
                new Personalization(
                        "d",
                        "s",
                        "c",
                        true,
                        false,
                        true,
                        null,
                        null,
                        false,
                        0,
                        null,
                        null,
                        1,
                        Map.of(),
                        null,
                        List.of(),
                        new Deliverable(false, true, false),
                        new Explanation("holdout", null, Map.of(), .05, null, null)))) {
            assertThat(library.readTree(
                            DecisionJson.bytes(answer, false).raw('}').toByteArray()))
                    .isEqualTo(library.readTree(library.writeValueAsBytes(answer)));
        }
    }

    @Test
    void numbersSurviveStorageDigitByDigit() {
        Map<String, @Nullable Object> inputs = Map.of(
                "subscriber",
                Map.of("points", new java.math.BigDecimal("1.50"), "n", 7, "tags", List.of("a", "b"), "vip", true));
        assertThat(DecisionJson.object(DecisionJson.text(inputs))).isEqualTo(inputs);
    }
}
