package winback.content.generation;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import winback.content.campaigns.Briefs;
import winback.content.composer.Composer;
import winback.content.drafts.Draft;
import winback.content.drafts.Generator;
import winback.content.drafts.Letter;
import winback.content.drafts.Request;

/** Has drafts written behind the requests that ask for them, one campaign after the other. */
@Component
class Generations {

    private static final Logger log = LoggerFactory.getLogger(Generations.class);
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int ID_CHARACTERS = 6;

    private final Drafts drafts;
    private final DraftTables draftTables;
    private final GenerationTables tables;
    private final Briefs briefs;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Set<UUID> working = ConcurrentHashMap.newKeySet();
    private final ExecutorService worker = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("generations-", 0).daemon().factory());

    Generations(
            Drafts drafts,
            DraftTables draftTables,
            GenerationTables tables,
            Briefs briefs,
            Clock clock,
            MeterRegistry meters) {
        this.drafts = drafts;
        this.draftTables = draftTables;
        this.tables = tables;
        this.briefs = briefs;
        this.clock = clock;
        this.meters = meters;
    }

    @PreDestroy
    void stop() {
        worker.shutdownNow();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /**
     * Begins, and returns at once.
     *
     * @param request what was asked for, as it is told to those who look
     * @throws winback.chassis.problems.Problem when one of this campaign is running
     */
    UUID start(String campaignId, Briefs.Kept brief, Generator generator, Request wanted, JsonNode request) {
        UUID id = UUID.randomUUID();
        tables.create(campaignId, id, brief.version(), request, now());
        working.add(id);
        worker.submit(() -> work(campaignId, id, brief, generator, wanted));
        return id;
    }

    private void work(String campaignId, UUID id, Briefs.Kept brief, Generator generator, Request wanted) {
        try {
            List<KeptDraft> kept = new ArrayList<>();
            String shortfall = write(campaignId, id, brief, generator, wanted.count(), wanted, kept);
            int missing = wanted.count() - passed(kept);
            if (missing > 0 && !generator.name().equals(Composer.NAME)) {
                write(campaignId, id, brief, new Composer(), missing, wanted, kept);
                meters.counter("winback.generations.fallbacks").increment();
                log.warn("generation {}: the composer writes {} mails in place of the model", id, missing);
            }
            tables.finish(id, "completed", shortfall, passed(kept), kept.size() - passed(kept), now());
        } catch (RuntimeException failed) {
            log.error("generation {} of campaign {} failed", id, campaignId, failed);
            meters.counter("winback.generations.failures").increment();
            fail(id, failed.getClass().getSimpleName());
        } finally {
            working.remove(id);
        }
    }

    /** @return why there are fewer than wanted */
    private @Nullable String write(
            String campaignId,
            UUID id,
            Briefs.Kept brief,
            Generator generator,
            int count,
            Request wanted,
            List<KeptDraft> into) {
        List<String> taken =
                draftTables.subjects(campaignId).stream().map(Letter::unnamed).toList();
        Generator.Written written = generator.write(brief.brief(), wanted.of(count, taken, id), briefs.today());
        String suffix = "-" + id.toString().substring(0, ID_CHARACTERS) + (into.isEmpty() ? "" : "b");
        List<Draft> named = new ArrayList<>();
        for (Draft draft : written.drafts()) {
            named.add(new Draft(draft.id() + suffix, draft.language(), draft.source(), draft.attributes()));
        }
        List<KeptDraft> kept = drafts.keep(campaignId, generator.name(), id, named);
        into.addAll(kept);
        count("passed", passed(kept));
        count("blocked", kept.size() - passed(kept));
        return written.shortfall();
    }

    private static int passed(List<KeptDraft> kept) {
        return (int) kept.stream().filter(draft -> draft.verdict().passes()).count();
    }

    private void count(String verdict, int drafts) {
        meters.counter("winback.drafts", "verdict", verdict).increment(drafts);
    }

    /** Where even that fails, whoever looks after what is alive finds it. */
    private void fail(UUID id, @Nullable String reason) {
        try {
            tables.finish(id, "failed", reason, 0, 0, now());
        } catch (DataAccessException away) {
            log.warn(
                    "generation {} is found failed later: {}",
                    id,
                    away.getClass().getSimpleName());
        }
    }

    @Scheduled(fixedDelayString = "PT30S")
    void stayAlive() {
        try {
            tables.alive(List.copyOf(working), now(), PATIENCE);
        } catch (DataAccessException away) {
            log.warn("generations are looked after later: {}", away.getClass().getSimpleName());
        }
    }
}
