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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import winback.content.campaigns.Briefs;
import winback.content.composer.Composer;
import winback.content.drafts.Attributes;
import winback.content.drafts.Draft;
import winback.content.drafts.Generator;
import winback.content.drafts.Letter;
import winback.content.drafts.Request;
import winback.content.drafts.Style;
import winback.content.gate.Verdict;

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
     * @param vary whether in styles around the one wanted, too
     * @param request what was asked for, as it is told to those who look
     * @throws winback.chassis.problems.Problem when one of this campaign is running
     */
    UUID start(
            String campaignId, Briefs.Kept brief, Generator generator, Request wanted, boolean vary, JsonNode request) {
        UUID id = UUID.randomUUID();
        tables.create(campaignId, id, brief.version(), request, now());
        working.add(id);
        worker.submit(() -> work(campaignId, id, brief, generator, wanted, vary));
        return id;
    }

    private void work(
            String campaignId, UUID id, Briefs.Kept brief, Generator generator, Request wanted, boolean vary) {
        try {
            List<Style> styles = vary ? wanted.style().around() : List.of(wanted.style());
            List<Draft> written = new ArrayList<>();
            int doubles = 0;
            String reason = null;
            for (int i = 0; i < styles.size() && reason == null; i++) {
                int before = wanted.count() * i / styles.size();
                int count = wanted.count() * (i + 1) / styles.size() - before;
                if (count > 0) {
                    Generator.Written more =
                            write(campaignId, id, brief, generator, wanted.in(styles.get(i), count, before), written);
                    doubles += more.doubles();
                    reason = more.shortfall();
                }
            }
            // Together, so that a policy has all styles to choose from.
            List<KeptDraft> kept = new ArrayList<>(keep(campaignId, id, generator, written));
            List<KeptDraft> composed = kept;
            int missing = wanted.count() - passed(kept);
            int asked = wanted.count();
            if (missing > 0 && !generator.name().equals(Composer.NAME)) {
                reason = shortfall(reason, wanted.count(), kept, doubles);
                Generator composer = new Composer();
                List<Draft> instead = new ArrayList<>();
                write(campaignId, id, brief, composer, wanted.of(missing), instead);
                composed = keep(campaignId, id, composer, instead);
                kept.addAll(composed);
                asked = missing;
                meters.counter("winback.generations.fallbacks").increment();
                log.warn("generation {}: the composer writes {} mails in place of the model", id, missing);
            }
            if (passed(kept) < wanted.count()) {
                meters.counter("winback.generations.short").increment();
                String passed = "%d of %d mails passed".formatted(passed(kept), wanted.count());
                reason = Stream.of(reason, passed + ": " + missed(composed, asked))
                        .filter(each -> each != null)
                        .collect(Collectors.joining("; "));
            }
            tables.finish(id, "completed", reason, passed(kept), kept.size() - passed(kept), now());
        } catch (RuntimeException failed) {
            log.error("generation {} of campaign {} failed", id, campaignId, failed);
            meters.counter("winback.generations.failures").increment();
            fail(id, failed.getClass().getSimpleName());
        } finally {
            working.remove(id);
        }
    }

    /** Why a model's mails are too few: what it was stopped by, if it was, and what became of those that it wrote. */
    private static String shortfall(@Nullable String stopped, int wanted, List<KeptDraft> kept, int doubles) {
        String became = "%d of %d mails were written, %s".formatted(kept.size(), wanted, Verdict.blocked(blocked(kept)))
                + (doubles == 0 ? "" : "; %d more were left out as doubles".formatted(doubles));
        return stopped == null ? became : stopped + "; " + became;
    }

    /** Why mails are missing when even the composer has written: the gate blocked some, or there is nothing left that it may say. */
    private static String missed(List<KeptDraft> composed, int asked) {
        String blocked = Verdict.blocked(blocked(composed));
        String exhausted = "the brief has no more to speak of that this campaign has not said;"
                + " news, services, proof, products and offers give more";
        if (composed.size() == asked) {
            return blocked;
        }
        return composed.size() == passed(composed) ? exhausted : blocked + "; " + exhausted;
    }

    private static List<Verdict> blocked(List<KeptDraft> kept) {
        return kept.stream()
                .map(KeptDraft::verdict)
                .filter(verdict -> !verdict.passes())
                .toList();
    }

    private Generator.Written write(
            String campaignId, UUID id, Briefs.Kept brief, Generator generator, Request wanted, List<Draft> into) {
        List<String> taken = Stream.concat(
                        draftTables.subjects(campaignId).stream(),
                        into.stream().map(draft -> draft.source().subject()))
                .map(Letter::unnamed)
                .toList();
        Generator.Written written = generator.write(brief.brief(), wanted.beside(taken, id), briefs.today());
        for (Draft draft : written.drafts()) {
            String number = (into.size() + 1) + (generator.name().equals(Composer.NAME) ? "" : "m");
            into.add(new Draft(
                    strategy(draft) + "-" + number + "-" + id.toString().substring(0, ID_CHARACTERS),
                    draft.language(),
                    draft.source(),
                    draft.attributes()));
        }
        return written;
    }

    private static String strategy(Draft draft) {
        Attributes attributes = draft.attributes();
        return attributes == null ? "other" : attributes.strategy();
    }

    private List<KeptDraft> keep(String campaignId, UUID id, Generator generator, List<Draft> written) {
        List<KeptDraft> kept = drafts.keep(campaignId, generator.name(), id, written);
        count("passed", passed(kept));
        count("blocked", kept.size() - passed(kept));
        return kept;
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
