package winback.standalone.content;

import java.io.PrintStream;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import winback.content.brief.Brief;
import winback.content.brief.BriefReader;
import winback.content.brief.DemoBrief;
import winback.content.composer.Composer;
import winback.content.drafts.Attributes;
import winback.content.drafts.Letter;
import winback.content.drafts.Request;
import winback.content.drafts.Style;
import winback.content.gate.Finding;
import winback.content.generation.Generation;
import winback.content.templates.MailTemplate;
import winback.standalone.cli.Arguments;
import winback.standalone.cli.Table;
import winback.standalone.cli.WrongCommandLine;

/** {@code generate}: the mails of a brief, composed and gated on this machine alone. */
public final class GenerateCommand {

    private static final int MAILS = 60;
    private static final int MOST_MAILS = 100;

    private GenerateCommand() {}

    /** One mail of the JSON. */
    private record Mail(
            String id,
            String verdict,
            int rubric,
            List<Finding> codes,
            String subject,
            String preheader,
            String html,
            String text,
            Cta cta,
            String ps,
            @Nullable Attributes attributes) {}

    private record Cta(String label, String url) {}

    private record Language(Generation.Summary summary, List<Mail> mails, List<Mail> blocked) {}

    private record Result(
            String campaignId, LocalDate today, long seed, double seconds, Map<String, Language> languages) {}

    /** 0 when every mail passed the gate. */
    public static int run(Arguments arguments, Clock clock, PrintStream out) {
        arguments.atMost(0);
        long start = System.nanoTime();
        LocalDate today = LocalDate.now(clock);
        if (arguments.flag("print-brief")) {
            if (arguments.option("brief").isPresent()
                    || !arguments.option("campaign").orElse("demo").equals("demo")) {
                throw new WrongCommandLine("--print-brief is for --campaign demo");
            }
            out.print(DemoBrief.json(today));
            return 0;
        }
        Brief brief = Briefs.of(arguments, today);
        int count = arguments.number("count", MAILS);
        if (count < 1 || count > MOST_MAILS) {
            throw new WrongCommandLine("--count is 1 to " + MOST_MAILS + ", not " + count);
        }
        int seed = arguments.number("seed", 1);
        Style style = style(arguments, Style.of(brief.tone()));
        String stage = arguments.option("stage").orElse("lapsed");
        if (!stage.equals("lapsed") && !stage.equals("lost")) {
            throw new WrongCommandLine("--stage is lapsed or lost, not '" + stage + "'");
        }
        List<String> chosen = languages(arguments, brief);
        // One is judged while the other is written.
        List<Generation> written = chosen.parallelStream()
                .map(language ->
                        Generation.of(new Composer(), brief, new Request(language, count, seed, style, stage), today))
                .toList();
        Map<String, Generation> generations = new LinkedHashMap<>();
        for (int i = 0; i < chosen.size(); i++) {
            generations.put(chosen.get(i), written.get(i));
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (arguments.flag("json")) {
            Map<String, Language> languages = new LinkedHashMap<>();
            generations.forEach((language, generation) -> languages.put(
                    language,
                    new Language(generation.summary(), mails(generation.mails()), mails(generation.blocked()))));
            out.println(JsonMapper.shared()
                    .writeValueAsString(new Result(brief.campaignId(), today, seed, seconds, languages)));
        } else {
            generations.forEach(
                    (language, generation) -> print(language, generation, count, arguments.number("mails", 0), out));
            out.printf(Locale.ROOT, "%.1f s, seed %d, offers of %s%n", seconds, seed, today);
        }
        return generations.values().stream()
                        .allMatch(generation -> generation.blocked().isEmpty())
                ? 0
                : 1;
    }

    private static List<String> languages(Arguments arguments, Brief brief) {
        List<String> wanted = arguments.all("lang").isEmpty() ? brief.languages() : arguments.all("lang");
        for (String language : wanted) {
            if (!BriefReader.LANGUAGES.contains(language)) {
                throw new WrongCommandLine("--lang is en or es, not '" + language + "'");
            }
            if (!brief.languages().contains(language)) {
                throw new WrongCommandLine("the brief is not in " + language);
            }
        }
        return wanted.stream().distinct().toList();
    }

    private static Style style(Arguments arguments, Style brief) {
        return new Style(
                share(arguments, "formality", brief.formality()),
                share(arguments, "warmth", brief.warmth()),
                share(arguments, "energy", brief.energy()),
                share(arguments, "length", brief.length()),
                share(arguments, "emoji", brief.emoji()));
    }

    private static double share(Arguments arguments, String name, double otherwise) {
        return arguments
                .option(name)
                .map(given -> {
                    try {
                        double value = Double.parseDouble(given);
                        if (value >= 0 && value <= 1) {
                            return value;
                        }
                    } catch (NumberFormatException notANumber) {
                        // told below
                    }
                    throw new WrongCommandLine("--" + name + " is 0 to 1, not '" + given + "'");
                })
                .orElse(otherwise);
    }

    private static List<Mail> mails(List<Generation.Mail> generated) {
        List<Mail> mails = new ArrayList<>();
        for (Generation.Mail one : generated) {
            MailTemplate.Source source = one.draft().source();
            mails.add(new Mail(
                    one.draft().id(),
                    one.verdict().verdict(),
                    one.verdict().rubric(),
                    one.verdict().codes(),
                    source.subject(),
                    source.preheader(),
                    source.html(),
                    source.text(),
                    new Cta(source.ctaLabel(), source.ctaUrl()),
                    source.ps(),
                    one.draft().attributes()));
        }
        return mails;
    }

    private static void print(String language, Generation generation, int wanted, int whole, PrintStream out) {
        Table table = new Table(1).row("mail", "rubric", "subject");
        for (Generation.Mail mail : generation.mails()) {
            table.row(
                    mail.draft().id(),
                    Integer.toString(mail.verdict().rubric()),
                    Letter.unnamed(mail.draft().source().subject()));
        }
        out.println(table);
        for (Generation.Mail mail : generation.blocked()) {
            out.println("blocked: " + mail.draft().id() + " "
                    + Letter.unnamed(mail.draft().source().subject()) + " "
                    + mail.verdict().codes());
        }
        int written = generation.mails().size() + generation.blocked().size();
        if (written < wanted) {
            out.printf(
                    "%d of %d: the brief has no more to speak of. News, services, proof, products and offers give more.%n",
                    written, wanted);
        }
        Generation.Summary summary = generation.summary();
        out.printf(
                Locale.ROOT,
                "%s: %d subjects of %d strategies, at least %d each; most similar pair %.2f, median %.2f; mean rubric %.1f; %d blocked%n%n",
                language,
                summary.subjects(),
                summary.strategies().size(),
                summary.strategies().values().stream()
                        .mapToInt(Integer::intValue)
                        .min()
                        .orElse(0),
                summary.mostSimilar(),
                summary.medianSimilarity(),
                summary.rubric(),
                summary.blocked());
        for (Generation.Mail mail :
                generation.mails().subList(0, Math.min(whole, generation.mails().size()))) {
            MailTemplate.Source source = mail.draft().source();
            out.printf(
                    "Subject: %s%nPreheader: %s%n%n%s%n",
                    source.subject(),
                    source.preheader(),
                    source.text()
                            .replace("{{ content.cta }}", source.ctaLabel())
                            .replace("{{ content.ps }}", source.ps())
                            .replace("{{ links.cta }}", source.ctaUrl()));
        }
    }
}
