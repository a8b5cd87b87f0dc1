package winback.content.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import winback.contracts.EventType;
import winback.contracts.ProfileChanged;
import winback.contracts.ProfileChanged.Consent;
import winback.contracts.ScoresChanged;
import winback.contracts.ScoresChanged.Score;
import winback.contracts.SendTimesChanged;
import winback.contracts.SubscriberErased;
import winback.contracts.Topic;

class FeatureCacheTest {

    private static final Instant AT = Instant.parse("2026-11-24T08:00:00.123456Z");

    private static ProfileChanged profile(
            String id, long version, float[] features, Map<String, @Nullable Object> traits) {
        return new ProfileChanged(
                id,
                version,
                AT.plusSeconds(version),
                version % 2 == 0 ? "lapsed" : "active",
                null,
                "schema",
                features,
                new float[12][2],
                traits,
                List.of(
                        new Consent("email", "marketing", version % 3 != 0, "checkout", AT),
                        new Consent("sms", "marketing", false, "checkout", AT)),
                version % 2 == 0 ? "Europe/Madrid" : null,
                null);
    }

    private static ScoresChanged scores(String id, long version, Map<String, Score> byModel) {
        return new ScoresChanged(id, version, AT.plusSeconds(5), AT.plusNanos(7), 1, byModel);
    }

    private static float[] features(Random random) {
        float[] features = new float[194];
        for (int i = 0; i < features.length; i++) {
            features[i] = switch (random.nextInt(6)) {
                case 0, 1 -> Float.NaN;
                case 2 -> random.nextInt(300);
                case 3 -> 0;
                case 4 -> -random.nextInt(5);
                default -> (float) (random.nextGaussian() * Math.pow(10, random.nextInt(12) - 6));
            };
        }
        return features;
    }

    @Test
    void whatIsReadIsWhatWasPublished() {
        FilledCache filled = new FilledCache();
        Random random = new Random(5);
        Map<String, ProfileChanged> profiles = new HashMap<>();
        Map<String, ScoresChanged> scored = new HashMap<>();
        for (int i = 0; i < 3_000; i++) {
            String id = "séñor-" + i;
            Map<String, @Nullable Object> traits = new LinkedHashMap<>();
            traits.put("firstName", i % 5 == 0 ? "Zoë \"Q\" " + i : "Ann");
            traits.put("points", i % 7 == 0 ? new BigDecimal("12.50") : i * 1_000_003L);
            traits.put("vip", i % 2 == 0);
            traits.put("tags", List.of("a", i, Map.of("b", true)));
            traits.put("email", "s" + i + "@shop.example");
            ProfileChanged profile = profile(id, i + 1, features(random), traits);
            profiles.put(id, profile);
            filled.put(profile);
            ScoresChanged scores = scores(
                    id,
                    i + 1,
                    Map.of(
                            "churn",
                            new Score(random.nextDouble(), 30, .1, .9, "churn-" + i % 4, AT),
                            "value",
                            new Score(random.nextDouble() * 100, 365, null, null, "value-1", null)));
            scored.put(id, scores);
            filled.put(scores);
            filled.put(new SendTimesChanged(id, i + 1, AT, weights(i % 24), i % 24, i, "Asia/Tokyo", i % 7 == 3));
        }
        assertThat(filled.cache.size()).isEqualTo(3_000);
        assertThat(filled.meters.get("winback.cache.subscribers").gauge().value())
                .isEqualTo(3_000);
        profiles.forEach((id, profile) -> {
            Subscriber subscriber = Objects.requireNonNull(filled.cache.find(id));
            assertThat(subscriber.features()).containsExactly(profile.features());
            assertThat(subscriber.featuresAsOf()).isEqualTo(profile.featuresAsOf());
            assertThat(subscriber.lifecycle()).isEqualTo(profile.lifecycle());
            assertThat(subscriber.consents("email", "marketing"))
                    .isEqualTo(profile.consents().getFirst().granted());
            assertThat(subscriber.consents("sms", "marketing")).isFalse();
            assertThat(subscriber.consents("push", "marketing")).isFalse();
            profile.traits().forEach((name, value) -> {
                Object found = subscriber.trait(name);
                assertThat(String.valueOf(found)).isEqualTo(String.valueOf(value));
                assertThat(found instanceof Boolean).isEqualTo(value instanceof Boolean);
            });
            assertThat(subscriber.trait("lastName")).isNull();
            ScoresChanged scores = Objects.requireNonNull(scored.get(id));
            assertThat(subscriber.scores()).isEqualTo(scores.scores());
            assertThat(subscriber.scoresAsOf()).isEqualTo(scores.featuresAsOf());
            int i = (int) profile.version() - 1;
            assertThat(subscriber.bestHour()).isEqualTo(i % 24);
            assertThat(subscriber.suppressed()).isEqualTo(i % 7 == 3);
            assertThat(subscriber.observations()).isEqualTo(i);
            assertThat(subscriber.zone()).isEqualTo(ZoneId.of(i % 2 == 0 ? "Asia/Tokyo" : "Europe/Madrid"));
            assertThat(subscriber.hours()).containsExactly(weights(i % 24), within(.015));
        });
        assertThat(filled.cache.find("nobody")).isNull();
        // Of 194 features as these are, which are less often zero than a shop's.
        assertThat(filled.meters.get("winback.cache.bytes").gauge().value() / 3_000)
                .isBetween(300., 1_024.);
    }

    private static double[] weights(int best) {
        return IntStream.range(0, 24)
                .mapToDouble(hour -> hour == best ? .54 : .02)
                .toArray();
    }

    @Test
    void whoWasToldOfBeforeSuppressionWasIsNotSuppressed() {
        FilledCache filled = new FilledCache();
        String hours = java.util.Arrays.toString(weights(3));
        filled.put(
                Topic.SEND_TIMES,
                "s",
                ("{\"subscriberId\":\"s\",\"version\":1,\"hourWeights\":" + hours
                                + ",\"bestHour\":3,\"observations\":0}")
                        .getBytes(StandardCharsets.UTF_8),
                EventType.SEND_TIMES_CHANGED);

        Subscriber subscriber = Objects.requireNonNull(filled.cache.find("s"));
        assertThat(subscriber.bestHour()).isEqualTo(3);
        assertThat(subscriber.suppressed()).isFalse();
    }

    @Test
    void olderVersionsAndWhatIsNoEventChangeNothing() {
        FilledCache filled = new FilledCache();
        filled.put(profile("s", 7, new float[] {1}, Map.of()));
        filled.put(profile("s", 6, new float[] {2}, Map.of()));
        filled.put(Topic.PROFILE, "s", "{\"version\": 9}".getBytes(StandardCharsets.UTF_8), EventType.PROFILE_CHANGED);
        filled.put(Topic.PROFILE, "s", "[]".getBytes(StandardCharsets.UTF_8), EventType.PROFILE_CHANGED);
        filled.put(Topic.PROFILE, "s", "{\"vers".getBytes(StandardCharsets.UTF_8), EventType.PROFILE_CHANGED);
        filled.put(new SendTimesChanged("s", 1, AT, weights(3), 24, 0, null, false));

        Subscriber subscriber = Objects.requireNonNull(filled.cache.find("s"));
        assertThat(subscriber.features()).containsExactly(1);
        assertThat(subscriber.hasSendTimes()).isFalse();
        assertThat(filled.meters.get("winback.cache.outdated").counter().count())
                .isEqualTo(1);
        assertThat(filled.meters
                        .get("winback.cache.skipped")
                        .tag("topic", "winback.profile")
                        .counter()
                        .count())
                .isEqualTo(3);
    }

    @Test
    void tombstonesRemovePartByPartAndTheMemoryGoesWithThem() {
        FilledCache filled = new FilledCache();
        for (int i = 0; i < 5_000; i++) {
            filled.put(profile("s" + i, 1, new float[50], Map.of("firstName", "Ann")));
            filled.put(scores("s" + i, 1, Map.of()));
        }
        double full = filled.meters.get("winback.cache.bytes").gauge().value();
        for (int i = 0; i < 5_000; i++) {
            filled.remove(Topic.PROFILE, "s" + i);
        }
        assertThat(filled.cache.size()).isEqualTo(5_000);
        assertThat(Objects.requireNonNull(filled.cache.find("s17")).hasProfile())
                .isFalse();
        for (int i = 0; i < 4_990; i++) {
            filled.remove(Topic.SCORES, "s" + i);
        }
        assertThat(filled.cache.size()).isEqualTo(10);
        assertThat(filled.cache.find("s17")).isNull();
        assertThat(filled.cache.find("s4995")).isNotNull();
        assertThat(filled.meters.get("winback.cache.bytes").gauge().value()).isLessThan(full / 100);
    }

    @Test
    void anErasureTakesAllButWhatCameAfterIt() {
        FilledCache filled = new FilledCache();
        filled.put(profile("old", 1, new float[1], Map.of()));
        filled.put(profile("new", 100, new float[1], Map.of()));
        for (String id : List.of("old", "new", "never")) {
            filled.put(new SubscriberErased(id, AT.plusSeconds(50), AT.plusSeconds(99)));
        }
        assertThat(filled.cache.find("old")).isNull();
        assertThat(filled.cache.find("new")).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-24T08:00:00Z",
                "2026-11-24T08:00:00.1Z",
                "2026-11-24T08:00:00.123456789Z",
                "2024-02-29T23:59:59.000001Z",
                "1969-12-31T23:59:59.5Z",
                "+12026-11-24T08:00:00Z"
            })
    void readsTimesAsTheLibraryDoes(String text) {
        assertThat(SubscriberJson.instant(text)).isEqualTo(Instant.parse(text));
    }

    @Test
    void readersSeeEachSubscriberWholeWhileOneThreadWrites() throws InterruptedException {
        FilledCache filled = new FilledCache();
        int n = 2_000;
        for (int i = 0; i < n; i++) {
            filled.put(profile("s" + i, 1, same(1), Map.of("n", 1)));
        }
        AtomicBoolean stop = new AtomicBoolean();
        Map<String, Integer> wrong = new java.util.concurrent.ConcurrentHashMap<>();
        Thread reader = Thread.ofPlatform().start(() -> {
            Random random = new Random(3);
            while (!stop.get()) {
                Subscriber subscriber = filled.cache.find("s" + random.nextInt(n));
                if (subscriber == null) {
                    wrong.merge("missing", 1, Integer::sum);
                    continue;
                }
                float[] features = subscriber.features();
                Object trait = subscriber.trait("n");
                for (float value : features) {
                    if (!(trait instanceof Integer number) || value != number) {
                        wrong.merge("torn", 1, Integer::sum);
                    }
                }
            }
        });
        for (int version = 2; version < 40; version++) {
            for (int i = 0; i < n; i++) {
                filled.put(profile("s" + i, version, same(version), Map.of("n", version)));
                // Others come and go, so that the table is made anew.
                filled.put(profile("t" + i, version, new float[1], Map.of()));
            }
            for (int i = 0; i < n; i++) {
                filled.remove(Topic.PROFILE, "t" + i);
            }
        }
        stop.set(true);
        reader.join();
        assertThat(wrong).isEmpty();
        assertThat(filled.cache.size()).isEqualTo(n);
    }

    private static float[] same(int value) {
        float[] features = new float[194];
        java.util.Arrays.fill(features, value);
        return features;
    }

    /** What a campaign run goes through: everybody once, in an order that growth does not change. */
    @Test
    void everybodyIsMetOnceInAnOrderThatStays() {
        FilledCache filled = new FilledCache();
        for (int i = 0; i < 5_000; i++) {
            filled.put(profile("id-" + i, 1, new float[] {1}, Map.of()));
        }
        Map<String, Integer> met = new HashMap<>();
        for (int partition = 0; partition < FilledCache.PARTITIONS; partition++) {
            int[] order = filled.cache.order(partition);
            for (int i = 0; i < order.length; i++) {
                if (i > 0) {
                    assertThat(Integer.compareUnsigned(order[i - 1], order[i])).isNegative();
                }
                for (Subscriber subscriber : filled.cache.with(partition, order[i])) {
                    assertThat(filled.cache.partition(subscriber.id())).isEqualTo(partition);
                    met.merge(subscriber.id(), 1, Integer::sum);
                }
            }
        }
        assertThat(met)
                .hasSize(5_000)
                .allSatisfy((id, times) -> assertThat(times).isEqualTo(1));

        int[] before = filled.cache.order(0);
        for (int i = 5_000; i < 20_000; i++) {
            filled.put(profile("id-" + i, 1, new float[] {1}, Map.of()));
        }
        assertThat(IntStream.of(filled.cache.order(0)).boxed().toList())
                .containsSubsequence(IntStream.of(before).boxed().toList());
    }
}
