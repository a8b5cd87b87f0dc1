package winback.chassis.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RequestThreadsTest {

    private final RequestThreads threads = new RequestThreads();

    @Test
    void requestsThatWaitForOneAnotherAllRunAtOnce() throws InterruptedException {
        int requests = 500;
        CountDownLatch all = new CountDownLatch(requests);
        CountDownLatch over = new CountDownLatch(requests);
        for (int i = 0; i < requests; i++) {
            threads.execute(() -> {
                all.countDown();
                try {
                    all.await();
                } catch (InterruptedException interrupted) {
                    return;
                }
                over.countDown();
            });
        }
        assertThat(over.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void noneOfManyThreadsRequestsIsForgotten() throws InterruptedException {
        int submitters = 8;
        int each = 20_000;
        AtomicInteger ran = new AtomicInteger();
        CountDownLatch over = new CountDownLatch(submitters * each);
        var submitting = IntStream.range(0, submitters)
                .mapToObj(i -> Thread.ofPlatform().start(() -> {
                    for (int j = 0; j < each; j++) {
                        threads.execute(() -> {
                            ran.incrementAndGet();
                            over.countDown();
                        });
                    }
                }))
                .toList();
        for (Thread thread : submitting) {
            thread.join();
        }
        assertThat(over.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(ran).hasValue(submitters * each);
    }

    @Test
    void whatFailsDoesNotKeepTheNextFromRunning() throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        threads.execute(() -> {
            throw new IllegalStateException("meant to fail");
        });
        threads.execute(over::countDown);
        assertThat(over.await(30, TimeUnit.SECONDS)).isTrue();
    }
}
