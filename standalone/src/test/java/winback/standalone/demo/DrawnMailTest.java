package winback.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DrawnMailTest {

    @Test
    void drawsParagraphsAndTheButtonInsideAStraightFrame() {
        String drawn = new DrawnMail(
                        "Shop <hello@example.invalid>",
                        "7@example.invalid",
                        "A subject that is long enough to need a second line because nobody stopped the copywriter",
                        "Before",
                        "<div style=\"display:none\">Before</div><p>It&#39;s been a while. " + "word ".repeat(30)
                                + "</p>\n<p><a href=\"https://shop.example.invalid\">See what&#39;s new</a></p>"
                                + "<p>Bye <a href=\"https://u.example.invalid\">unsubscribe</a>.</p>")
                .toString();

        assertThat(drawn.lines()).allSatisfy(line -> assertThat(line).hasSize(76));
        assertThat(drawn)
                .contains("│ It's been a while. word")
                .contains("│ See what's new │")
                .contains("│ Bye unsubscribe.")
                .doesNotContain("display");
    }

    @Test
    void breaksAWordThatIsLongerThanTheLine() {
        assertThat(DrawnMail.wrapped("see " + "x".repeat(25), 10))
                .containsExactly("see", "xxxxxxxxxx", "xxxxxxxxxx", "xxxxx");
    }

    @Test
    void latenciesAreNearestRankPercentiles() {
        long[] nanos = new long[100];
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] = (100 - i) * 1_000_000L;
        }

        Latencies latencies = Latencies.of(nanos);

        assertThat(latencies.millis(50)).isEqualTo(50);
        assertThat(latencies.millis(99)).isEqualTo(99);
        assertThat(latencies.millis(100)).isEqualTo(100);
        assertThat(Latencies.of(new long[0]).millis(50)).isNaN();
    }
}
