package winback.standalone.orders;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ImportProgressTest {

    private static String line(String progress) {
        return OrdersImport.line(JsonMapper.shared().readTree(progress));
    }

    @Test
    void readingIsToldByRowsBytesRateAndTimeLeft() {
        assertThat(line("""
                        {"state":"running","rowsRead":120000,"bytesRead":10500000,"bytesTotal":23400000,
                         "ratePerSecond":15200.4,"secondsLeft":12}""")).isEqualTo("reading … 120,000 rows, 44 % of 23.4 MB, 15,200 rows/s, 12 s left");
    }

    @Test
    void applyingIsToldByWhatIsDealtWithOfWhatWasAccepted() {
        assertThat(line("""
                        {"state":"applying","rowsAccepted":120000,"rowsApplied":70000,"duplicates":10000,
                         "ratePerSecond":5100,"secondsLeft":170}""")).isEqualTo("applying … 80,000 of 120,000 rows, 5,100 rows/s, 3 min left");
    }

    @Test
    void whatIsNotKnownIsNotSaid() {
        assertThat(line("{\"state\":\"running\",\"rowsRead\":0}")).isEqualTo("reading … 0 rows");
    }
}
