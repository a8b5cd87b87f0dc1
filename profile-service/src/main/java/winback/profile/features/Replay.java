package winback.profile.features;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import winback.contracts.TimePrecision;

/**
 * Plays one subscriber's stored activities into a state, in {@link Activity#IN_ORDER}. A response is held back until
 * nothing that still may show a machine behind it can follow, so that each is counted as what it is at last.
 */
public final class Replay {

    /** How far before an activity that comes late verdicts may change by it. */
    public static final long LOOKS_BACK_MILLIS = Responses.BURST_MILLIS;

    private static final class Held {
        final Activity activity;

        @Nullable
        String rule;

        Held(Activity activity) {
            this.activity = activity;
            this.rule = activity.machineRule();
        }
    }

    /** Hears each activity as it is applied. */
    @FunctionalInterface
    public interface Listener {
        /** @param machineRule null for a person's */
        void applied(Activity activity, @Nullable String machineRule);
    }

    private final SubscriberState state;
    private final Rates rates;
    private final Listener listener;
    private final Deque<Held> held = new ArrayDeque<>();
    /** What has been judged, in step with the last of {@link #held} rather than with the state. */
    private final Responses responses;

    public Replay(SubscriberState state, Rates rates) {
        this(state, rates, (activity, rule) -> {});
    }

    public Replay(SubscriberState state, Rates rates, Listener listener) {
        this.state = state;
        this.rates = rates;
        this.listener = listener;
        this.responses = state.copyOfResponses();
    }

    /** The next one. */
    public void add(Activity activity) {
        while (!held.isEmpty()
                && activity.at().toEpochMilli() - held.getFirst().activity.at().toEpochMilli()
                        > Responses.BURST_MILLIS) {
            release();
        }
        Responses.Verdict verdict = responses.judge(activity);
        Held next = new Held(activity);
        next.rule = verdict.rule();
        if (verdict.burst()) {
            int seen = 0;
            for (Iterator<Held> back = held.descendingIterator(); back.hasNext() && seen < Responses.KEPT; ) {
                Held before = back.next();
                seen += before.activity.kind().isResponse() && before.activity.precision() != TimePrecision.DAY ? 1 : 0;
                if (before.rule == null && Responses.together(before.activity, activity)) {
                    before.rule = MachineRules.BURST;
                }
            }
        }
        responses.note(activity, verdict.rule() != null);
        held.addLast(next);
    }

    /** Applies what is held back. */
    public SubscriberState finish() {
        while (!held.isEmpty()) {
            release();
        }
        return state;
    }

    private void release() {
        Held next = held.removeFirst();
        state.apply(next.activity, next.rule, rates);
        listener.applied(next.activity, next.rule);
    }
}
