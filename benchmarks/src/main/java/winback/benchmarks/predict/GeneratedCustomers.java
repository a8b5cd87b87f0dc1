package winback.benchmarks.predict;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.Sample;

/**
 * Customers with as many features as profile-service knows: the five of their purchases, and others of which some say
 * something of their rate, most say nothing and many are unknown.
 */
final class GeneratedCustomers {

    private static final int FEATURES = 194;
    private static final int TELLING = 24;
    private static final Instant CUTOFF = Instant.parse("2026-01-01T00:00:00Z");

    private final FeatureSchema schema;
    private final int size;

    GeneratedCustomers(int size) {
        this.size = size;
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

    /** As of so many windows of {@code labelDays} after the first cutoff, with what happened in the next one. */
    Sample sample(int window, int labelDays) {
        String[] ids = new String[size];
        float[][] features = new float[size][];
        int[] orders = new int[size];
        double[] spend = new double[size];
        for (int i = 0; i < size; i++) {
            Random random = new Random(31L * i + window);
            Random person = new Random(i);
            double trait = person.nextGaussian();
            double perDay = .02 * Math.exp(trait);
            double price = 40 * Math.exp(.5 * person.nextGaussian());
            int age = 60 + person.nextInt(700);
            int repeats = (int) Math.min(300, -Math.log(1 - random.nextDouble()) * perDay * age);
            double last = repeats == 0 ? 0 : age * Math.pow(random.nextDouble(), 1. / repeats);
            float[] row = new float[FEATURES];
            row[0] = 1 + repeats;
            row[1] = (float) last;
            row[2] = age;
            row[3] = (float) (age - last);
            row[4] = (float) price;
            for (int j = 5; j < FEATURES; j++) {
                boolean known = random.nextInt(3) > 0;
                double value = j < 5 + TELLING ? trait + 2 * random.nextGaussian() : random.nextGaussian();
                row[j] = known ? (float) (j % 2 == 0 ? value : Math.rint(Math.exp(value))) : Float.NaN;
            }
            ids[i] = "g" + i;
            features[i] = row;
            boolean gone = random.nextDouble() < (age - last) / (age + 30.);
            orders[i] =
                    gone ? 0 : (int) (-Math.log(1 - random.nextDouble()) * perDay * labelDays + random.nextDouble());
            spend[i] = orders[i] * price;
        }
        return Sample.ofCustomers(
                schema,
                CUTOFF.plus(Duration.ofDays((long) window * labelDays)),
                labelDays,
                ids,
                features,
                new Sample.Labels(orders, spend));
    }
}
