package winback.content.instances;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static winback.content.RunningContent.campaign;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.content.RunningContent;
import winback.content.RunningContent.Answer;
import winback.content.cache.FeatureCache;
import winback.contracts.ProfileChanged;
import winback.contracts.Topic;
import winback.infrastructure.junit.Infrastructure;

class InstancesTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int SUBSCRIBERS = 60;

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    private static RunningContent instance(Path journal) {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return new RunningContent(
                infra,
                "--server.port=" + port,
                "--winback.instances.url=http://127.0.0.1:" + port,
                // A busy machine may take longer than the usual 50 ms to ask the other one.
                "--winback.decisions.budget=5s",
                "--winback.journal.dir=" + journal);
    }

    private static int held(RunningContent content) {
        return content.context.getBean(FeatureCache.class).size();
    }

    /** For how many of them this instance can answer with what is known of them. */
    private static long answered(RunningContent content) {
        return IntStream.range(0, SUBSCRIBERS)
                .filter(i -> {
                    Answer answer = content.personalize("i-" + i, "shared", false);
                    assertThat(answer.status()).isEqualTo(200);
                    return answer.text("/content/text").startsWith("Hi Ann" + i + "\n");
                })
                .count();
    }

    @Test
    void instancesShareTheSubscribersAndEachAnswersForAll(@TempDir Path first, @TempDir Path second) {
        try (RunningContent one = instance(first)) {
            await().atMost(SOON).until(one::isReady);
            one.post("/v1/campaigns", campaign("shared", 0, 0));
            List<ProfileChanged> profiles = new ArrayList<>();
            for (int i = 0; i < SUBSCRIBERS; i++) {
                profiles.add(one.profile("i-" + i, 1, Map.of("firstName", "Ann" + i, "email", "a@x.example")));
            }
            one.publish(Topic.PROFILE, profiles);
            await().atMost(SOON).until(() -> held(one) == SUBSCRIBERS);

            try (RunningContent two = instance(second)) {
                await().atMost(SOON).until(two::isReady);
                await().atMost(SOON).until(() -> held(two) > 0 && held(one) + held(two) == SUBSCRIBERS);
                await().atMost(SOON).until(() -> answered(one) == SUBSCRIBERS);
                await().atMost(SOON).until(() -> answered(two) == SUBSCRIBERS);

                List<Map<String, Object>> all = IntStream.range(0, SUBSCRIBERS)
                        .mapToObj(i -> Map.<String, Object>of("subscriberId", "i-" + i, "campaignId", "shared"))
                        .toList();
                List<JsonNode> lines = one.post("/v1/personalizations/batch", Map.of("personalizations", all))
                        .response()
                        .body()
                        .lines()
                        .map(JsonMapper.shared()::readTree)
                        .toList();
                for (int i = 0; i < SUBSCRIBERS; i++) {
                    assertThat(lines.get(i).at("/content/text").asString()).startsWith("Hi Ann" + i + "\n");
                }

                // One delivery, whoever is asked.
                for (int i = 0; i < 10; i++) {
                    assertThat(one.personalize("i-" + i, "shared", true).text("/decisionId"))
                            .isEqualTo(two.personalize("i-" + i, "shared", true).text("/decisionId"));
                }
                assertThat(two.personalize("i-0", "no-such-campaign", false).text("/code"))
                        .isEqualTo("unknown-campaign");

                JsonNode counted = two.post("/v1/campaigns/shared/runs", Map.of("dryRun", true))
                        .body();
                assertThat(counted.at("/subscribers").asInt()).isEqualTo(SUBSCRIBERS);
                assertThat(counted.at("/liveAlready").asInt()).isEqualTo(10);
                assertThat(counted.at("/mails").asInt()).isEqualTo(SUBSCRIBERS - 10);
                String path = two.post("/v1/campaigns/shared/runs", "{}")
                        .response()
                        .headers()
                        .firstValue("Location")
                        .orElseThrow();
                await().atMost(SOON).until(() -> one.get(path).text("/state").equals("completed"));
                assertThat(one.get(path).body().at("/counts/mailed").asInt()).isEqualTo(SUBSCRIBERS - 10);
            }
            // What the other one had comes here.
            await().atMost(SOON).until(() -> held(one) == SUBSCRIBERS);
            await().atMost(SOON).until(() -> answered(one) == SUBSCRIBERS);
        }
    }
}
