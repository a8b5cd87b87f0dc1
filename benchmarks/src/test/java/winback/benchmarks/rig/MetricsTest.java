package winback.benchmarks.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MetricsTest {

    private static final Metrics BEFORE = new Metrics("""
            # TYPE path_seconds histogram
            path_seconds_bucket{le="1.0E-4"} 100
            path_seconds_bucket{le="0.001"} 100
            path_seconds_bucket{le="+Inf"} 100
            path_seconds_count 100
            """);

    private static final Metrics AFTER = new Metrics("""
            # TYPE path_seconds histogram
            path_seconds_bucket{le="1.0E-4"} 140
            path_seconds_bucket{le="0.001"} 190
            path_seconds_bucket{le="+Inf"} 200
            path_seconds_count 200
            path_seconds_sum 0.4
            memory_bytes{area="heap",id="Eden"} 1.5E6
            memory_bytes{area="heap",id="Old"} 5.0E5
            memory_bytes{area="nonheap",id="Code"} 7.0
            """);

    @Test
    void quantilesAreOfWhatCameSince() {
        assertThat(AFTER.quantileSince(BEFORE, "path_seconds", .2)).isEqualTo(.00005, within(1e-9));
        assertThat(AFTER.quantileSince(BEFORE, "path_seconds", .5)).isEqualTo(.00028, within(1e-9));
        assertThat(AFTER.quantileSince(BEFORE, "path_seconds", .99)).isEqualTo(.001);
        assertThat(AFTER.quantileSince(AFTER, "path_seconds", .5)).isNaN();
        assertThat(AFTER.quantileSince(BEFORE, "other_seconds", .5)).isNaN();
    }

    @Test
    void sumsAreOfOneNameAndTag() {
        assertThat(AFTER.sum("memory_bytes", "area=\"heap\"")).isEqualTo(2e6);
        assertThat(AFTER.sum("memory_bytes")).isEqualTo(2_000_007);
        assertThat(AFTER.sum("path_seconds_sum")).isEqualTo(.4);
        assertThat(AFTER.sum("path_seconds")).isZero();
    }
}
