package winback.content.taste;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import winback.content.taste.TasteTable.Change;

class TasteTest {

    private static final double LIVELY = .6;
    private static final double RATE = .05;

    private static Change seen(int mails, double liveliness) {
        Change all = Change.NONE;
        for (int i = 0; i < mails; i++) {
            all = all.plus(Change.seen(liveliness, RATE));
        }
        return all;
    }

    private static Change answered(int mails, double liveliness) {
        Change all = seen(mails, liveliness);
        for (int i = 0; i < mails; i++) {
            all = all.plus(Change.answered(liveliness));
        }
        return all;
    }

    @Test
    void anAnswerToOneOfTheFirstMakesATasteAndOneToTheTenthDoesNot() {
        Change first = answered(1, LIVELY);
        Change calm = answered(1, -LIVELY);
        Change tenth = answered(1, LIVELY).plus(seen(9, LIVELY));

        assertThat(Taste.of(first.lean(), first.information())).isEqualTo(Taste.LIVELY);
        assertThat(Taste.of(calm.lean(), calm.information())).isEqualTo(Taste.CALM);
        assertThat(Taste.of(tenth.lean(), tenth.information())).isNull();
    }

    @Test
    void whoAnswersEverythingOrAsOftenAsOthersHasNone() {
        Change everything = answered(5, LIVELY).plus(answered(5, -LIVELY));
        Change usual = answered(2, LIVELY).plus(seen(38, LIVELY));

        assertThat(Taste.of(everything.lean(), everything.information())).isNull();
        assertThat(Taste.of(usual.lean(), usual.information())).isNull();
    }

    @Test
    void whatIsTakenBackIsAsIfItHadNotBeen() {
        Change one = answered(1, LIVELY).plus(Change.answered(-LIVELY));
        assertThat(Taste.of(one.lean(), one.information())).isNull();
    }

    @ParameterizedTest
    @CsvSource({"lapsed, lapsed+calm", "lapsed/lively, lapsed/lively+calm"})
    void readersCarryIt(String kind, String reader) {
        assertThat(Taste.CALM.reader(kind)).isEqualTo(reader);
        assertThat(Taste.of(reader)).isEqualTo(Taste.CALM);
        assertThat(Taste.kind(reader)).isEqualTo(kind);
        assertThat(Taste.of(kind)).isNull();
        assertThat(Taste.kind(kind)).isEqualTo(kind);
    }
}
