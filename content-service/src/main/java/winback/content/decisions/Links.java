package winback.content.decisions;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The two links that every mail has. */
@Component
class Links {

    private final LinkSettings settings;

    Links(LinkSettings settings) {
        this.settings = settings;
    }

    /** The call to action's URL, carrying the decision. */
    String cta(String url, String decisionId) {
        if (settings.decisionParameter().isEmpty()) {
            return url;
        }
        int fragment = url.indexOf('#');
        String before = fragment < 0 ? url : url.substring(0, fragment);
        String after = fragment < 0 ? "" : url.substring(fragment);
        return before
                + (before.indexOf('?') < 0 ? "?" : before.endsWith("?") || before.endsWith("&") ? "" : "&")
                + settings.decisionParameter()
                + "="
                + decisionId
                + after;
    }

    String unsubscribe(@Nullable String ofCampaign, String decisionId, String subscriberId) {
        String url = ofCampaign == null ? settings.unsubscribe() : ofCampaign;
        return url.replace("{decisionId}", decisionId)
                .replace("{subscriberId}", URLEncoder.encode(subscriberId, StandardCharsets.UTF_8));
    }
}
