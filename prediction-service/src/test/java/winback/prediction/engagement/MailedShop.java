package winback.prediction.engagement;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.ModelName;
import winback.prediction.models.Sample;

/**
 * Subscribers, half of whom have never ordered, and what they make of the next mail: more where the last open is
 * recent, and in the middle of a feature than at its ends.
 */
final class MailedShop {

    static final FeatureSchema SCHEMA = new FeatureSchema(
            "mailed-1",
            List.of(
                    FeatureSchema.ORDER_DAYS,
                    FeatureSchema.DAYS_FIRST_TO_LAST_ORDER,
                    FeatureSchema.DAYS_SINCE_FIRST_ORDER,
                    FeatureSchema.DAYS_SINCE_LAST_ORDER,
                    FeatureSchema.ORDER_DAY_VALUE_MEAN,
                    FeatureSchema.DAYS_SINCE_EMAIL,
                    FeatureSchema.DAYS_SINCE_EMAIL_OPEN,
                    FeatureSchema.TENURE,
                    "age"),
            List.of());

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int LABEL_DAYS = 37;

    private final Random random;

    MailedShop(long seed) {
        this.random = new Random(seed);
    }

    /** A row, and the probability that its next mail is answered. */
    private record Subscriber(float[] features, double probability) {}

    private Subscriber subscriber() {
        float nan = Float.NaN;
        boolean ordered = random.nextBoolean();
        boolean opened = random.nextInt(4) > 0;
        float sinceOpen = 1 + random.nextInt(200);
        float age = 20 + 60 * random.nextFloat();
        double margin = -1.5 + (opened ? 3 - .8 * Math.log(sinceOpen) : 0) + (Math.abs(age - 50) < 12 ? 1 : -.5);
        return new Subscriber(
                new float[] {
                    ordered ? 2 : 0,
                    ordered ? 20 : nan,
                    ordered ? 120 : nan,
                    ordered ? 100 : nan,
                    ordered ? 30 : nan,
                    1 + random.nextInt(30),
                    opened ? sinceOpen : nan,
                    300,
                    age
                },
                1 / (1 + Math.exp(-margin)));
    }

    /** Those to whom a mail comes. */
    Sample labelled(int size, int day) {
        List<Subscriber> all = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            all.add(subscriber());
        }
        double[] engaged = all.stream()
                .mapToDouble(one -> random.nextDouble() < one.probability() ? 1 : 0)
                .toArray();
        String[] ids = new String[size];
        Arrays.setAll(ids, i -> "s" + i);
        return Sample.of(
                ModelName.ENGAGEMENT,
                SCHEMA,
                START.plus(Duration.ofDays(day)),
                LABEL_DAYS,
                ids,
                all.stream().map(Subscriber::features).toArray(float[][]::new),
                new float[0][],
                new Sample.Labels(new int[size], new double[size], new int[size], engaged));
    }
}
