package winback.content.decisions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentDecisionsTest {

    private static EncodedDecision decision(int number, int length) {
        byte[] json = new byte[length];
        new Random(number).nextBytes(json);
        return new EncodedDecision("s-" + number % 100, json);
    }

    @Test
    void theNewestAreKeptWholeAndTheOldestLeave() {
        RecentDecisions recent = new RecentDecisions(1 << 20);
        Random random = new Random(1);
        int n = 20_000;
        int[] lengths = new int[n];
        for (int i = 0; i < n; i++) {
            lengths[i] = random.nextInt(3_000);
            recent.put("d-" + i, decision(i, lengths[i]));
            recent.put("d-" + i, decision(i + 1, 10));
            if (i % 7 == 0) {
                recent.remove("d-" + (i - random.nextInt(300)));
            }
        }
        int kept = 0;
        int oldest = n;
        for (int i = 0; i < n; i++) {
            EncodedDecision found = recent.get("d-" + i);
            if (found != null) {
                kept++;
                oldest = Math.min(oldest, i);
                assertThat(found.subscriberId()).isEqualTo("s-" + i % 100);
                assertThat(found.json()).isEqualTo(decision(i, lengths[i]).json());
            }
        }
        assertThat(recent.size()).isEqualTo(kept);
        // A mebibyte of entries of 1,500 bytes and their heads, in eight rings that are not filled alike.
        assertThat(kept).isBetween(450, 750);
        assertThat(oldest).isGreaterThan(n - 1_200);
        assertThat(recent.get("never")).isNull();
    }

    @Test
    void whatIsMovedOrErasedIsSoEverywhere() {
        RecentDecisions recent = new RecentDecisions(4 << 20);
        for (int i = 0; i < 1_000; i++) {
            recent.put("d-" + i, decision(i, 500));
        }
        recent.move("s-5", "a-much-longer-subscriber");
        recent.removeIf(
                Set.of("s-6", "s-7"), decision -> decision.subscriberId().equals("s-6"));
        assertThat(recent.size()).isEqualTo(990);
        for (int i = 0; i < 1_000; i++) {
            EncodedDecision found = recent.get("d-" + i);
            if (i % 100 == 6) {
                assertThat(found).isNull();
            } else {
                assertThat(found).isNotNull();
                assertThat(found.subscriberId()).isEqualTo(i % 100 == 5 ? "a-much-longer-subscriber" : "s-" + i % 100);
                assertThat(found.json()).isEqualTo(decision(i, 500).json());
            }
        }
    }

    @Test
    void manyThreadsDoNotMixTheirDecisions() throws Exception {
        RecentDecisions recent = new RecentDecisions(1 << 20);
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (Future<Boolean> each : IntStream.range(0, 8)
                    .mapToObj(thread -> threads.submit(() -> {
                        boolean right = true;
                        for (int i = thread; i < 16_000; i += 8) {
                            recent.put("d-" + i, decision(i, 300 + i % 50));
                            EncodedDecision found = recent.get("d-" + Math.max(0, i - 80));
                            right &= found == null
                                    || Arrays.equals(
                                            found.json(),
                                            decision(Math.max(0, i - 80), 300 + Math.max(0, i - 80) % 50)
                                                    .json());
                        }
                        return right;
                    }))
                    .toList()) {
                assertThat(each.get()).isTrue();
            }
        }
    }
}
