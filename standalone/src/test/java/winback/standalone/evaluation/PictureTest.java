package winback.standalone.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PictureTest {

    private static final int SERVED = 0x0072B2;
    private static final int RECIPE = 0xD55E00;

    @TempDir
    Path directory;

    private static JsonNode result(String task, String split, double scale) {
        String tenths = IntStream.rangeClosed(1, 10)
                .mapToObj(i -> "{\"lower\":%s,\"upper\":%s,\"predicted\":%s,\"observed\":%s,\"n\":200}"
                        .formatted(scale * (i / 11.), scale * (i / 9.), scale * i / 10., scale * i / 10.))
                .toList()
                .toString();
        String methods = "{\"served\":%1$s,\"recipe\":%1$s}".formatted(tenths);
        String curves = "{\"served\":[[0,0],[0.1,0.5],[0.5,0.9],[1,1]],\"recipe\":[[0,0],[0.2,0.4],[1,1]]}";
        return JsonMapper.shared().readTree("""
                {"task":"%s","split":%s,"methods":[{"name":"served","auc":0.8,"brier":0.1,"ece":0.01}],
                 "reliability":%s,"curves":{"roc":%s,"gain":%s}}""".formatted(task, split, methods, curves, curves));
    }

    /** Pixels of a colour in a third of the picture. */
    private static long pixels(BufferedImage image, int third, int colour) {
        int width = image.getWidth() / 3;
        return IntStream.range(third * width, (third + 1) * width)
                .mapToLong(x -> IntStream.range(0, image.getHeight())
                        .filter(y -> (image.getRGB(x, y) & 0xFFFFFF) == colour)
                        .count())
                .sum();
    }

    @Test
    void drawsWhatIsServedInAllThreePanels() throws IOException {
        for (String task : new String[] {"churn", "value", "engagement"}) {
            Path file = directory.resolve(task + ".png");
            Picture.write(
                    result(
                            task,
                            "{\"testCutoff\":\"1998-05-31\",\"horizonDays\":30,\"label\":\"opened\"}",
                            task.equals("value") ? 80 : 1),
                    file);
            BufferedImage image = ImageIO.read(file.toFile());
            assertThat(image.getWidth()).isEqualTo(1_800);
            for (int third = 0; third < 3; third++) {
                assertThat(pixels(image, third, SERVED))
                        .as("%s, %d", task, third)
                        .isGreaterThan(300);
            }
            assertThat(pixels(image, 0, RECIPE)).as(task).isGreaterThan(200);
        }
    }
}
