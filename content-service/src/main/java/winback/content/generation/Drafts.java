package winback.content.generation;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import winback.chassis.problems.Problem;
import winback.content.brief.Brief;
import winback.content.brief.Brief.Approval;
import winback.content.brief.Brief.Offer;
import winback.content.campaigns.Briefs;
import winback.content.campaigns.Campaigns;
import winback.content.drafts.Attributes;
import winback.content.drafts.Draft;
import winback.content.gate.BriefChange;
import winback.content.gate.Finding;
import winback.content.gate.Gate;
import winback.content.gate.Verdict;
import winback.content.generation.DraftTables.Step;
import winback.content.response.Ranker;

/**
 * The drafts of campaigns on their way from the gate to subscribers: draft, gated, approved, live, retired. Each step is
 * noted with who took it. A draft is judged again whenever the brief changes and whenever a day begins, for that day and
 * the next, since a mail may be delivered on the day after it was decided for; what no longer passes is no longer chosen.
 */
@Component
public class Drafts {

    private static final Logger log = LoggerFactory.getLogger(Drafts.class);

    private static final String GATE = "gate";
    private static final String POLICY = "policy";

    /** Nobody signs as one of these. */
    static final Set<String> MACHINES = Set.of(GATE, POLICY, "adaptation", "composer");

    /** Of win-back campaigns. */
    private static final String USUAL_READER = "lapsed";

    private static final int STRATEGIES_AT_LEAST = 3;

    /** Urgency may be spoken of in the last days of an offer, so that it matters how near they are. */
    private static final int DAYS_AROUND_AN_END = 4;

    /**
     * What became of a request to move a draft.
     *
     * @param state where it is now
     * @param code absent when it is where it was meant to be
     */
    record Moved(
            String draftId,
            @Nullable String state,
            @Nullable String code,
            @Nullable String detail) {}

    private final DraftTables tables;
    private final Briefs briefs;
    private final Campaigns campaigns;
    private final TransactionTemplate transactions;
    private final Ranker ranker;
    private final Clock clock;
    private final ApplicationEventPublisher events;
    private final Counter withdrawn;

    /** It counts from now on. */
    record BriefPut(String campaignId) {}

    Drafts(
            DraftTables tables,
            Briefs briefs,
            Campaigns campaigns,
            TransactionTemplate transactions,
            Ranker ranker,
            Clock clock,
            ApplicationEventPublisher events,
            MeterRegistry meters) {
        this.tables = tables;
        this.briefs = briefs;
        this.campaigns = campaigns;
        this.transactions = transactions;
        this.ranker = ranker;
        this.clock = clock;
        this.events = events;
        this.withdrawn = Counter.builder("winback.drafts.withdrawn")
                .description("live drafts that the gate no longer let pass")
                .register(meters);
    }

    /** In whatever state. */
    public Optional<Draft> find(String campaignId, String draftId) {
        return kept(campaignId, draftId).map(KeptDraft::draft);
    }

    Optional<KeptDraft> kept(String campaignId, String draftId) {
        return tables.find(campaignId, draftId);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /** The gate as of today and, where that makes a difference, of tomorrow. */
    private static final class Judge {
        private final Brief brief;
        private final Gate today;
        private final @Nullable Gate tomorrow;
        private final BriefChange change;
        private final boolean alone;

        Judge(Brief brief, LocalDate day) {
            this(brief, day, brief);
        }

        /** @param before what drafts were written by */
        Judge(Brief brief, LocalDate day, Brief before) {
            this(brief, before, new Gate(brief, day), changes(brief, day) ? new Gate(brief, day.plusDays(1)) : null);
        }

        private Judge(Brief brief, Brief before, Gate today, @Nullable Gate tomorrow) {
            this.brief = brief;
            this.change = BriefChange.between(before, brief);
            this.alone = brief.approval().byPolicy();
            this.today = today;
            this.tomorrow = tomorrow;
        }

        /** Of drafts that were written by another. */
        Judge since(Brief before) {
            return new Judge(brief, before, today, tomorrow);
        }

        private static boolean changes(Brief brief, LocalDate day) {
            for (Offer offer : brief.offers()) {
                boolean begins = offer.from().equals(day.plusDays(1));
                boolean ends = !offer.until().isBefore(day) && offer.until().isBefore(day.plusDays(DAYS_AROUND_AN_END));
                if (begins || ends) {
                    return true;
                }
            }
            return false;
        }

        Verdict judge(Draft draft) {
            Verdict outdated = change.outdated(draft).orElse(null);
            if (outdated == null && alone) {
                // Nobody would read it again.
                outdated = change.mayBeOutdated(draft)
                        .map(word -> Verdict.outdated(draft.id(), word))
                        .orElse(null);
            }
            if (outdated != null) {
                return outdated;
            }
            Verdict verdict = today.judge(draft);
            return verdict.passes() && tomorrow != null ? tomorrow.judge(draft) : verdict;
        }
    }

    /** While nobody else changes the campaign, its brief or its drafts. */
    private <T> T locked(String campaignId, Supplier<T> work) {
        T result = transactions.execute(transaction -> {
            campaigns.lock(campaignId);
            return work.get();
        });
        campaigns.refresh();
        if (result == null) {
            throw new IllegalStateException("no result");
        }
        return result;
    }

    private Briefs.Kept brief(String campaignId) {
        return briefs.of(campaignId)
                .orElseThrow(() -> Problem.conflict("no-brief", "This campaign was created without a brief."));
    }

    /**
     * Judges drafts, keeps them, and lets out what the brief's policy lets out. Those whose id is taken are left as they are.
     *
     * @param generator {@code composer}, {@code person}, or a model
     * @return those that were kept, as they are now
     */
    List<KeptDraft> keep(String campaignId, String generator, @Nullable UUID generation, List<Draft> drafts) {
        Briefs.Kept brief = brief(campaignId);
        LocalDate today = briefs.today();
        // Judging takes its time, and mostly needs no lock.
        List<Verdict> first =
                drafts.stream().map(new Judge(brief.brief(), today)::judge).toList();
        return locked(campaignId, () -> {
            Briefs.Kept newest = brief(campaignId);
            List<Verdict> verdicts = newest.version() == brief.version()
                    ? first
                    : drafts.stream()
                            .map(new Judge(newest.brief(), today, brief.brief())::judge)
                            .toList();
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < drafts.size(); i++) {
                Verdict verdict = verdicts.get(i);
                State state = verdict.passes() ? State.GATED : State.DRAFT;
                KeptDraft kept = new KeptDraft(
                        0, drafts.get(i), state, generator, generation, verdict, newest.version(), null, now());
                if (tables.insert(campaignId, kept, today)) {
                    ids.add(drafts.get(i).id());
                    tables.note(campaignId, drafts.get(i).id(), new Step(now(), State.DRAFT, generator, null));
                    tables.note(campaignId, drafts.get(i).id(), new Step(now(), state, GATE, codes(verdict)));
                }
            }
            letOut(campaignId, newest.brief().approval());
            return ids.stream()
                    .map(id -> tables.find(campaignId, id).orElseThrow())
                    .toList();
        });
    }

    private static @Nullable String codes(Verdict verdict) {
        return verdict.passes()
                ? null
                : verdict.codes().stream().map(Finding::code).distinct().collect(Collectors.joining(" "));
    }

    /** What the policy approves, and as much of it live as it wants. */
    private void letOut(String campaignId, Approval approval) {
        if (!approval.byPolicy()) {
            return;
        }
        for (KeptDraft gated : tables.list(campaignId, Set.of(State.GATED), 0, Integer.MAX_VALUE)) {
            if (gated.verdict().rubric() >= approval.leastRubric()) {
                step(campaignId, gated.draft().id(), State.APPROVED, POLICY, null);
            }
        }
        Map<String, Integer> live = new HashMap<>();
        int count = 0;
        for (KeptDraft draft : tables.list(campaignId, Set.of(State.LIVE), 0, Integer.MAX_VALUE)) {
            note(draft, live);
            count++;
        }
        List<KeptDraft> waiting =
                new ArrayList<>(tables.list(campaignId, Set.of(State.APPROVED), 0, Integer.MAX_VALUE));
        Comparator<KeptDraft> order = order(waiting, live, approval.mostLive());
        for (; count < approval.mostLive() && !waiting.isEmpty(); count++) {
            KeptDraft next = waiting.stream().min(order).orElseThrow();
            waiting.remove(next);
            note(next, live);
            publish(campaignId, next.draft(), POLICY, null);
        }
    }

    /**
     * Strategies by turns, styles too, and the better made ones first, while nothing is known; what the ranker expects most of, once it
     * has learned, but no strategy in more than a third of the places.
     *
     * @param live of each strategy and style; looked at anew for each comparison
     */
    private Comparator<KeptDraft> order(List<KeptDraft> waiting, Map<String, Integer> live, int mostLive) {
        Comparator<KeptDraft> made = Comparator.<KeptDraft>comparingInt(
                        draft -> -draft.verdict().rubric())
                .thenComparing(KeptDraft::position);
        double[] expected = ranker.expected(
                        waiting.stream().map(KeptDraft::draft).toList(), USUAL_READER)
                .orElse(null);
        if (expected == null) {
            return Comparator.<KeptDraft>comparingInt(draft -> live.getOrDefault(strategy(draft), 0))
                    .thenComparing(draft -> live.getOrDefault(temper(draft), 0))
                    .thenComparing(made);
        }
        Map<String, Double> byId = new HashMap<>();
        for (int i = 0; i < expected.length; i++) {
            byId.put(waiting.get(i).draft().id(), expected[i]);
        }
        int most = Math.max(1, mostLive / STRATEGIES_AT_LEAST);
        return Comparator.<KeptDraft, Boolean>comparing(draft -> live.getOrDefault(strategy(draft), 0) >= most)
                .thenComparing(draft -> -byId.getOrDefault(draft.draft().id(), 0.))
                .thenComparing(made);
    }

    private static void note(KeptDraft draft, Map<String, Integer> live) {
        live.merge(strategy(draft), 1, Integer::sum);
        live.merge(temper(draft), 1, Integer::sum);
    }

    private static String temper(KeptDraft draft) {
        Attributes attributes = draft.draft().attributes();
        return attributes == null ? "" : "warmth " + attributes.warmth() + ", energy " + attributes.energy();
    }

    private static String strategy(KeptDraft draft) {
        Attributes attributes = draft.draft().attributes();
        return attributes == null ? "" : attributes.strategy();
    }

    private void step(String campaignId, String draftId, State state, String by, @Nullable String reason) {
        tables.move(campaignId, draftId, state, state == State.APPROVED ? by : null);
        tables.note(campaignId, draftId, new Step(now(), state, by, reason));
    }

    private void publish(String campaignId, Draft draft, String by, @Nullable String reason) {
        step(campaignId, draft.id(), State.LIVE, by, reason);
        campaigns.publish(campaignId, draft.id(), draft.source(), now());
    }

    private void retire(String campaignId, String draftId, State from, String by, @Nullable String reason) {
        step(campaignId, draftId, State.RETIRED, by, reason);
        if (from == State.LIVE) {
            campaigns.withdraw(campaignId, draftId);
        }
    }

    /**
     * Approves, publishes (and approves, where nobody has) or retires; what is there already stays.
     *
     * @param to {@code APPROVED}, {@code LIVE} or {@code RETIRED}
     * @param by who wants it
     */
    List<Moved> move(String campaignId, List<String> draftIds, State to, String by, @Nullable String reason) {
        Approval approval = brief(campaignId).brief().approval();
        return locked(campaignId, () -> {
            List<Moved> moved = new ArrayList<>();
            for (String id : draftIds) {
                moved.add(tables.find(campaignId, id)
                        .map(draft -> move(campaignId, draft, to, by, reason))
                        .orElseGet(() ->
                                new Moved(id, null, "unknown-draft", "There is no such draft of this campaign.")));
            }
            letOut(campaignId, approval);
            return moved;
        });
    }

    /** @param reasons by draft id; those that are not live are left alone */
    void retire(String campaignId, Map<String, String> reasons, String by) {
        if (!reasons.isEmpty()) {
            Approval approval = brief(campaignId).brief().approval();
            locked(campaignId, () -> {
                reasons.forEach((id, reason) -> tables.find(campaignId, id)
                        .filter(kept -> kept.state() == State.LIVE)
                        .ifPresent(kept -> retire(campaignId, id, State.LIVE, by, reason)));
                letOut(campaignId, approval);
                return true;
            });
        }
    }

    private Moved move(String campaignId, KeptDraft kept, State to, String by, @Nullable String reason) {
        String id = kept.draft().id();
        State from = kept.state();
        if (from == to || from == State.LIVE && to == State.APPROVED) {
            return new Moved(id, from.word(), null, null);
        }
        if (from == State.RETIRED) {
            return new Moved(id, from.word(), "draft-retired", "It is retired; hand it in anew.");
        }
        if (to == State.RETIRED) {
            retire(campaignId, id, from, by, reason);
            return new Moved(id, to.word(), null, null);
        }
        if (from == State.DRAFT) {
            return new Moved(id, from.word(), "blocked", "The gate blocks it: " + codes(kept.verdict()));
        }
        if (from == State.GATED) {
            step(campaignId, id, State.APPROVED, by, reason);
        }
        if (to == State.LIVE) {
            publish(campaignId, kept.draft(), by, reason);
        }
        return new Moved(id, to.word(), null, null);
    }

    /** After a change of the brief, and when a day has begun. */
    @Scheduled(
            fixedDelayString = "${winback.drafts.judge-every:1m}",
            initialDelayString = "${winback.drafts.judge-every:1m}")
    void judgeAgain() {
        try {
            for (String campaignId : tables.campaignsToJudge(briefs.today())) {
                judgeAgain(campaignId);
            }
        } catch (DataAccessException | TransactionException failed) {
            log.warn("drafts are judged again later: {}", failed.getClass().getSimpleName());
        }
    }

    private void judgeAgain(String campaignId) {
        told(campaignId, locked(campaignId, () -> {
            Briefs.Kept brief = brief(campaignId);
            return judgeLocked(campaignId, brief, brief.brief());
        }));
    }

    /**
     * What became of the drafts that had passed.
     *
     * @param lost how many live ones were retired
     * @param toRead ids of approved and live ones that stay, and may say in other words what the brief says no longer
     */
    private record Judged(int lost, List<String> toRead) {}

    /**
     * A new version of the brief; what it no longer allows is no longer chosen from the same instant on.
     *
     * @return ids of approved and live drafts that somebody has to read again
     */
    List<String> putBrief(String campaignId, JsonNode json) {
        brief(campaignId);
        Judged judged = locked(campaignId, () -> {
            Brief before = brief(campaignId).brief();
            briefs.put(campaignId, json);
            return judgeLocked(campaignId, brief(campaignId), before);
        });
        events.publishEvent(new BriefPut(campaignId));
        told(campaignId, judged);
        return judged.toRead();
    }

    private Judged judgeLocked(String campaignId, Briefs.Kept brief, Brief before) {
        LocalDate today = briefs.today();
        Judge judge = new Judge(brief.brief(), today, before);
        List<String> toRead = new ArrayList<>();
        int lost = 0;
        for (KeptDraft kept : tables.list(campaignId, State.PASSED, 0, Integer.MAX_VALUE)) {
            String id = kept.draft().id();
            Verdict verdict = judge.judge(kept.draft());
            State state = verdict.passes() ? kept.state() : State.DRAFT;
            if (!verdict.passes() && kept.state() == State.LIVE) {
                retire(campaignId, id, State.LIVE, GATE, codes(verdict));
                state = State.RETIRED;
                lost++;
            } else if (!verdict.passes()) {
                tables.note(campaignId, id, new Step(now(), State.DRAFT, GATE, codes(verdict)));
            }
            tables.judged(campaignId, id, state, verdict, brief.version(), today);
            if (verdict.passes()
                    && kept.state() != State.GATED
                    && judge.change.mayBeOutdated(kept.draft()).isPresent()) {
                toRead.add(id);
            }
        }
        judgeStopped(campaignId, brief.version(), judge, today);
        letOut(campaignId, brief.brief().approval());
        return new Judged(lost, toRead);
    }

    /** What went since the brief said otherwise, or was blocked, may be what it says again. */
    private void judgeStopped(String campaignId, int version, Judge judge, LocalDate today) {
        Map<Integer, Judge> since = new HashMap<>();
        for (KeptDraft kept : tables.list(campaignId, State.STOPPED, 0, Integer.MAX_VALUE)) {
            if (kept.verdict().passes()) {
                // Somebody retired it, for ever.
                continue;
            }
            String id = kept.draft().id();
            Verdict verdict = since.computeIfAbsent(
                            Math.max(1, kept.briefVersion() - 1),
                            stood -> judge.since(briefs.of(campaignId, stood).brief()))
                    .judge(kept.draft());
            if (verdict.equals(kept.verdict())) {
                continue;
            }
            if (!verdict.passes()) {
                // The version stays that by which it went: it is what later ones are compared with.
                tables.judged(campaignId, id, kept.state(), verdict, kept.briefVersion(), today);
            } else {
                boolean back = verdict.passes() && kept.state() == State.DRAFT;
                State state = back ? State.GATED : kept.state();
                tables.judged(campaignId, id, state, verdict, version, today);
                if (back) {
                    tables.note(campaignId, id, new Step(now(), state, GATE, "the brief says so again"));
                }
            }
        }
    }

    private void told(String campaignId, Judged judged) {
        if (judged.lost() > 0) {
            withdrawn.increment(judged.lost());
            log.warn(
                    "{} live drafts of campaign {} no longer pass the gate and were retired",
                    judged.lost(),
                    campaignId);
        }
    }
}
