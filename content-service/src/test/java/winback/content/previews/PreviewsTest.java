package winback.content.previews;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import winback.chassis.problems.Problem;
import winback.content.RunningContent;
import winback.content.RunningContent.Answer;
import winback.content.brief.DemoBrief;
import winback.content.composer.Composer;
import winback.content.decisions.Personalizer;
import winback.content.drafts.Request;
import winback.content.drafts.Style;
import winback.contracts.Topic;
import winback.infrastructure.junit.Infrastructure;

class PreviewsTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int RED = 0xffff0000;

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    private static RunningContent content;

    @BeforeAll
    static void start() {
        content = new RunningContent(infra, "--winback.previews.browser=");
        await().atMost(SOON).until(content::isReady);
        content.post("/v1/campaigns", RunningContent.campaign("hand", 0, 0));
        LocalDate today = LocalDate.ofInstant(content.clock.instant(), ZoneOffset.UTC);
        ObjectNode brief = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(today));
        ObjectNode campaign = JsonMapper.shared().createObjectNode();
        campaign.put("campaignId", "demo").put("name", "demo").put("language", "en");
        content.post("/v1/campaigns", campaign.set("brief", brief));
    }

    @AfterAll
    static void stop() {
        content.close();
    }

    private static Answer preview(Map<String, ?> request) {
        return content.post("/v1/previews", request);
    }

    @Test
    void showsWhatADecisionWouldServeByteForByte() {
        content.publish(Topic.PROFILE, content.profile("seen", 1, Map.of("firstName", "Ann", "email", "a@x.example")));
        await().atMost(SOON)
                .until(() -> content.personalize("seen", "hand", false)
                        .text("/content/text")
                        .startsWith("Hi Ann"));
        Answer served = content.personalize("seen", "hand", false);

        Answer shown =
                preview(Map.of("campaignId", "hand", "variantId", served.text("/variant"), "subscriberId", "seen"));

        assertThat(shown.status()).isEqualTo(200);
        for (String part : List.of("subject", "preheader", "html", "text", "cta", "ps")) {
            assertThat(served.body().at("/content/" + part).toString())
                    .isEqualTo(shown.body()
                            .path(part)
                            .toString()
                            .replace(Personalizer.NO_DECISION, served.text("/decisionId")));
        }
        assertThat(content.get("/v1/decisions/" + Personalizer.NO_DECISION).status())
                .isEqualTo(404);
    }

    @Test
    void showsDraftsToAnybodyAndEscapesWhatTheyAreCalled() {
        String accepted = content.post("/v1/campaigns/demo/generations", "{\"count\": 30}")
                .response()
                .headers()
                .firstValue("Location")
                .orElseThrow();
        await().atMost(SOON).until(() -> content.get(accepted).text("/state").equals("completed"));
        content.get("/v1/campaigns/demo/drafts").body().path("drafts").forEach(draft -> {
            String id = draft.path("draftId").asString();
            Answer shown = preview(Map.of(
                    "campaignId",
                    "demo",
                    "draftId",
                    id,
                    "traits",
                    Map.of("firstName", "<script>alert(1)</script>{{ 1 }}")));
            assertThat(shown.text("/html"))
                    .doesNotContain("<script>")
                    .contains("&lt;script&gt;alert(1)&lt;/script&gt;{{ 1 }}");
            assertThat(shown.body().path("traits").toString()).isEqualTo("[\"firstName\"]");
            Answer noName = preview(Map.of(
                    "campaignId", "demo", "draftId", id, "traits", Map.of("firstName", "https://evil.example/x")));
            assertThat(noName.text("/html")).doesNotContain("evil");
            assertThat(noName.body().path("missing").toString()).isEqualTo("[\"firstName\"]");
            Answer nobody = preview(Map.of("campaignId", "demo", "draftId", id));
            assertThat(nobody.text("/html")).doesNotContain("{%").contains("Casa Lumbre S.L.");
            assertThat(nobody.body().path("missing").toString()).isEqualTo("[\"firstName\"]");
        });
    }

    @Test
    void aDraftThatIsNotKeptIsShownToo() {
        String draft = """
                {"subject": "Hi {{ subscriber.firstName }}", "html": "%s", "text": "{{ links.unsubscribe }}",
                 "cta": {"label": "Look", "url": "https://shop.example/"}}""";
        Answer shown = content.post(
                "/v1/previews",
                "{\"campaignId\": \"hand\", \"traits\": {\"firstName\": \"Eva\"}, \"draft\": "
                        + draft.formatted("<a href='{{ links.unsubscribe }}'>x</a>") + "}");
        assertThat(shown.text("/subject")).isEqualTo("Hi Eva");

        Answer broken = content.post(
                "/v1/previews",
                "{\"campaignId\": \"hand\", \"draft\": " + draft.formatted("<p>\\n {{ subscriber.firstName | }}")
                        + "}");
        assertThat(broken.status()).isEqualTo(400);
        assertThat(broken.text("/errors/0/field")).isEqualTo("html");
        assertThat(broken.text("/errors/0/detail")).contains("line 2");
    }

    @Test
    void whatIsAskedWronglyIsNamed() {
        assertThat(preview(Map.of("draftId", "x")).text("/errors/0/field")).isEqualTo("campaignId");
        assertThat(preview(Map.of("campaignId", "none", "draftId", "x")).text("/code"))
                .isEqualTo("unknown-campaign");
        assertThat(preview(Map.of("campaignId", "demo", "draftId", "x")).text("/code"))
                .isEqualTo("unknown-draft");
        assertThat(preview(Map.of("campaignId", "hand", "variantId", "x")).text("/code"))
                .isEqualTo("unknown-variant");
        assertThat(preview(Map.of("campaignId", "hand")).text("/errors/0/field"))
                .isEqualTo("draftId");
        assertThat(preview(Map.of("campaignId", "hand", "variantId", "warm", "subscriberId", "nobody"))
                        .text("/code"))
                .isEqualTo("unknown-subscriber");
        assertThat(preview(Map.of("campaignId", "hand", "variantId", "warm", "subscriberId", "a", "traits", Map.of()))
                        .text("/errors/0/field"))
                .isEqualTo("traits");
        assertThat(preview(Map.of("campaignId", "hand", "variantId", "warm", "traits", Map.of("a", List.of())))
                        .text("/errors/0/field"))
                .isEqualTo("traits.a");
        assertThat(content.post(
                                "/v1/previews",
                                "{\"campaignId\": \"hand\", \"variantId\": \"warm\", \"traits\": {\"a\": 1, \"b\": 1e400}}")
                        .text("/errors/0/field"))
                .isEqualTo("traits.b");
        Answer picture =
                content.post("/v1/previews", Map.of("campaignId", "hand", "variantId", "warm"), "Accept", "image/png");
        assertThat(picture.status()).isEqualTo(501);
        assertThat(picture.text("/code")).isEqualTo("no-browser");
    }

    /** Of the mails that come along, and of one that tries everything; where the machine has no browser, it is said. */
    @Test
    void takesPicturesWithoutScriptsNetworkOrFiles() throws IOException {
        Browser browser = new Browser(new PreviewSettings(null, List.of(), Duration.ofSeconds(60)));
        LocalDate today = LocalDate.of(2026, 11, 27);
        String html = new Composer()
                .write(
                        DemoBrief.on(today),
                        new Request("en", 1, 1, Style.of(DemoBrief.on(today).tone()), "lapsed"),
                        today)
                .drafts()
                .getFirst()
                .source()
                .html();
        AtomicInteger fetched = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            fetched.incrementAndGet();
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        server.start();
        try {
            String own = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
            String hostile = """
                    <!-- <head> --><body style="background:url(%1$sa.png)"><script>document.body.style.background='red'</script>
                    <img src="%1$sb.png" onerror="document.body.style.background='red'"><iframe src="%1$sc"></iframe>
                    <link rel="stylesheet" href="%1$sd.css"><iframe src="file:///etc/passwd" width=600 height=600></iframe>
                    <meta http-equiv="refresh" content="0;url=%1$se"><p>Hello "&amp;" there</p>""".formatted(own);
            BufferedImage light = image(browser.picture(html, 400, false));
            BufferedImage dark = image(browser.picture(html, 400, true));
            BufferedImage refused = image(browser.picture(hostile, 400, false));

            assertThat(light.getWidth()).isEqualTo(400);
            assertThat(light.getHeight()).isBetween(300, 1500);
            assertThat(light.getRGB(2, 2)).isEqualTo(0xffffffff);
            assertThat(dark.getRGB(2, 2)).isEqualTo(0xff16181c);
            for (int i = 0; i < 3; i++) {
                assertThat(image(browser.picture(html, 400, true)).getHeight()).isEqualTo(dark.getHeight());
            }
            for (int x = 0; x < refused.getWidth(); x++) {
                for (int y = 0; y < refused.getHeight(); y++) {
                    assertThat(refused.getRGB(x, y)).isNotEqualTo(RED);
                }
            }
        } catch (Problem none) {
            assertThat(none.code()).isEqualTo("no-browser");
        } finally {
            server.stop(0);
        }
        assertThat(fetched).hasValue(0);
    }

    /** A window that was not brought to its size has bars at its end, in whose place there is nothing. */
    @Test
    void aPictureEndsWhereTheMailDoesWhateverSizeTheWindowHas(@TempDir Path directory) throws IOException {
        BufferedImage window = new BufferedImage(1000, 4300, BufferedImage.TYPE_INT_RGB);
        Graphics2D drawing = window.createGraphics();
        drawing.setColor(Color.WHITE);
        drawing.fillRect(0, 0, 1000, 4300);
        drawing.setColor(Color.BLACK);
        drawing.fillRect(0, 0, 390, 4000);
        drawing.setColor(Color.RED);
        drawing.fillRect(0, 0, 390, 700);
        drawing.dispose();
        ImageIO.write(window, "png", directory.resolve("window.png").toFile());

        byte[] picture = drawnBy(directory, "window.png").picture("<p>Hello</p>", 390, true);

        assertThat(image(picture).getWidth()).isEqualTo(390);
        assertThat(image(picture).getHeight()).isEqualTo(716);
    }

    @Test
    void aWindowThatDoesNotHoldTheMailIsNoPicture(@TempDir Path directory) throws IOException {
        ImageIO.write(
                new BufferedImage(500, 3857, BufferedImage.TYPE_INT_RGB),
                "png",
                directory.resolve("small.png").toFile());
        assertThatThrownBy(() -> drawnBy(directory, "small.png").picture("<p>Hello</p>", 390, true))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo("browser-failed"));
    }

    /** A browser that takes that picture of whatever it is shown. */
    private static Browser drawnBy(Path directory, String picture) throws IOException {
        Path program = Files.writeString(
                directory.resolve("browser"),
                "#!/bin/sh\nfor a; do case $a in --screenshot=*) cp '" + directory.resolve(picture)
                        + "' \"${a#--screenshot=}\";; esac; done\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return new Browser(new PreviewSettings(program.toString(), List.of(), Duration.ofSeconds(60)));
    }

    private static BufferedImage image(byte[] png) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(png));
    }
}
