package winback.content.response;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import winback.content.drafts.Attributes;
import winback.content.drafts.Strategy;

/** On simulated answers, whose truth is known. */
class RankerTest {

    private static final LocalDate FIRST = LocalDate.of(2026, 9, 1);
    private static final int DAYS = 40;
    private static final List<String> READERS = List.of("lapsed", "lapsed/bargain", "lost/careful");

    private record Mail(String id, Attributes attributes) {}

    private static List<Mail> mails(Random random) {
        List<Mail> mails = new ArrayList<>();
        for (int i = 0; i < 33; i++) {
            mails.add(new Mail(
                    "m" + i,
                    new Attributes(
                            Strategy.values()[i % 11].word(),
                            random.nextBoolean() ? "fifteen" : null,
                            List.of(),
                            .3,
                            .5,
                            .4,
                            random.nextBoolean(),
                            random.nextBoolean(),
                            20 + random.nextInt(30),
                            40 + random.nextInt(60))));
        }
        return mails;
    }

    private static List<Answered> answers(long seed, int aDay, ToDoubleFunction<Answered> truth) {
        Random random = new Random(seed);
        List<Mail> mails = mails(random);
        List<Answered> answers = new ArrayList<>();
        for (int day = 0; day < DAYS; day++) {
            for (Mail mail : mails) {
                for (String reader : READERS) {
                    Answered asked = answered(mail, reader, day, aDay, 0);
                    double chance = truth.applyAsDouble(asked);
                    long successes = IntStream.range(0, aDay)
                            .filter(i -> random.nextDouble() < chance)
                            .count();
                    answers.add(answered(mail, reader, day, aDay, successes));
                }
            }
        }
        return answers;
    }

    private static Answered answered(Mail mail, String reader, int day, long exposures, long successes) {
        return new Answered(
                "c",
                mail.id(),
                "en",
                reader,
                "Something about " + mail.id(),
                mail.attributes(),
                FIRST.plusDays(day),
                exposures,
                successes);
    }

    private static double gainWorks(Answered asked) {
        Attributes mail = asked.attributes();
        boolean gain = mail != null && mail.strategy().equals("gain");
        boolean offer = mail != null && mail.offerId() != null && asked.reader().endsWith("bargain");
        return .04 * (gain ? 2 : 1) * (offer ? 2 : 1);
    }

    private static ResponseModel fitted(List<Answered> answers) {
        return ResponseModel.fit(cells(answers));
    }

    private static List<ResponseModel.Cell> cells(List<Answered> answers) {
        return answers.stream()
                .map(a -> new ResponseModel.Cell(
                        Features.of(a.language(), a.subject(), a.attributes(), a.reader()),
                        a.exposures(),
                        a.successes()))
                .toList();
    }

    @Test
    void whatHasAnEffectWinsOnLaterAnswersAndIsWrittenMore() {
        List<Answered> answers = answers(1, 30, RankerTest::gainWorks);
        Comparison comparison = Ranker.compare(answers, null);

        assertThat(comparison.won()).as(comparison.toString()).isTrue();
        assertThat(comparison.candidate()).isLessThan(comparison.incumbent());
        assertThat(comparison.from()).isEqualTo(FIRST.plusDays(30));
        assertThat(comparison.exposures()).isEqualTo(10L * 33 * 3 * 30);

        ResponseModel model = fitted(answers);
        Map<Strategy, Double> shares = Ranker.shares(model);
        assertThat(shares.values().stream().mapToDouble(Double::doubleValue).sum())
                .isBetween(.999, 1.001);
        assertThat(shares.get(Strategy.GAIN)).isGreaterThan(.4);
        assertThat(shares.get(Strategy.EASE)).isGreaterThan(.04);
    }

    @Test
    void knowsForWhom() {
        ResponseModel model = fitted(answers(2, 30, RankerTest::gainWorks));
        Attributes plain = new Attributes("ease", null, List.of(), .3, .5, .4, false, false, 30, 60);
        Attributes offering = new Attributes("ease", "fifteen", List.of(), .3, .5, .4, false, false, 30, 60);

        assertThat(odds(model, offering, "lapsed/bargain") / odds(model, plain, "lapsed/bargain"))
                .isGreaterThan(1.3);
        assertThat(odds(model, offering, "lapsed") / odds(model, plain, "lapsed"))
                .isBetween(.75, 1.3);
    }

    private static double odds(ResponseModel model, Attributes attributes, String reader) {
        double chance = model.chance(Features.of("en", "Something about it", attributes, reader));
        return chance / (1 - chance);
    }

    @Test
    void whatHasNoEffectSeldomWins() {
        long won = IntStream.range(0, 20)
                .filter(seed -> Ranker.compare(answers(100 + seed, 10, asked -> .05), null)
                        .won())
                .count();
        // One in twenty by chance.
        assertThat(won).isLessThanOrEqualTo(3);
    }

    @Test
    void whatIsInUseIsComparedByWhatItHasNotLearnedFrom() {
        List<Answered> answers = answers(3, 30, RankerTest::gainWorks);
        ResponseModel model = fitted(answers);

        assertThat(Ranker.compare(answers, live(model, FIRST.plusDays(DAYS - 1)))
                        .why())
                .startsWith("0 later answers");
        Comparison later = Ranker.compare(answers, live(model, FIRST.plusDays(34)));
        assertThat(later.from()).isEqualTo(FIRST.plusDays(35));
        // Learned from more, of the same.
        assertThat(later.won()).isFalse();
    }

    private static Ranker.Version live(ResponseModel model, LocalDate until) {
        return new Ranker.Version(1, Instant.EPOCH, until, model, Comparison.none(""));
    }

    @Test
    void fewAnswersTellNothing() {
        assertThat(Ranker.compare(List.of(), null).won()).isFalse();
        assertThat(Ranker.compare(answers(4, 30, asked -> .05).subList(0, 33), null)
                        .why())
                .contains("are needed");
    }

    /** The gradient of the penalised likelihood is zero at what was fitted. */
    @Test
    void theFitIsTheMode() {
        List<Answered> answers = answers(5, 20, RankerTest::gainWorks);
        ResponseModel model = fitted(answers);
        double best = objective(model.weights(), answers);
        for (int i = 0; i < Features.SIZE; i += 7) {
            for (double step : new double[] {-.01, .01}) {
                double[] other = model.weights().clone();
                other[i] += step;
                assertThat(objective(other, answers)).isGreaterThan(best);
            }
        }
    }

    private static double objective(double[] weights, List<Answered> answers) {
        return ResponseModel.objective(weights, cells(answers));
    }

    @Test
    void namesNoFeatureTwice() {
        Attributes attributes = new Attributes("gain", "fifteen", List.of(), .5, .9, .9, true, true, 30, 60);
        double[] one = Features.of("es", "¿Qué 3?", attributes, "lapsed/bargain");
        double[] none = Features.of("en", "", null, "");
        assertThat(one).hasSize(Features.SIZE);
        assertThat(IntStream.range(1, Features.SIZE).filter(i -> none[i] != 0).count())
                .isOne();
        assertThat(spreads()).allSatisfy(spread -> assertThat(spread).isPositive());
    }

    private static List<Double> spreads() {
        return IntStream.range(0, Features.SIZE).mapToObj(Features::spread).toList();
    }
}
