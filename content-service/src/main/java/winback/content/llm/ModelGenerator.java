package winback.content.llm;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import winback.content.brief.Brief;
import winback.content.composer.Composer;
import winback.content.drafts.Draft;
import winback.content.drafts.Generator;
import winback.content.drafts.Letter;
import winback.content.drafts.Request;
import winback.content.drafts.Strategy;
import winback.content.drafts.Turns;

/**
 * Has a language model write. It gives up by name rather than raise an error: when the day's budget is spent, when the
 * endpoint fails after the retries, while the circuit is open, or when what comes is of no use. Every call is kept.
 */
final class ModelGenerator implements Generator {

    private static final Logger log = LoggerFactory.getLogger(ModelGenerator.class);

    private static final int CHARACTERS_OF_A_TOKEN = 4;

    /** Calls that the circuit looks at, which opens when half of them failed. */
    private static final int CALLS_LOOKED_AT = 6;

    private static final float MOST_FAILED_PERCENT = 50;
    private static final Duration CIRCUIT_OPEN = Duration.ofSeconds(60);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(30);
    private static final int LONGEST_SHORTFALL = 200;

    private final ModelSettings settings;
    private final ModelClient client;
    private final CallTables calls;
    private final Clock clock;
    private final MeterRegistry meters;
    private final CircuitBreaker circuit;
    private final RetryTemplate retries;
    private volatile String lastFailure = "unknown";

    ModelGenerator(ModelSettings settings, CallTables calls, Clock clock, MeterRegistry meters) {
        this.settings = settings;
        this.client = new ModelClient(settings, settings.schema() ? Prompts.SCHEMA : null);
        this.calls = calls;
        this.clock = clock;
        this.meters = meters;
        this.circuit = CircuitBreaker.of(
                "llm",
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(CALLS_LOOKED_AT)
                        .minimumNumberOfCalls(CALLS_LOOKED_AT)
                        .failureRateThreshold(MOST_FAILED_PERCENT)
                        .waitDurationInOpenState(CIRCUIT_OPEN)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .build());
        this.retries = new RetryTemplate(RetryPolicy.builder()
                .maxRetries(settings.retries())
                .delay(settings.backoff())
                .multiplier(2)
                .maxDelay(LONGEST_BACKOFF)
                .predicate(failed -> failed instanceof CallFailed named && named.isPassing())
                .build());
        Gauge.builder("winback.llm.circuit", circuit, c -> c.getState() == CircuitBreaker.State.CLOSED ? 0 : 1)
                .description("1 while the model is not asked, since it failed too often")
                .register(meters);
    }

    CircuitBreaker circuit() {
        return circuit;
    }

    @Override
    public String name() {
        return String.valueOf(settings.model());
    }

    @Override
    public Written write(Brief brief, Request request, LocalDate today) {
        if (!brief.languages().contains(request.language())) {
            throw new IllegalArgumentException("the brief is not in " + request.language());
        }
        Taken taken = new Taken(brief, request, today);
        List<Draft> drafts = taken.drafts();
        List<Letter.Frame> frames = Composer.frames(brief, request, today);
        Turns turns = new Turns(request.shares(), request.first());
        int mostCalls = 2 * (request.count() / settings.mailsPerCall() + 1);
        for (int call = 0; drafts.size() < request.count(); call++) {
            if (call == mostCalls) {
                return new Written(
                        drafts,
                        taken.doubles(),
                        mostCalls + " calls were answered, the most for so many mails" + taken.notTaken());
            }
            int wanted = Math.min(settings.mailsPerCall(), request.count() - drafts.size());
            String system = Prompts.system(request);
            String user = Prompts.user(brief, request, strategies(turns, wanted), taken.subjects(), today);
            String over = overBudget(system.length() + user.length());
            if (over != null) {
                return new Written(drafts, taken.doubles(), over);
            }
            List<Letter.Frame> left = frames.subList(drafts.size(), drafts.size() + wanted);
            try {
                ask(system, user, brief, request, left, taken);
            } catch (CallNotPermittedException open) {
                return new Written(
                        drafts,
                        taken.doubles(),
                        shortened("circuit-open: the model failed too often and is not asked for a minute; last "
                                + lastFailure));
            } catch (CallFailed failed) {
                return new Written(drafts, taken.doubles(), shortened(failed.told()));
            }
        }
        return new Written(drafts, taken.doubles(), null);
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_SHORTFALL ? text : text.substring(0, LONGEST_SHORTFALL);
    }

    private static List<Strategy> strategies(Turns turns, int count) {
        List<Strategy> strategies = new ArrayList<>();
        while (strategies.size() < count) {
            Strategy next = turns.next(List.of(Strategy.values())).orElseThrow();
            turns.had(next);
            strategies.add(next);
        }
        return strategies;
    }

    /** Why nothing more may be asked today; null when it may. */
    private @Nullable String overBudget(int characters) {
        long input = characters / CHARACTERS_OF_A_TOKEN;
        Instant midnight = clock.instant()
                .atOffset(ZoneOffset.UTC)
                .truncatedTo(ChronoUnit.DAYS)
                .toInstant();
        CallTables.Spent spent = calls.since(midnight);
        if (spent.tokens() + input + settings.answerTokens() > settings.tokensPerDay()) {
            return "token-budget: the day's " + settings.tokensPerDay() + " tokens would be exceeded";
        }
        Double money = settings.moneyPerDay();
        if (money != null && spent.money() + settings.cost(input, settings.answerTokens()) > money) {
            return "money-budget: the day's " + money + " would be exceeded";
        }
        return null;
    }

    private void ask(String system, String user, Brief brief, Request request, List<Letter.Frame> frames, Taken taken) {
        int[] attempts = {0};
        try {
            retries.execute(() ->
                    circuit.executeSupplier(() -> attempt(++attempts[0], system, user, brief, request, frames, taken)));
        } catch (RetryException failed) {
            if (failed.getCause() instanceof RuntimeException last) {
                throw last;
            }
            throw new IllegalStateException(failed);
        }
    }

    /** @return what became of the mails */
    private String attempt(
            int number,
            String system,
            String user,
            Brief brief,
            Request request,
            List<Letter.Frame> frames,
            Taken taken) {
        ModelClient.Reply reply = new ModelClient.Reply();
        Instant start = clock.instant().truncatedTo(ChronoUnit.MICROS);
        long began = System.nanoTime();
        String outcome = "ok";
        String detail = null;
        try {
            client.ask(system, user, reply);
            Answers.Read read = Answers.read(reply.text(), brief, request, frames);
            detail = taken.add(read);
            return detail;
        } catch (CallFailed failed) {
            outcome = failed.outcome();
            detail = failed.getMessage();
            lastFailure = failed.told();
            log.warn("call of the model for generation {}: {} ({})", request.generationId(), outcome, detail);
            throw failed;
        } finally {
            long nanos = System.nanoTime() - began;
            keep(request.generationId(), number, system + "\n\n" + user, reply, outcome, detail, start, nanos);
        }
    }

    private void keep(
            @Nullable UUID generation,
            int attempt,
            String prompt,
            ModelClient.Reply reply,
            String outcome,
            @Nullable String detail,
            Instant start,
            long nanos) {
        // Where the endpoint does not count, and has begun to answer: the same guess as for the budget.
        boolean worked = !reply.text().isEmpty() || outcome.equals("ok") || outcome.equals("timed-out");
        long input =
                reply.inputTokens() > 0 ? reply.inputTokens() : worked ? prompt.length() / CHARACTERS_OF_A_TOKEN : 0;
        long output =
                reply.outputTokens() > 0 ? reply.outputTokens() : reply.text().length() / CHARACTERS_OF_A_TOKEN;
        meters.timer("winback.llm.seconds", "outcome", outcome).record(nanos, TimeUnit.NANOSECONDS);
        meters.counter("winback.llm.tokens", "kind", "input").increment(input);
        meters.counter("winback.llm.tokens", "kind", "output").increment(output);
        calls.insert(new Call(
                UUID.randomUUID(),
                generation,
                name(),
                attempt,
                prompt,
                reply.text(),
                outcome,
                detail,
                input,
                output,
                settings.cost(input, output),
                start,
                TimeUnit.NANOSECONDS.toMillis(nanos)));
    }

    @Scheduled(fixedDelayString = "PT1H", initialDelayString = "PT1M")
    void forget() {
        try {
            calls.deleteBefore(clock.instant().minus(settings.keepCalls()));
        } catch (DataAccessException away) {
            log.warn("old calls of the model go later: {}", away.getClass().getSimpleName());
        }
    }
}
