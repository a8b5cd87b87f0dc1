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
        for (int i = 0; i < 14; i++) {
            load[0] = i < 2 ? .95 : .5;
            nanos.addAndGet(101_000_000);
            rates.add(spare.perSecond());
            load[0] = .95; // not looked at again so soon
            assertThat(spare.perSecond()).isEqualTo(rates.getLast());
        }
        assertThat(rates)
                .containsExactly(600, 600, 720, 864, 1037, 1245, 1494, 1793, 2152, 2583, 3100, 3720, 4000, 4000);
        assertThat(new SpareTime(100, 500, () -> 1, nanos::get).perSecond()).isEqualTo(100);
    }
}
