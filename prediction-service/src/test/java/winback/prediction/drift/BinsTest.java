package winback.prediction.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class BinsTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static int[] counts(float... values) {
        return Column.of(values, new float[0][]).counts();
    }

    @Test
    void tenIntervalsHoldATenthEachAndTheLastBinWhatIsUnknown() {
        float[] values = new float[1_000];
        for (int i = 0; i < 900; i++) {
            values[i] = i;
        }
        Arrays.fill(values, 900, 1_000, Float.NaN);

        Bins bins = Bins.of(values);

        assertThat(bins.size()).isEqualTo(11);
        assertThat(counts(values)).containsOnly(90, 100).endsWith(100);
        assertThat(bins.of(Double.NEGATIVE_INFINITY)).isEqualTo(10);
        assertThat(bins.of(-5)).isZero();
        assertThat(bins.of(5_000)).isEqualTo(9);
        assertThat(bins.label(0)).hasToString("up to 89.5");
        assertThat(bins.label(4)).hasToString("from 359.5 to 449.5");
        assertThat(bins.label(9)).hasToString("above 809.5");
        assertThat(bins.label(10)).hasToString("unknown");
    }

    @Test
    void edgesAreNobodysValue() {
        Random random = new Random(1);
        float[] values = new float[500];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.exp(random.nextGaussian());
        }

        Bins.Intervals bins = (Bins.Intervals) Bins.of(values);

        assertThat(bins.edges()).hasSize(9);
        for (float edge : bins.edges()) {
            assertThat(values).doesNotContain(edge);
        }
    }

    @Test
    void whatMostCustomersShareHasABinOfItsOwnWhereverItLies() {
        for (float shared : new float[] {0, .5f, 1}) {
            Random random = new Random(2);
            float[] values = new float[1_000];
            for (int i = 0; i < values.length; i++) {
                values[i] = i < 950 ? shared : random.nextFloat();
            }
            int[] counts = counts(values);

            assertThat(Arrays.stream(counts).max().orElseThrow())
                    .as("at %s", shared)
                    .isEqualTo(950);
            assertThat(Arrays.stream(counts).filter(count -> count > 0).count()).isGreaterThan(1);
        }
    }

    @Test
    void fewValuesHaveABinEachAndAnotherForWhatWasNotThere() {
        float[] values = new float[200];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 2;
        }
        Arrays.fill(values, 0, 3, 7);
        Column column = Column.of(values, new float[0][]);

        assertThat(column.bins().size()).isEqualTo(4);
        assertThat(column.counts()).as("three could be known by a bin").containsExactly(98, 99, 3, 0);
        assertThat(column.bins().of(.5)).isEqualTo(2);
        assertThat(column.bins().of(-0.)).isZero();
        assertThat(column.bins().of(Double.NaN)).isEqualTo(3);
        assertThat(column.bins().label(1)).hasToString("at 1.0");
        assertThat(column.bins().label(2)).hasToString("other");
    }

    @Test
    void whatIsTheSameForAllDoesNotVary() {
        assertThat(Column.of(new float[] {3, 3, 3}, new float[0][]).varied()).isFalse();
        assertThat(Column.of(new float[] {Float.NaN, Float.NaN}, new float[0][]).varied())
                .isFalse();
        assertThat(Column.of(new float[0], new float[0][]).varied()).isFalse();
        assertThat(Column.of(new float[] {3, 3, 3, 3, 3, Float.NaN}, new float[0][])
                        .varied())
                .isTrue();
    }

    @Property(tries = 300)
    void everyValueHasABinAndKeepsItWhenKept(@ForAll @Size(max = 300) float[] values) {
        Bins bins = Bins.of(values);
        Bins kept = JSON.readValue(JSON.writeValueAsString(bins), Bins.class);

        assertThat(bins.size()).isBetween(2, Bins.KNOWN + 2);
        assertThat(kept).isExactlyInstanceOf(bins.getClass());
        for (float value : values) {
            assertThat(bins.of(value)).isBetween(0, bins.size() - 1).isEqualTo(kept.of(value));
        }
        if (bins instanceof Bins.Intervals intervals) {
            float[] edges = intervals.edges();
            for (int k = 1; k < edges.length; k++) {
                assertThat(edges[k]).isGreaterThan(edges[k - 1]);
            }
        }
    }

    @Test
    void whatIsUsualGrowsWithTimeAsItDidBeforeTheTraining() {
        Column column =
                new Column(new Bins.Values(new float[] {0, 1}), new int[] {5, 5, 0, 0}, new float[] {.1f, .05f, .4f});
        double[] days = {30, 60, 90};

        assertThat(column.usual(days, 0)).isCloseTo(.1, within(1e-6));
        assertThat(column.usual(days, 30)).isCloseTo(.1, within(1e-6));
        assertThat(column.usual(days, 60)).as("never less than sooner").isCloseTo(.1, within(1e-6));
        assertThat(column.usual(days, 61)).isCloseTo(.4, within(1e-6));
        assertThat(column.usual(days, 180)).isCloseTo(.8, within(1e-6));
        assertThat(new Column(column.bins(), column.counts(), new float[0]).usual(new double[0], 90))
                .isZero();
    }

    @Test
    void aFeatureThatGrowsByItselfRaisesNoAlarm() {
        // Days since something that happened to everyone once: after 60 days all are 60 higher, as they were before.
        Random random = new Random(5);
        float[] newest = new float[2_000];
        for (int i = 0; i < newest.length; i++) {
            newest[i] = 120 + 240 * random.nextFloat();
        }
        double[] days = {30, 60, 90};
        float[][] earlier = new float[3][newest.length];
        for (int w = 0; w < 3; w++) {
            for (int i = 0; i < newest.length; i++) {
                earlier[w][i] = newest[i] - (float) days[w];
            }
        }
        float[] later = newest.clone();
        for (int i = 0; i < later.length; i++) {
            later[i] += 60;
        }
        Column blind = Column.of(newest, new float[0][]);
        Column column = Column.of(newest, earlier);

        assertThat(level(blind, later, new double[0])).isEqualTo(Figures.Level.DRIFTED);
        assertThat(level(column, later, days)).isNotEqualTo(Figures.Level.DRIFTED);
        // But not everything is put down to time.
        assertThat(level(column, new float[2_000], days)).isEqualTo(Figures.Level.DRIFTED);
    }

    private static Figures.Level level(Column column, float[] current, double[] days) {
        return Figures.Shift.of("f", column, column.count(current), days, 60, Stability.SHIFTED)
                .level();
    }

    @Test
    void saysWhatChangedMost() {
        float[] then = new float[400];
        float[] now = new float[400];
        for (int i = 0; i < 400; i++) {
            then[i] = i % 4;
            now[i] = i % 2 * 3;
        }
        Column column = Column.of(then, new float[0][]);
        Figures.Shift shift = Figures.Shift.of("visits", column, column.count(now), new double[0], 1, .25);

        assertThat(shift.level()).isEqualTo(Figures.Level.DRIFTED);
        assertThat(shift.bins()).hasSize(4);
        assertThat(shift.finding("churn-1", java.time.Instant.EPOCH).sentence())
                .startsWith("visits of the customers that churn-1 sees")
                .containsPattern("Largest change: (50|0) % of them are at [0-3]\\.0, then 25 %\\.");
        assertThat(List.of(shift.psi(), shift.threshold()))
                .allSatisfy(value -> assertThat(value).isFinite());
    }
}
