package winback.chassis.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import winback.contracts.ProfileChanged;

class EventCodecTest {

    @Test
    void everyNumberOfAVectorComesBackAsItWas() {
        float[] features = {0, 3, -7, .1f, -2.5e-8f, 1e9f, 2_147_483_648f, 3e38f, Float.MIN_VALUE, Float.NaN};
        ProducerRecord<String, byte[]> record = EventCodec.encode("profile", null, "test", profile(features));

        assertThat(EventCodec.decode(record.headers(), record.value()))
                .isInstanceOfSatisfying(ProfileChanged.class, read -> {
                    assertThat(read.features()).isEqualTo(features);
                    assertThat(read.periods()).isDeepEqualTo(new float[][] {{1, .5f}, {2, 0}});
                });
        assertThat(new String(record.value(), StandardCharsets.UTF_8))
                .contains("\"features\":[0,3,-7,0.1,")
                .contains(",\"NaN\"]")
                .contains("\"periods\":[[1,0.5],[2,0]]");
    }

    private static ProfileChanged profile(float[] features) {
        return new ProfileChanged(
                "ada",
                1,
                Instant.EPOCH,
                "active",
                null,
                "0123456789abcdef",
                features,
                new float[][] {{1, .5f}, {2, 0}},
                Map.of(),
                List.of(),
                null,
                null);
    }
}
