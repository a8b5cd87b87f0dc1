package winback.content.decisions;

import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param unsubscribe where {@code links.unsubscribe} leads when the campaign does not say; {@code {decisionId}} and
 *     {@code {subscriberId}} are filled in
 * @param decisionParameter the query parameter by which the call to action carries its decision's id, so that what the
 *     click leads to can be attributed; empty for none
 */
@ConfigurationProperties("winback.links")
record LinkSettings(
        @DefaultValue(LinkSettings.NOWHERE) String unsubscribe,
        @DefaultValue("wb_decision") String decisionParameter) {

    static final String NOWHERE = "https://example.invalid/unsubscribe?decision={decisionId}";

    LinkSettings {
        if (!unsubscribe.startsWith("https://") && !unsubscribe.startsWith("http://")) {
            throw new IllegalArgumentException("Invalid winback.links.unsubscribe: " + unsubscribe);
        }
        if (!decisionParameter.matches("[A-Za-z0-9_.-]*")) {
            throw new IllegalArgumentException("Invalid winback.links.decision-parameter: " + decisionParameter);
        }
        if (unsubscribe.equals(NOWHERE)) {
            LoggerFactory.getLogger(LinkSettings.class)
                    .warn("winback.links.unsubscribe is not set: mails of campaigns without their own carry a link that"
                            + " leads nowhere");
        }
    }
}
