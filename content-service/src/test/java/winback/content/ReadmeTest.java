package winback.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import winback.content.templates.MailTemplate;
import winback.content.templates.RenderedMail;

class ReadmeTest {

    private static final Pattern SAMPLE = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);

    @Test
    void theSampleVariantsCanBeUsedAsTheyStand() throws IOException, MailTemplate.Fault {
        List<JsonNode> samples = new ArrayList<>();
        Matcher matcher = SAMPLE.matcher(Files.readString(Path.of("README.md")));
        while (matcher.find()) {
            samples.add(RunningContent.JSON.readTree(matcher.group(1)));
        }
        assertThat(samples).hasSize(2);
        List<RenderedMail> mails = new ArrayList<>();
        for (JsonNode variant : samples.getFirst().at("/variants")) {
            mails.add(render(variant, "en"));
        }
        mails.add(render(samples.getLast(), "es"));
        assertThat(mails).hasSize(3).allSatisfy(mail -> {
            assertThat(mail.html()).contains("Ana &amp; Co", "https://shop.example/u", mail.ps());
            assertThat(mail.text()).contains("Ana & Co", mail.cta().label() + ": https://shop.example/c");
        });
    }

    private static RenderedMail render(JsonNode variant, String language) throws MailTemplate.Fault {
        return MailTemplate.compile(
                        new MailTemplate.Source(
                                variant.at("/subject").asString(),
                                variant.at("/preheader").asString(),
                                variant.at("/html").asString(),
                                variant.at("/text").asString(),
                                variant.at("/cta/label").asString(),
                                variant.at("/cta/url").asString(),
                                variant.at("/ps").asString()),
                        language)
                .render(Map.of(
                        "subscriber",
                        Map.of("firstName", "Ana & Co"),
                        "campaign",
                        Map.of("id", "c", "name", "n", "language", language),
                        "links",
                        Map.of("cta", "https://shop.example/c", "unsubscribe", "https://shop.example/u")));
    }
}
