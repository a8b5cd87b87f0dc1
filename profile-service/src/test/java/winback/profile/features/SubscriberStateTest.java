package winback.profile.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
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
    private static final Rates USD = Rates.none("USD");
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

    private static List<Activity> history(int seed) {
        List<Activity> history = new ArrayList<>(SimulatedActivity.of("s" + seed, seed, 2 * 365).stream()
                .map(Activity::of)
                .toList());
        history.sort(Activity.IN_ORDER);
        return history.subList(0, Math.min(history.size(), 250));
    }

    private static SubscriberState state(List<Activity> activities) {
        SubscriberState state = new SubscriberState();
        Replay replay = new Replay(state, USD);
        activities.forEach(replay::add);
        return replay.finish();
    }

    /** As the service does it: what is accepted is applied, anything else rebuilds from all that is known. */
    private static SubscriberState live(List<Activity> arriving) {
        List<Activity> seen = new ArrayList<>();
        SubscriberState state = new SubscriberState();
        for (Activity activity : arriving) {
            seen.add(activity);
            if (state.accepts(activity)) {
                state.apply(activity, USD);
            } else {
                seen.sort(Activity.IN_ORDER);
                state = state(seen);
            }
            state = SubscriberState.of(state.toBytes(), state.declaredJson());
        }
        return state;
    }

    @Test
    void theVectorIsTheSameEventByEventInBatchesAndReplayed() {
        for (int seed = 0; seed < 60; seed++) {
            List<Activity> history = history(seed);
            if (history.isEmpty()) {
                continue;
            }
            SubscriberState replayed = state(history);
            Instant asOf = history.getLast().at().plus(Duration.ofDays(seed));
            assertSame(live(history), replayed, asOf);
            SubscriberState batched = new SubscriberState();
            for (int from = 0; from < history.size(); from += 17) {
                List<Activity> batch = history.subList(from, Math.min(from + 17, history.size()));
                if (batch.stream().allMatch(batched::accepts)) {
                    for (Activity activity : batch) {
                        if (!batched.accepts(activity)) {
                            batched = state(history.subList(0, from + batch.size()));
                            break;
                        }
                        batched.apply(activity, USD);
                    }
                } else {
                    batched = state(history.subList(0, from + batch.size()));
                }
            }
            assertSame(batched, replayed, asOf);
        }
    }

    @Test
    void anyPrefixAnswersAsIfNothingHadFollowed() {
        for (int seed = 0; seed < 10; seed++) {
            List<Activity> history = history(seed);
            SubscriberState running = new SubscriberState();
            for (int n = 1; n <= Math.min(history.size(), 80); n++) {
                Activity next = history.get(n - 1);
                SubscriberState whole = state(history.subList(0, n));
                if (running.accepts(next)) {
                    running.apply(next, USD);
                } else {
                    running = state(history.subList(0, n));
                }
                assertSame(running, whole, next.at());
            }
        }
    }

    @Test
    void inWhateverOrderActivitiesComeTheVectorIsTheSame() {
        for (int seed = 0; seed < 60; seed++) {
            List<Activity> history = history(seed);
            if (history.isEmpty()) {
                continue;
            }
            Random random = new Random(seed);
            List<Activity> shuffled = new ArrayList<>(history);
            if (seed % 2 == 0) {
                java.util.Collections.shuffle(shuffled, random);
            } else {
                // Mostly in order, with some that come late, as on a real line.
                for (int i = 0; i < shuffled.size(); i += 1 + random.nextInt(6)) {
                    java.util.Collections.swap(shuffled, i, Math.min(shuffled.size() - 1, i + random.nextInt(5)));
                }
            }
            assertSame(live(shuffled), state(history), history.getLast().at());
        }
    }

    @Test
    void aReplayThatStartsAtASnapshotEndsAsOneFromTheBeginning() {
        for (int seed = 0; seed < 30; seed++) {
            List<Activity> history = history(seed);
            if (history.size() < 20) {
                continue;
            }
            int cut = new Random(seed).nextInt(history.size());
            // A snapshot lies where no response that may yet be judged differently is near.
            while (cut < history.size()
                    && cut > 0
                    && history.get(cut)
                            .at()
                            .isBefore(history.get(cut - 1).at().plusMillis(Replay.LOOKS_BACK_MILLIS + 1))) {
                cut++;
            }
            SubscriberState snapshot = state(history.subList(0, cut));
            Replay rest = new Replay(SubscriberState.of(snapshot.toBytes(), snapshot.declaredJson()), USD);
            history.subList(cut, history.size()).forEach(rest::add);
            assertSame(rest.finish(), state(history), history.getLast().at());
        }
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
        state.apply(old, USD);
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
        assertThatThrownBy(() -> state.apply(earlier, USD)).isInstanceOf(IllegalArgumentException.class);
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
                "order_gap_cv", Math.sqrt(200) / 20,
                "order_value_sd", Math.sqrt(500 / 3.0),
                "recency_to_gap", 1.5,
                "orders_30d", 2 * Math.pow(0.5, 70 / 30.0) + 0.25 + 0.5,
                "days_since_last_activity", 30.0,
                "hours_12_15", 1.0,
                "has_email", 0.0));
        expected.forEach(
                (name, value) -> assertThat(feature(state, name, asOf)).as(name).isCloseTo(value, within(1e-5)));
        assertThat(feature(state, "days_since_email_open", asOf)).isNaN();
        assertThat(feature(state, "items_mean", asOf)).isNaN();
        // Buckets begin on multiples of five days since 1970; the one of day 70 began on day 67, so the last period on
        // 42.
        assertThat(state.periods(asOf)[11]).containsOnly(0);
        assertThat(state.periods(asOf)[10]).containsExactly(1, 40, 0, 0, 0, 0);
        assertThat(state.periods(asOf)[9]).containsExactly(3, 60, 0, 0, 0, 0);
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
    void amountsAreConvertedByTheRateOfTheirDay() {
        Rates rates = new Rates(
                "USD",
                Map.of(
                        "EUR",
                        new java.util.TreeMap<>(Map.of(
                                LocalDate.parse("2024-01-01"), new java.math.BigDecimal("1.10"),
                                LocalDate.parse("2024-01-20"), new java.math.BigDecimal("1.20")))));
        SubscriberState state = new SubscriberState();
        state.apply(euro("a", "2024-01-05T00:00:00Z"), rates);
        assertThat(state.spend()).isCloseTo(11, within(1e-9));
        state.apply(euro("b", "2024-01-20T00:00:00Z"), rates);
        assertThat(state.spend()).isCloseTo(23, within(1e-9));
        // A rate holds for a month; there is none of this day, nor one before the first.
        state.apply(euro("c", "2024-03-20T00:00:00Z"), rates);
        assertThat(state.spend()).isCloseTo(23, within(1e-9));
        assertThat(state.unconverted).isEqualTo(1);
        assertThat(rates.rate("EUR", Instant.parse("2023-12-31T23:59:59Z"))).isNaN();
        assertThat(rates.rate("XTS", START)).isNaN();
    }

    private static Activity euro(String id, String at) {
        return track(id, "Order Completed", Instant.parse(at), Map.of("total", 10, "currency", "EUR"));
    }

    @Test
    void theStateIsBoundedHoweverLongAndWildTheHistory() {
        SubscriberState state = new SubscriberState();
        String[] names = {
            "Order Completed",
            "Product Viewed",
            "Product Added",
            "Checkout Started",
            "Products Searched",
            "Promotion Viewed",
            "Product Shared",
            "Email Delivered",
            "Email Opened",
            "Email Link Clicked",
            "Page"
        };
        Random random = new Random(1);
        int largest = 0;
        for (int day = 0; day < 3000; day++) {
            Instant at = START.plus(Duration.ofDays(day));
            state.apply(
                    activity(
                            "a" + day,
                            ActivityType.IDENTIFY,
                            null,
                            at,
                            TimePrecision.INSTANT,
                            Map.of(),
                            Map.of(
                                    "trait" + day,
                                    "x".repeat(500),
                                    "large",
                                    "x".repeat(2000),
                                    "timezone",
                                    "America/Argentina/ComodRivadavia")),
                    USD);
            for (String name : names) {
                at = at.plusSeconds(3600);
                state.apply(
                        track(
                                name + day,
                                name,
                                at,
                                Map.of(
                                        "category",
                                        day + "\uD83D\uDE00".repeat(20),
                                        "total",
                                        random.nextDouble() * 1000,
                                        "quantity",
                                        random.nextDouble(),
                                        "discount",
                                        random.nextDouble())),
                        USD);
            }
            largest = Math.max(largest, state.toBytes().length);
        }
        assertThat(state.categories).hasSize(SubscriberState.MAX_CATEGORIES);
        assertThat(state.traits()).doesNotContainKey("large").hasSizeGreaterThan(10);
        assertThat(largest).isBetween(1500, SubscriberState.MAX_BYTES);
        assertThat(state.declaredJson().length()).isLessThan(20_000);
    }

    private static Activity identify(String id, Instant at, Map<String, @Nullable Object> traits) {
        return activity(id, ActivityType.IDENTIFY, null, at, TimePrecision.INSTANT, Map.of(), traits);
    }

    @Test
    void noOtherTraitCostsTheAddress() {
        Map<String, @Nullable Object> many = new HashMap<>();
        for (int i = 0; i < 120; i++) {
            many.put("trait" + i, "x".repeat(150));
        }
        SubscriberState state = live(List.of(
                identify("many", START, many),
                identify("who", START.plusSeconds(1), Map.of("email", "a@example.invalid", "age", 30)),
                identify("more", START.plusSeconds(2), Map.of("another", "y".repeat(500)))));
        assertThat(state.traits()).containsEntry("email", "a@example.invalid").containsKey("age");
        assertThat(state.traits()).hasSizeLessThanOrEqualTo(SubscriberState.MAX_TRAITS);
        assertThat(state.traits()).doesNotContainKey("another");
    }

    @Test
    void theNewestWordOnAConsentIsHeardHoweverManyThereAre() {
        List<Activity> words = new ArrayList<>();
        words.add(consent("email", true, START));
        for (int i = 1; i <= 30; i++) {
            words.add(consent("channel" + i, true, START.plusSeconds(i)));
        }
        words.add(track("un", "Unsubscribed", START.plusSeconds(100), Map.of()));
        SubscriberState state = live(words);
        assertThat(state.consents()).hasSize(SubscriberState.MAX_CONSENTS);
        assertThat(state.consent("email", "marketing"))
                .isNotNull()
                .satisfies(consent -> assertThat(consent.granted()).isFalse());
        assertThat(state.consent("channel30", "marketing")).isNotNull();
        assertThat(state.consent("channel1", "marketing")).isNull();
    }

    private static Activity consent(String channel, boolean granted, Instant at) {
        return identify(
                "consent-" + channel + at,
                at,
                Map.of(
                        "consents",
                        List.of(Map.of(
                                "channel", channel, "purpose", "marketing", "granted", granted, "source", "t"))));
    }

    @Test
    void theCompanyOfAGroupIsThePersons() {
        SubscriberState state = live(List.of(activity(
                "g",
                ActivityType.GROUP,
                null,
                START,
                TimePrecision.INSTANT,
                Map.of(),
                Map.of("industry", "Banking", "employees", 500, "secret", "the group's"))));
        assertThat(state.traits()).containsOnlyKeys("company");
        assertThat(Declarations.number(state, "company.employee_count")).isEqualTo(500);
        assertThat(Declarations.text(state, "industry", "company.industry")).isEqualTo("banking");
    }

    @Test
    void aStateOfAnotherShapeIsRefused() {
        byte[] bytes = state(List.of(order(START, 1))).toBytes();
        assertThatThrownBy(() -> SubscriberState.of(java.util.Arrays.copyOf(bytes, bytes.length - 3), "{}"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SubscriberState.of(
                        java.util.Arrays.copyOf(bytes, bytes.length + 3), "{\"traits\":{},\"consents\":[]}"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whoCameBackIsKnownForEveryWindow() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<Integer> days = new ArrayList<>();
            int day = 0;
            SubscriberState state = new SubscriberState();
            for (int i = 0; i < 30; i++) {
                day += 1 + (int) Math.exp(random.nextDouble() * 5.5);
                days.add(day);
                state.apply(order(START.plus(Duration.ofDays(day)), 1), USD);
            }
            LocalDate today = LocalDate.parse("2024-01-01").plusDays(day + random.nextInt(200));
            int now = (int) (today.toEpochDay() - LocalDate.parse("2024-01-01").toEpochDay());
            for (int window = 30; window <= 365; window += 5) {
                boolean returned = false;
                for (int i = 1; i < days.size(); i++) {
                    returned |= days.get(i) - days.get(i - 1) > window && now - days.get(i) <= window;
                }
                assertThat(state.returned(window, today))
                        .as("window %d", window)
                        .isEqualTo(returned);
            }
        }
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
        state.apply(order(START.plus(Duration.ofDays(200)), 1), USD);
        assertThat(LIFECYCLE.stage(state, START.plus(Duration.ofDays(210)))).isEqualTo(Stage.WON_BACK);
        state.apply(order(START.plus(Duration.ofDays(280)), 1), USD);
        assertThat(LIFECYCLE.stage(state, START.plus(Duration.ofDays(285)))).isEqualTo(Stage.WON_BACK);
        assertThat(LIFECYCLE.stage(state, START.plus(Duration.ofDays(295)))).isEqualTo(Stage.ACTIVE);
    }

    @Test
    void peopleWithoutAnOrderAreNewAndThenJudgedByWhatTheyDo() {
        SubscriberState state = state(List.of(track("v", "Product Viewed", START, Map.of())));
        assertThat(LIFECYCLE.stage(state, START.plus(Duration.ofDays(89)))).isEqualTo(Stage.NEW);
        assertThat(LIFECYCLE.stage(state, START.plus(Duration.ofDays(91)))).isEqualTo(Stage.LAPSED);
        state.apply(track("w", "Product Viewed", START.plus(Duration.ofDays(100)), Map.of()), USD);
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
        for (String name : List.of("hours_00_03", "hours_12_15", "hour_evenness")) {
            assertThat(feature(state, name, START.plus(Duration.ofDays(1)))).isNaN();
        }
        assertThat(feature(state, "sunday_share", START.plus(Duration.ofDays(1))))
                .isZero();
    }

    @Test
    void theSchemaHasTheNamesThatModelsRelyOn() {
        assertThat(FeatureSchema.CURRENT.names())
                .hasSizeGreaterThan(150)
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
