package winback.benchmarks.personalize;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** That the service takes them is seen in {@code PersonalizationBenchIT}. */
class MailsTest {

    @Test
    void theyAreOfTheSizeOfMailsAndDiffer() {
        Set<String> different = new HashSet<>();
        int least = Integer.MAX_VALUE;
        int most = 0;
        for (int number = 0; number < BenchCampaign.VARIANTS; number++) {
            String html = String.valueOf(Mails.variant(number).get("html"));
            int bytes = html.getBytes(StandardCharsets.UTF_8).length;
            least = Math.min(least, bytes);
            most = Math.max(most, bytes);
            assertThat(html.split("\\{\\{", -1).length - 1).isBetween(10, 20);
            assertThat(html).contains("{% if ", "{% case ", " | default:").doesNotContain("@accent", "@name");
            assertThat(different.add(html)).isTrue();
        }
        assertThat(least).isGreaterThan(8_000).isLessThan(10_000);
        assertThat(most).isGreaterThan(12_000).isLessThan(15_000);
    }
}
