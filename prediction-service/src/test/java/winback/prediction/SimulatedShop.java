package winback.prediction;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.Sample;

/**
 * Customers who buy as BG/NBD × Gamma-Gamma say, in whole days from day 0 on. Their first purchases are spread over the
 * first third of the history.
 */
public final class SimulatedShop {

    public static final FeatureSchema SCHEMA = new FeatureSchema(
            "simulated-1",
            List.of(
                    FeatureSchema.ORDER_DAYS,
                    FeatureSchema.DAYS_FIRST_TO_LAST_ORDER,
                    FeatureSchema.DAYS_SINCE_FIRST_ORDER,
                    FeatureSchema.DAYS_SINCE_LAST_ORDER,
                    FeatureSchema.ORDER_DAY_VALUE_MEAN,
                    "order_days_90d",
                    "noise"),
            List.of("behaviour", "behaviour", "behaviour", "behaviour", "behaviour", "behaviour", "context"));

    /** What the customers' rates, drop-outs and values are drawn from. */
    public record Truth(double r, double alpha, double a, double b, double p, double q, double gamma) {}

    /** As published for a shop of music, with rounder values. */
    public static final Truth PUBLISHED = new Truth(.243, 4.414, .793, 2.426, 6.25, 3.74, 15.44);

    /** Buys often enough that a few hundred customers show it. */
    public static final Truth BUSY = new Truth(.8, 6, .8, 3, 6, 4, 15);

    private record Purchase(int day, double value) {}

    private record Customer(String id, List<Purchase> purchases, double noise) {}

    private final List<Customer> customers = new ArrayList<>();

    public SimulatedShop(Truth truth, int size, int days, long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < size; i++) {
            double rate = gamma(random, truth.r()) / truth.alpha() / 7;
            double u = gamma(random, truth.a());
            double dropOut = u / (u + gamma(random, truth.b()));
            double scale = gamma(random, truth.q()) / truth.gamma();
            double at = random.nextInt(days / 3);
            List<Purchase> purchases = new ArrayList<>();
            while (at < days) {
                purchases.add(new Purchase((int) at, gamma(random, truth.p()) / scale));
                // The first purchase is no chance to drop out.
                if (purchases.size() > 1 && random.nextDouble() < dropOut) {
                    break;
                }
                at += -Math.log(1 - random.nextDouble()) / rate;
            }
            customers.add(new Customer("s%05d".formatted(i), purchases, random.nextDouble()));
        }
    }

    /** Marsaglia and Tsang's method; shapes below 1 by the usual power of a uniform. */
    private static double gamma(Random random, double shape) {
        if (shape < 1) {
            return gamma(random, shape + 1) * Math.pow(random.nextDouble(), 1 / shape);
        }
        double d = shape - 1 / 3.;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double z = random.nextGaussian();
            double v = Math.pow(1 + c * z, 3);
            if (v > 0 && Math.log(1 - random.nextDouble()) < z * z / 2 + d - d * v + d * Math.log(v)) {
                return d * v;
            }
        }
    }

    /**
     * One customer at the end of a day.
     *
     * @param engaged whether they answered the next mail; null when there was none
     */
    public record Row(
            String subscriberId,
            float[] features,
            int orders,
            double spend,
            int visits,
            @Nullable Boolean engaged) {

        /** In a shop that knows of orders alone. */
        public Row(String subscriberId, float[] features, int orders, double spend) {
            this(subscriberId, features, orders, spend, 0, null);
        }

        public Row withVisits(int visits) {
            return new Row(subscriberId, features, orders, spend, visits, engaged);
        }

        public Row withAnswer(@Nullable Boolean answered) {
            return new Row(subscriberId, features, orders, spend, visits, answered);
        }
    }

    /** Everyone who had bought by the end of {@code day}; outcomes are of the {@code labelDays} after it. */
    public List<Row> rows(int day, int labelDays) {
        List<Row> rows = new ArrayList<>();
        for (Customer customer : customers) {
            int[] days = customer.purchases().stream()
                    .mapToInt(Purchase::day)
                    .filter(d -> d <= day)
                    .distinct()
                    .toArray();
            if (days.length == 0) {
                continue;
            }
            double spent = customer.purchases().stream()
                    .filter(purchase -> purchase.day() <= day)
                    .mapToDouble(Purchase::value)
                    .sum();
            List<Purchase> later = customer.purchases().stream()
                    .filter(purchase -> purchase.day() > day && purchase.day() <= day + labelDays)
                    .toList();
            int last = days[days.length - 1];
            rows.add(new Row(
                    customer.id(),
                    new float[] {
                        days.length,
                        last - days[0],
                        day - days[0],
                        day - last,
                        (float) (spent / days.length),
                        Arrays.stream(days).filter(d -> d > day - 90).count(),
                        (float) customer.noise()
                    },
                    later.size(),
                    later.stream().mapToDouble(Purchase::value).sum()));
        }
        return rows;
    }

    public Sample sample(int day, int labelDays) {
        return sample(rows(day, labelDays), day, labelDays);
    }

    public static Sample sample(List<Row> rows, int day, int labelDays) {
        Sample.@Nullable Labels labels = labelDays == 0
                ? null
                : new Sample.Labels(
                        rows.stream().mapToInt(Row::orders).toArray(),
                        rows.stream().mapToDouble(Row::spend).toArray());
        return Sample.ofCustomers(
                SCHEMA,
                Instant.EPOCH.plusSeconds(86_400L * day),
                labelDays,
                rows.stream().map(Row::subscriberId).toArray(String[]::new),
                rows.stream().map(Row::features).toArray(float[][]::new),
                labels);
    }
}
