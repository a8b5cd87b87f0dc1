package winback.profile.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import winback.contracts.ActivityReceived;
import winback.contracts.ActivityType;
import winback.contracts.TimePrecision;
import winback.profile.features.Lifecycle.Stage;

class SubscriberStateTest {

    private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
    private static final List<String> NAMES = List.of(
            "Order Completed",
            "Order Refunded",
            "Product Viewed",
            "Product Added",
            "Email Delivered",
            "Email Opened",
            "Email Link Clicked",
            "Email Bounced",
            "Unsubscribed",
            "Something Else");
    private static final Lifecycle LIFECYCLE = new Lifecycle(Duration.ofDays(90));

    private static Activity track(String id, String name, Instant at, Map<String, @Nullable Object> properties) {
        return activity(id, ActivityType.TRACK, name, at, TimePrecision.INSTANT, properties, Map.of());
    }

    private static Activity order(Instant at, Object total) {
        return track("o" + at, "Order Completed", at, Map.of("total", total));
    }

    private static Activity activity(
            String id,
            ActivityType type,
            @Nullable String name,
            Instant at,
            TimePrecision precision,
            Map<String, @Nullable Object> properties,
            Map<String, @Nullable Object> traits) {
        return Activity.of(new ActivityReceived(
                "s", "s", null, "test", id, type, name, at, precision, at, false, properties, traits, Map.of()));
    }

    private static List<Activity> history(Random random) {
        List<Activity> history = new ArrayList<>();
        Instant at = START;
        int n = random.nextInt(1, 120);
        for (int i = 0; i < n; i++) {
            // Now and then at the very same instant, now and then after a year.
            at = at.plusMillis(random.nextInt(5) == 0 ? 0 : (long) (Math.exp(random.nextDouble() * 22)));
            if (random.nextInt(10) == 0) {
                history.add(activity(
                        "i" + i,
                        ActivityType.IDENTIFY,
                        null,
                        at,
                        TimePrecision.INSTANT,
                        Map.of(),
                        Map.of(
                                "t" + random.nextInt(3),
                                random.nextInt(5),
                                "timezone",
                                random.nextBoolean() ? "America/New_York" : "Asia/Tokyo")));
                continue;
            }
            Map<String, @Nullable Object> properties = new HashMap<>();
            properties.put("total", random.nextInt(10_000) / 100.0);
            properties.put("category", "c" + random.nextInt(40));
            if (random.nextBoolean()) {
                properties.put("quantity", random.nextInt(5));
            }
            properties.put("machine", random.nextInt(10) == 0);
            properties.put("currency", random.nextInt(10) == 0 ? "EUR" : "USD");
            history.add(activity(
                    "e" + random.nextInt(1_000_000) + "-" + i,
                    ActivityType.TRACK,
                    NAMES.get(random.nextInt(NAMES.size())),
                    at,
                    random.nextInt(4) == 0 ? TimePrecision.DAY : TimePrecision.INSTANT,
                    properties,
                    Map.of()));
        }
        history.sort(Activity.IN_ORDER);
        return history;
    }

    private static SubscriberState state(List<Activity> activities) {
        SubscriberState state = new SubscriberState();
        activities.forEach(activity -> state.apply(activity, "USD"));
        return state;
    }

    @Test
    void theStateIsTheSameWhetherKeptInMemoryOrStoredAfterEachEvent() {
        for (int seed = 0; seed < 60; seed++) {
            List<Activity> history = history(new Random(seed));
            SubscriberState stored = new SubscriberState();
            for (Activity activity : history) {
                stored = SubscriberState.fromJson(stored.toJson());
                stored.apply(activity, "USD");
            }
            Instant asOf = history.getLast().at().plus(Duration.ofDays(seed));
            assertSame(stored, state(history), asOf);
        }
    }

    @Test
    void anyPrefixAnswersAsIfNothingHadFollowed() {
        for (int seed = 0; seed < 20; seed++) {
            List<Activity> history = history(new Random(seed));
            SubscriberState running = new SubscriberState();
            for (int n = 1; n <= history.size(); n++) {
                running.apply(history.get(n - 1), "USD");
                assertSame(
                        running,
                        state(history.subList(0, n)),
                        history.get(n - 1).at());
            }
        }
    }

    @Test
    void inWhateverOrderActivitiesComeAcceptingOrRebuildingGivesTheSame() {
        int accepted = 0;
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            List<Activity> history = history(random);
            List<Activity> shuffled = new ArrayList<>(history);
            java.util.Collections.shuffle(shuffled, random);
            List<Activity> seen = new ArrayList<>();
            SubscriberState state = new SubscriberState();
            for (Activity activity : shuffled) {
                seen.add(activity);
                if (state.accepts(activity)) {
                    state.apply(activity, "USD");
                    accepted++;
                } else {
                    seen.sort(Activity.IN_ORDER);
                    state = state(seen);
                }
            }
            assertSame(state, state(history), history.getLast().at());
        }
        assertThat(accepted).isPositive();
    }

    @Test
    void importedHistoryAfterAnIdentificationOfTodayNeedsNoRebuild() {
        Activity identify = activity(
                "i",
                ActivityType.IDENTIFY,
                null,
                START.plus(Duration.ofDays(100)),
                TimePrecision.INSTANT,
                Map.of(),
                Map.of("email", "a@example.invalid", "timezone", "Europe/Berlin"));
        Activity old = activity(
                "o", ActivityType.TRACK, "Order Completed", START, TimePrecision.DAY, Map.of("total", 3), Map.of());
        SubscriberState state = state(List.of(identify));
        assertThat(state.accepts(old)).isTrue();
        state.apply(old, "USD");
        assertSame(state, state(List.of(old, identify)), identify.at());
        assertThat(state.accepts(order(START.plusSeconds(1), 1)))
                .as("its hour depends on the zone")
                .isFalse();
    }

    @Test
    void whatComesTooLateIsNotAccepted() {
        SubscriberState state = state(List.of(order(START, 1)));
        Activity earlier = order(START.minusMillis(1), 1);
        assertThat(state.accepts(earlier)).isFalse();
        assertThat(state.accepts(order(START, 1))).isFalse();
        assertThatThrownBy(() -> state.apply(earlier, "USD")).isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertSame(SubscriberState left, SubscriberState right, Instant asOf) {
        float[] a = FeatureSchema.CURRENT.vector(left, asOf);
        float[] b = FeatureSchema.CURRENT.vector(right, asOf);
        for (int i = 0; i < a.length; i++) {
            String name = FeatureSchema.CURRENT.names().get(i);
            if (Float.isNaN(b[i])) {
                assertThat(a[i]).as(name).isNaN();
            } else {
                assertThat((double) a[i]).as(name).isCloseTo(b[i], within(1e-6 * Math.max(1e-9, Math.abs(b[i]))));
            }
        }
        assertThat(left.periods(asOf)).isDeepEqualTo(right.periods(asOf));
        assertThat(left.traits().keySet()).isEqualTo(right.traits().keySet());
        assertThat(left.timezone()).isEqualTo(right.timezone());
        assertThat(LIFECYCLE.stage(left, asOf)).isEqualTo(LIFECYCLE.stage(right, asOf));
    }

    private static double feature(SubscriberState state, String name, Instant asOf) {
        return FeatureSchema.CURRENT
                .vector(state, asOf)[FeatureSchema.CURRENT.names().indexOf(name)];
    }

    @Test
    void featuresAreWhatTheirFormulasSay() {
        Instant noon = START.plus(Duration.ofHours(12));
        SubscriberState state = state(List.of(
                order(noon, 10),
                order(noon.plusMillis(1), 20),
                order(noon.plus(Duration.ofDays(10)), 30),
                order(noon.plus(Duration.ofDays(40)), 40)));
        Instant asOf = noon.plus(Duration.ofDays(70));
        Map<String, Double> expected = new HashMap<>(Map.of(
                "orders", 4.0,
                "order_days", 3.0,
                "days_since_first_order", 70.0,
                "days_since_last_order", 30.0,
                "days_first_to_last_order", 40.0,
                "spend_total", 100.0,
                "order_value_mean", 25.0,
                "order_day_value_mean", 100 / 3.0,
                "order_gap_mean", 20.0));
        expected.putAll(Map.of(
                "order_gap_sd", Math.sqrt(200),
                "order_value_sd", Math.sqrt(500 / 3.0),
                "recency_to_gap", 1.5,
                "orders_30d", 2 * Math.pow(0.5, 70 / 30.0) + 0.25 + 0.5,
                "days_since_last_activity", 30.0,
                "afternoon_share", 1.0,
                "has_email", 0.0));
        expected.forEach(
                (name, value) -> assertThat(feature(state, name, asOf)).as(name).isCloseTo(value, within(1e-5)));
        assertThat(feature(state, "days_since_email_open", asOf)).isNaN();
        assertThat(feature(state, "items_mean", asOf)).isNaN();
        // Day 70 and the 29 before it are the last period: the last order was on day 40, so in the one before.
        assertThat(state.periods(asOf)[10]).containsExactly(1, 40, 0, 0, 0);
        assertThat(state.periods(asOf)[9]).containsExactly(3, 60, 0, 0, 0);
    }

    @Test
    void amountsInAnotherCurrencyAreNotSummed() {
        SubscriberState state = state(List.of(
                order(START, 10),
                track("f", "Order Completed", START.plusSeconds(1), Map.of("total", 99, "currency", "JPY")),
                track("r", "Order Refunded", START.plusSeconds(2), Map.of("total", 4))));
        assertThat(state.orders()).isEqualTo(2);
        assertThat(state.spend()).isEqualTo(6);
    }

    @Test
    void numbersThatWouldFillTheMemoryAreNoAmounts() {
        for (Object total : List.of(
                "1E+999999999", new java.math.BigDecimal("1E-999999999"), "NaN", "x".repeat(100_000), Map.of())) {
            assertThat(track("x", "Order Completed", START, Map.of("total", total))
                            .amount())
                    .isNull();
        }
    }

    @Test
    void theStateIsBoundedHoweverLongTheHistory() {
        SubscriberState state = new SubscriberState();
        for (int day = 0; day < 3000; day++) {
            state.apply(
                    activity(
                            "a" + day,
                            ActivityType.IDENTIFY,
                            null,
                            START.plus(Duration.ofDays(day)),
                            TimePrecision.INSTANT,
                            Map.of(),
                            Map.of("trait" + day, "x".repeat(500), "large", "x".repeat(2000))),
                    "USD");
            state.apply(
                    track(
                            "b" + day,
                            "Order Completed",
                            START.plus(Duration.ofDays(day)),
                            Map.of("category", "c" + day)),
                    "USD");
        }
        assertThat(state.days).hasSize(SubscriberState.DAYS_KEPT);
        assertThat(state.categories).hasSize(SubscriberState.MAX_CATEGORIES);
        assertThat(state.traits()).hasSize(SubscriberState.MAX_TRAITS).doesNotContainKey("large");
        assertThat(state.toJson().length()).isLessThan(100_000);
    }

    @Test
    void theLifecycleFollowsTheTimeSinceTheLastOrder() {
        SubscriberState state = state(List.of(order(START, 1)));
        Map<Integer, Stage> stages = Map.of(
                0,
                Stage.ACTIVE,
                45,
                Stage.ACTIVE,
                46,
                Stage.AT_RISK,
                90,
                Stage.AT_RISK,
                91,
                Stage.LAPSED,
                360,
                Stage.LAPSED,
                361,
                Stage.LOST);
        stages.forEach((days, stage) -> assertThat(LIFECYCLE.stage(state, START.plus(Duration.ofDays(days))))
                .as("after %d days", days)
                .isEqualTo(stage));
        state.apply(order(START.plus(Duration.ofDays(200)), 1), "USD");
        assertThat(LIFECYCLE.stage(state, START.plus(Duration.ofDays(210)))).isEqualTo(Stage.WON_BACK);
        state.apply(order(START.plus(Duration.ofDays(280)), 1), "USD");
        assertThat(LIFECYCLE.stage(state, START.plus(Duration.ofDays(285)))).isEqualTo(Stage.WON_BACK);
        assertThat(LIFECYCLE.stage(state, START.plus(Duration.ofDays(295)))).isEqualTo(Stage.ACTIVE);
    }

    @Test
    void peopleWithoutAnOrderAreNewAndThenJudgedByWhatTheyDo() {
        SubscriberState state = state(List.of(track("v", "Product Viewed", START, Map.of())));
        assertThat(LIFECYCLE.stage(state, START.plus(Duration.ofDays(89)))).isEqualTo(Stage.NEW);
        assertThat(LIFECYCLE.stage(state, START.plus(Duration.ofDays(91)))).isEqualTo(Stage.LAPSED);
        state.apply(track("w", "Product Viewed", START.plus(Duration.ofDays(100)), Map.of()), "USD");
        assertThat(LIFECYCLE.stage(state, START.plus(Duration.ofDays(101)))).isEqualTo(Stage.ACTIVE);
    }

    @Test
    void dateOnlyRowsFeedNoHour() {
        SubscriberState state = state(List.of(activity(
                "d",
                ActivityType.TRACK,
                "Order Completed",
                START.plus(Duration.ofHours(12)),
                TimePrecision.DAY,
                Map.of(),
                Map.of())));
        for (String name : List.of("night_share", "morning_share", "afternoon_share", "evening_share")) {
            assertThat(feature(state, name, START.plus(Duration.ofDays(1)))).isNaN();
        }
        assertThat(feature(state, "weekend_share", START.plus(Duration.ofDays(1))))
                .isZero();
    }

    @Test
    void theSchemaHasTheNamesThatModelsRelyOn() {
        assertThat(FeatureSchema.CURRENT.names())
                .hasSizeGreaterThanOrEqualTo(40)
                .contains(
                        "orders",
                        "order_days",
                        "days_since_first_order",
                        "days_since_last_order",
                        "days_first_to_last_order",
                        "spend_total",
                        "order_value_mean",
                        "order_day_value_mean",
                        "order_gap_mean",
                        "days_since_last_activity");
        assertThat(FeatureSchema.CURRENT.fingerprint()).matches("[0-9a-f]{16}");
    }
}
