package winback.benchmarks.predict;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.Floats;
import winback.prediction.models.Sample;

/**
 * Customers with as many features as profile-service knows: the five of their purchases, and others of which some say
 * something of their rate, most say nothing and many are unknown. The same number is the same person at any time.
 */
final class GeneratedCustomers {

    static final int PERIODS = 12;

    /** Columns of a period as profile-service sends them. */
    static final int COLUMNS = 6;

    private static final int FEATURES = 194;
    private static final int TELLING = 24;
    private static final Instant CUTOFF = Instant.parse("2026-01-01T00:00:00Z");

    private final FeatureSchema schema;
    private final int size;
    private final int columns;

    /**
     * One of them as of some time.
     *
     * @param features shape [194], NaN means unknown
     * @param periods shape [12][columns]
     * @param orders in the days after that time, as their spend
     */
    @SuppressWarnings("ArrayRecordComponent") // numeric vectors by design; compared nowhere
    record Customer(float[] features, float[][] periods, int orders, double spend) {}

    /** @param columns of each of the last twelve periods */
    GeneratedCustomers(int size, int columns) {
        this.size = size;
        this.columns = columns;
        List<String> names = new ArrayList<>(List.of(
                FeatureSchema.ORDER_DAYS,
                FeatureSchema.DAYS_FIRST_TO_LAST_ORDER,
                FeatureSchema.DAYS_SINCE_FIRST_ORDER,
                FeatureSchema.DAYS_SINCE_LAST_ORDER,
                FeatureSchema.ORDER_DAY_VALUE_MEAN));
        while (names.size() < FEATURES) {
            names.add("generated_" + names.size());
        }
        this.schema = new FeatureSchema("generated", names, List.of());
    }

    FeatureSchema schema() {
        return schema;
    }

    int size() {
        return size;
    }

    static String id(int number) {
        return "g" + number;
    }

    /**
     * @param number of the person
     * @param window any number: what is chance in a customer is drawn anew in each
     * @param labelDays after it that orders and spend are of
     */
    Customer customer(int number, long window, int labelDays) {
        Random random = new Random(31L * number + window);
        Random person = new Random(number);
        double trait = person.nextGaussian();
        double perDay = .02 * Math.exp(trait);
        double price = 40 * Math.exp(.5 * person.nextGaussian());
        int age = 60 + person.nextInt(700);
        float[] row = new float[FEATURES];
        for (int j = 5; j < FEATURES; j++) {
            boolean known = random.nextInt(3) > 0;
            double value = j < 5 + TELLING ? trait + 2 * random.nextGaussian() : random.nextGaussian();
            row[j] = known ? (float) (j % 2 == 0 ? value : Math.rint(Math.exp(value))) : Float.NaN;
        }
        double leaving = .06 * person.nextDouble();
        double later = perDay * tilt(row);
        int repeats = 0;
        double last = 0;
        int orders = 0;
        // As BG/NBD believes: orders at a steady rate until, after one of them, the customer is gone.
        for (double day = 0; day <= age + labelDays && random.nextDouble() >= leaving; ) {
            double wait = -Math.log(1 - random.nextDouble());
            double left = Math.max(0, age - day) * perDay;
            // What is left of the wait at the age goes on at the rate of later.
            day = wait <= left ? day + wait / perDay : Math.max(day, age) + (wait - left) / later;
            if (day <= age) {
                repeats++;
                last = day;
            } else if (day <= age + labelDays) {
                orders++;
            }
        }
        row[0] = 1 + repeats;
        row[1] = (float) last;
        row[2] = age;
        row[3] = (float) (age - last);
        row[4] = (float) price;
        float[][] periods = new float[PERIODS][columns];
        for (float[] period : periods) {
            for (int j = 0; j < columns; j++) {
                period[j] = (int) (-Math.log(1 - random.nextDouble()) * 30 * perDay);
            }
        }
        return new Customer(row, periods, orders, orders * price);
    }

    /** By how much the rate changes with what only features tell: a slope and a step, for members of either kind. */
    private static double tilt(float[] row) {
        return Math.exp((row[30] > -3 ? .6 * Math.min(3, row[30]) : 0) + (row[32] > 0 && row[34] > 0 ? 1 : 0));
    }

    /**
     * All of them as of so many windows of {@code labelDays} after the first cutoff, with what happened in the next
     * one.
     */
    Sample sample(int window, int labelDays) {
        String[] ids = new String[size];
        float[][] features = new float[size][];
        float[][] periods = new float[size][];
        int[] orders = new int[size];
        double[] spend = new double[size];
        double[] engaged = new double[size];
        for (int i = 0; i < size; i++) {
            Customer customer = customer(i, window, labelDays);
            ids[i] = id(i);
            features[i] = customer.features();
            periods[i] = Floats.flat(customer.periods());
            orders[i] = customer.orders();
            spend[i] = customer.spend();
            // Stands in: what a prediction takes does not depend on it.
            engaged[i] = customer.orders() > 0 ? 1 : 0;
        }
        return Sample.ofCustomers(
                schema,
                CUTOFF.plus(Duration.ofDays((long) window * labelDays)),
                labelDays,
                ids,
                features,
                periods,
                new Sample.Labels(orders, spend, new int[size], engaged));
    }
}
