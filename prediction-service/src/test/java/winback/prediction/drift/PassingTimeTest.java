package winback.prediction.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import winback.prediction.SimulatedShop;

/** A shop that nothing happens to but time: nobody new comes, some stop buying, and all that counts days grows. */
class PassingTimeTest {

    private static final int TRAINED_ON = 240;
    private static final double[] WINDOWS = {30, 60, 90};

    private final SimulatedShop shop = new SimulatedShop(SimulatedShop.BUSY, 3_000, 330, 51);

    private float[] column(int day, int feature) {
        List<SimulatedShop.Row> rows = shop.rows(day, 0);
        float[] values = new float[rows.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = rows.get(i).features()[feature];
        }
        return values;
    }

    private List<String> drifted(int daysLater, double... windows) {
        return IntStream.range(0, SimulatedShop.SCHEMA.names().size())
                .filter(feature -> {
                    float[][] earlier = new float[windows.length][];
                    for (int w = 0; w < windows.length; w++) {
                        earlier[w] = column(TRAINED_ON - (int) windows[w], feature);
                    }
                    Column reference = Column.of(column(TRAINED_ON, feature), earlier);
                    int[] current = reference.count(column(TRAINED_ON + daysLater, feature));
                    return Figures.Shift.of("", reference, current, windows, daysLater, Stability.SHIFTED)
                                    .level()
                            == Figures.Level.DRIFTED;
                })
                .mapToObj(SimulatedShop.SCHEMA.names()::get)
                .toList();
    }

    @Test
    void isNoExcuseForEver() {
        float[] values = new float[1_000];
        float[] before = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
            before[i] = i / 2f;
        }
        Column column = Column.of(values, new float[][] {before});
        double[] days = {30};

        assertThat(column.usual(days, 60)).isEqualTo(2 * column.usual(days, 30)).isPositive();
        assertThat(column.usual(days, 10_000)).isEqualTo(3 * column.usual(days, 30));
    }

    @Test
    void raisesNoAlarm() {
        assertThat(drifted(7, WINDOWS)).isEmpty();
        assertThat(drifted(30, WINDOWS)).isEmpty();
        assertThat(drifted(90, WINDOWS)).isEmpty();
        // Windows far apart: what moves steadily has most of its way behind it after a part of the time.
        assertThat(drifted(30, 120, 200)).isEmpty();
        assertThat(drifted(90)).as("did the training not tell what is usual").contains("days_since_first_order");
    }
}
