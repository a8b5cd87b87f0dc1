package winback.content.response;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import winback.content.drafts.Draft;
import winback.content.drafts.Strategy;
import winback.content.response.ResponseModel.Cell;

/**
 * Orders mails that nobody has received yet by what answers to others say, and tells how much of each strategy is worth
 * writing. It learns from all campaigns of the deployment. A newly learned one takes the place of the one in use only when
 * it is better on later answers, which neither has learned from, by more than chance would explain.
 */
@Component
public class Ranker {

    private static final Logger log = LoggerFactory.getLogger(Ranker.class);

    /** Of the exposures, for comparing: the last ones. */
    private static final double HELD_OUT = .25;

    private static final long LEAST_HELD_OUT = 500;
    private static final int LEAST_VARIANTS = 10;

    /** One-sided, 5 %. */
    private static final double BETTER = 1.645;

    private static final int DRAWS = 2000;

    private static final Duration LOSERS_KEPT = Duration.ofDays(90);

    /** Each strategy keeps half of an equal share, since what works changes. */
    private static final double EVEN_SHARE = .5;

    /** @param learnedUntil the last day of decisions that it has learned from */
    record Version(
            int version, Instant trainedAt, LocalDate learnedUntil, ResponseModel model, Comparison comparison) {}

    private final ResponseTables tables;
    private final Clock clock;
    private final MeterRegistry meters;
    private final ReentrantLock training = new ReentrantLock();

    Ranker(ResponseTables tables, Clock clock, MeterRegistry meters) {
        this.tables = tables;
        this.clock = clock;
        this.meters = meters;
    }

    /**
     * What is expected of each for readers of that kind.
     *
     * @param reader empty for anybody
     * @return probabilities of a success, in the order of the drafts; empty while nothing has been learned
     */
    public Optional<double[]> expected(List<Draft> drafts, String reader) {
        return tables.live()
                .map(version -> drafts.stream()
                        .mapToDouble(draft -> version.model()
                                .chance(Features.of(
                                        draft.language(), draft.source().subject(), draft.attributes(), reader)))
                        .toArray());
    }

    /**
     * How much to write of each strategy: half evenly, half by the probability that it is the best one, drawn from what is
     * believed of their effects, as if these were independent.
     *
     * @return shares that sum to 1; empty while nothing has been learned
     */
    public Map<Strategy, Double> shares() {
        return tables.live().map(version -> shares(version.model())).orElse(Map.of());
    }

    static Map<Strategy, Double> shares(ResponseModel model) {
        Random random = new Random(1);
        Strategy[] strategies = Strategy.values();
        int[] best = new int[strategies.length];
        for (int draw = 0; draw < DRAWS; draw++) {
            int leader = 0;
            double most = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < strategies.length; i++) {
                int at = Features.of(strategies[i]);
                double effect = model.weights()[at] + model.deviations()[at] * random.nextGaussian();
                leader = effect > most ? i : leader;
                most = Math.max(most, effect);
            }
            best[leader]++;
        }
        Map<Strategy, Double> shares = new EnumMap<>(Strategy.class);
        for (int i = 0; i < strategies.length; i++) {
            shares.put(strategies[i], EVEN_SHARE / strategies.length + (1 - EVEN_SHARE) * best[i] / DRAWS);
        }
        return shares;
    }

    /** Learns once a day, on one instance. */
    @Scheduled(fixedDelayString = "PT1H", initialDelayString = "PT5M")
    void trainDaily() {
        try {
            Instant last = tables.lastTraining();
            if (last == null || last.isBefore(clock.instant().minus(1, ChronoUnit.DAYS))) {
                train();
            }
        } catch (DataAccessException away) {
            log.warn("the ranker learns later: {}", away.getClass().getSimpleName());
        }
    }

    /** Learns from all answers until now, and compares. */
    Comparison train() {
        training.lock();
        try {
            Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
            List<Answered> answers = tables.answers(now);
            Version live = tables.live().orElse(null);
            Comparison comparison = compare(answers, live);
            if (!answers.isEmpty()) {
                LocalDate until = answers.getLast().day();
                tables.insert(now, until, ResponseModel.fit(cells(answers)), comparison);
                tables.forgetLosersBefore(now.minus(LOSERS_KEPT));
            }
            meters.counter("winback.ranker.trainings", "outcome", comparison.won() ? "adopted" : "kept")
                    .increment();
            log.info("the ranker learned from {} cells of answers: {}", answers.size(), comparison);
            return comparison;
        } finally {
            training.unlock();
        }
    }

    private static List<Cell> cells(List<Answered> answers) {
        return answers.stream().map(Ranker::cell).toList();
    }

    private static Cell cell(Answered answer) {
        return new Cell(
                Features.of(answer.language(), answer.subject(), answer.attributes(), answer.reader()),
                answer.exposures(),
                answer.successes());
    }

    /** By answers of the last days: what is compared has learned from none of them. */
    static Comparison compare(List<Answered> answers, @Nullable Version live) {
        long all = answers.stream().mapToLong(Answered::exposures).sum();
        LocalDate from = null;
        long before = 0;
        for (Answered answer : answers) {
            if (before >= (1 - HELD_OUT) * all) {
                from = answer.day();
                break;
            }
            before += answer.exposures();
        }
        if (from != null && live != null && !from.isAfter(live.learnedUntil())) {
            from = live.learnedUntil().plusDays(1);
        }
        LocalDate first = from;
        if (first == null) {
            return Comparison.none("too few days of answers");
        }
        List<Answered> earlier =
                answers.stream().filter(answer -> answer.day().isBefore(first)).toList();
        List<Answered> later =
                answers.stream().filter(answer -> !answer.day().isBefore(first)).toList();
        long exposures = later.stream().mapToLong(Answered::exposures).sum();
        int variants = (int) later.stream().map(Ranker::variant).distinct().count();
        if (earlier.isEmpty() || exposures < LEAST_HELD_OUT || variants < LEAST_VARIANTS) {
            return Comparison.none("%d later answers to %d variants; %d to %d are needed"
                    .formatted(exposures, variants, LEAST_HELD_OUT, LEAST_VARIANTS));
        }
        List<Cell> learned = cells(earlier);
        ResponseModel candidate = ResponseModel.fit(learned);
        double rate = (learned.stream().mapToLong(Cell::successes).sum() + .5)
                / (learned.stream().mapToLong(Cell::exposures).sum() + 1);
        Map<String, Double> gains = new HashMap<>();
        double ofIncumbent = 0;
        double ofCandidate = 0;
        for (Answered answer : later) {
            Cell cell = cell(answer);
            double old =
                    live == null ? ResponseModel.loss(rate, cell) : live.model().loss(cell);
            double young = candidate.loss(cell);
            ofIncumbent += old;
            ofCandidate += young;
            gains.merge(variant(answer), old - young, Double::sum);
        }
        double z = z(new ArrayList<>(gains.values()));
        return new Comparison(
                first, exposures, variants, ofIncumbent / exposures, ofCandidate / exposures, z, z > BETTER, null);
    }

    private static String variant(Answered answer) {
        return answer.campaignId() + ' ' + answer.variantId();
    }

    /** Sum over its standard error, clusters taken as independent. */
    private static double z(List<Double> gains) {
        double sum = gains.stream().mapToDouble(Double::doubleValue).sum();
        double mean = sum / gains.size();
        double squares = gains.stream()
                .mapToDouble(gain -> (gain - mean) * (gain - mean))
                .sum();
        double deviation = Math.sqrt(squares / (gains.size() - 1) * gains.size());
        return deviation == 0 ? 0 : sum / deviation;
    }
}
