package winback.content.generation;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import winback.content.brief.Brief;
import winback.content.drafts.Attributes;
import winback.content.drafts.Draft;
import winback.content.drafts.Generator;
import winback.content.drafts.Letter;
import winback.content.drafts.Request;
import winback.content.drafts.Similarity;
import winback.content.gate.Gate;
import winback.content.gate.Verdict;

/**
 * Mails of a campaign in one language and what the gate says of them.
 *
 * @param mails those that passed
 * @param blocked those that did not
 */
public record Generation(List<Mail> mails, List<Mail> blocked) {

    public record Mail(Draft draft, Verdict verdict) {}

    /**
     * How different and how good they are.
     *
     * @param strategies mails of each strategy
     * @param mostSimilar largest Jaccard similarity of two subjects by character trigrams, in [0, 1]
     * @param medianSimilarity of all pairs
     * @param rubric mean, 0 to 100
     */
    public record Summary(
            int subjects,
            Map<String, Integer> strategies,
            double mostSimilar,
            double medianSimilarity,
            double rubric,
            int blocked) {}

    /** Writes and judges. */
    public static Generation of(Generator generator, Brief brief, Request request, LocalDate today) {
        Gate gate = new Gate(brief, today);
        List<Mail> mails = new ArrayList<>();
        List<Mail> blocked = new ArrayList<>();
        List<Mail> judged = generator.write(brief, request, today).drafts().parallelStream()
                .map(draft -> new Mail(draft, gate.judge(draft)))
                .toList();
        for (Mail mail : judged) {
            (mail.verdict().passes() ? mails : blocked).add(mail);
        }
        return new Generation(List.copyOf(mails), List.copyOf(blocked));
    }

    public Summary summary() {
        Map<String, Integer> strategies = new LinkedHashMap<>();
        for (Mail mail : mails) {
            Attributes attributes = mail.draft().attributes();
            if (attributes != null) {
                strategies.merge(attributes.strategy(), 1, Integer::sum);
            }
        }
        double[] pairs = Similarity.ofPairs(mails.stream()
                .map(mail -> Letter.unnamed(mail.draft().source().subject()))
                .toList());
        Arrays.sort(pairs);
        return new Summary(
                mails.size(),
                strategies,
                pairs.length == 0 ? 0 : pairs[pairs.length - 1],
                pairs.length == 0 ? 0 : pairs[pairs.length / 2],
                mails.stream()
                        .mapToInt(mail -> mail.verdict().rubric())
                        .average()
                        .orElse(0),
                blocked.size());
    }
}
