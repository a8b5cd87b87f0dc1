package winback.benchmarks.personalize;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.benchmarks.rig.ServiceProcess;

/** The campaign that subscribers are asked for, with all its variants live. */
final class BenchCampaign {

    static final String ID = "come-back";
    static final int VARIANTS = 64;

    /** Bytes of an answer with one of its mails or, of the hold-out, without; {@code path} tells what they really are. */
    static final int MEAN_ANSWER = 12_800;

    private static final String JSON = "application/json";

    private BenchCampaign() {}

    /** Creates it unless it is there. All variants together are larger than a body may be. */
    static void create(ServiceProcess content, String id) throws IOException, InterruptedException {
        for (JsonNode there : content.get("/v1/campaigns").path("campaigns")) {
            if (there.path("campaignId").asString().equals(id)) {
                return;
            }
        }
        Map<String, Object> campaign = Map.of(
                "campaignId",
                id,
                "name",
                "Come back and look",
                "language",
                "en",
                "holdoutShare",
                .05,
                "unsubscribeUrl",
                "https://fern-and-field.example/unsubscribe?d={decisionId}",
                "variants",
                List.of(Mails.variant(0)));
        content.post("/v1/campaigns", JSON, BodyPublishers.ofString(text(campaign)));
        for (int number = 1; number < VARIANTS; number++) {
            content.put(
                    "/v1/campaigns/" + id + "/variants/" + Mails.id(number),
                    JSON,
                    BodyPublishers.ofString(text(Mails.variant(number))));
        }
    }

    private static String text(Map<String, Object> body) {
        return JsonMapper.shared().writeValueAsString(body);
    }

    /** How many variants decisions choose from. */
    static int liveVariants(ServiceProcess content) throws IOException, InterruptedException {
        int live = 0;
        for (JsonNode variant : content.get("/v1/campaigns/" + ID).path("variants")) {
            live += variant.path("live").asBoolean(false) ? 1 : 0;
        }
        return live;
    }
}
