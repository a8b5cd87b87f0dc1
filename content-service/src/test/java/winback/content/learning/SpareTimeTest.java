package winback.content.learning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SpareTimeTest {

    @Test
    void whatCanWaitGoesSlowlyWhileTheMachineIsBusyAndFastAgainAfterwards() {
        AtomicLong nanos = new AtomicLong();
        double[] load = {.95};
        SpareTime spare = new SpareTime(4000, 600, () -> load[0], nanos::get);
        assertThat(spare.perSecond()).isEqualTo(4000);
        List<Integer> rates = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            load[0] = i < 4 ? .95 : .5;
            nanos.addAndGet(600_000_000);
            rates.add(spare.perSecond());
            assertThat(spare.perSecond()).isEqualTo(rates.getLast());
        }
        assertThat(rates).containsExactly(2000, 1000, 600, 600, 1200, 2400, 4000, 4000);
        assertThat(new SpareTime(100, 500, () -> 1, nanos::get).perSecond()).isEqualTo(100);
    }
}
