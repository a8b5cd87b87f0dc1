package winback.content.llm;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import winback.content.brief.Brief;
import winback.content.drafts.Draft;
import winback.content.drafts.Letter;
import winback.content.drafts.Request;
import winback.content.drafts.Trigrams;
import winback.content.gate.Gate;
import winback.content.gate.Verdict;

/** The mails that are taken of a model's answers: those that are like no other, whatever the gate says of them. */
final class Taken {

    /** Two subjects with more than this share of trigrams in common are one. */
    private static final double NEAR_DUPLICATE = .6;

    private static final int LONGEST = 300;

    private final Gate gate;
    private final List<Draft> drafts = new ArrayList<>();
    private final List<String> subjects;
    private final List<String> unusable = new ArrayList<>();
    private int doubles;

    Taken(Brief brief, Request request, LocalDate today) {
        this.gate = new Gate(brief, today);
        this.subjects = new ArrayList<>(request.taken());
    }

    /** @return what became of the mails, for the audit */
    String add(Answers.Read answer) {
        int before = doubles;
        List<Verdict> blocked = new ArrayList<>();
        for (Draft draft : answer.drafts()) {
            if (addIfNew(draft)) {
                Verdict verdict = gate.judge(draft);
                if (!verdict.passes()) {
                    blocked.add(verdict);
                }
            } else {
                doubles++;
            }
        }
        unusable.addAll(answer.unusable());
        int twice = doubles - before;
        return "%d kept, %s, %d left out as doubles%s"
                .formatted(
                        answer.drafts().size() - twice - blocked.size(),
                        Verdict.blocked(blocked),
                        twice,
                        notTaken(answer.unusable()));
    }

    /** Of all answers; empty when all could be used. */
    String notTaken() {
        return notTaken(unusable);
    }

    private static String notTaken(List<String> unusable) {
        String why = String.join("; ", unusable.stream().distinct().toList());
        return unusable.isEmpty()
                ? ""
                : "; " + unusable.size() + " not taken: " + why.substring(0, Math.min(LONGEST, why.length()));
    }

    private boolean addIfNew(Draft draft) {
        String subject = Letter.unnamed(draft.source().subject());
        Trigrams trigrams = Trigrams.of(subject);
        if (subjects.stream().anyMatch(other -> trigrams.similarity(Trigrams.of(other)) > NEAR_DUPLICATE)) {
            return false;
        }
        subjects.add(subject);
        drafts.add(new Draft(
                draft.id() + "-" + (drafts.size() + 1), draft.language(), draft.source(), draft.attributes()));
        return true;
    }

    List<Draft> drafts() {
        return drafts;
    }

    /** Of the drafts, and of what there was before them. */
    List<String> subjects() {
        return subjects;
    }

    /** How many were too near to others. */
    int doubles() {
        return doubles;
    }
}
