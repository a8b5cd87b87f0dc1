package winback.content.gate;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import winback.content.brief.Brief;
import winback.content.drafts.Draft;
import winback.content.templates.MailTemplate;

/**
 * Hard rules, of which one is enough to block a draft, and a rubric of how well it is made. It reads a draft as its
 * readers would, known by name and not; it fetches nothing. Safe for many threads.
 */
public final class Gate {

    /** Mailboxes clip what is longer by far. */
    private static final int MOST_CHARACTERS = 100_000;

    /** Of a template, and comments. */
    private static final int MOST_TAGS = 1_000;

    private static final int MOST_ELEMENTS = 4_000;

    /** Of a style sheet's rules, and of tags. */
    private static final int MOST_BRACES = 5_000;

    /** Behind each other. */
    private static final int MOST_BLANKS = 1_000;

    /** Some three thousand words, in any one part. */
    private static final int MOST_READ = 20_000;

    private static final ExecutorService PROCESSORS = Executors.newFixedThreadPool(
            Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
            Thread.ofPlatform().name("gate-", 0).daemon().factory());

    /** A link may be so long; what reads words takes time with the square of them. */
    private static final int LONGEST_WORD = 500;

    /** No mailbox shows as much of these. */
    private static final Map<String, Integer> LONGEST_LINES =
            Map.of(ReadMail.SUBJECT, 150, ReadMail.PREHEADER, 250, ReadMail.LABEL, 80);

    private final Brief brief;
    private final Addresses addresses;
    private final Claims claims;
    private final ProperNames properNames;
    private final Wording wording;
    private final PersonalData personalData;
    private final Structure structure;

    /** @param today in the brand's calendar: decides which offers run */
    public Gate(Brief brief, LocalDate today) {
        this.brief = brief;
        List<String> texts = texts(brief);
        this.addresses = new Addresses(brief);
        this.claims = new Claims(brief, today, texts);
        this.properNames = new ProperNames(brief, texts);
        this.wording = new Wording(brief);
        this.personalData = new PersonalData(brief, texts);
        this.structure = new Structure(brief);
    }

    /** All that a brief says in words, in each language. */
    private static List<String> texts(Brief brief) {
        List<String> texts = new ArrayList<>();
        texts.add(brief.brand().name());
        texts.addAll(brief.brand().about().values());
        brief.facts().forEach(fact -> {
            texts.addAll(fact.text().values());
            fact.name().values().forEach(name -> texts.add(name.text()));
        });
        brief.products().forEach(product -> {
            texts.addAll(product.text().values());
            product.name().values().forEach(name -> texts.add(name.text()));
        });
        brief.categories().forEach(category -> category.values().forEach(name -> texts.add(name.text())));
        brief.offers().forEach(offer -> {
            texts.addAll(offer.terms().values());
            offer.gift().values().forEach(gift -> {
                texts.add(gift.text());
                texts.add("free " + gift.text());
                texts.add(gift.text() + " de regalo");
            });
        });
        texts.addAll(List.of(
                brief.sender().name(),
                brief.sender().email(),
                brief.footer().company(),
                brief.footer().address()));
        return List.copyOf(texts);
    }

    /** Takes some milliseconds of a processor, and leaves those to requests that wait for nothing. */
    public Verdict judge(Draft draft) {
        if (!Thread.currentThread().isVirtual()) {
            return look(draft);
        }
        // A virtual thread would keep its carrier for as long, and others from running.
        try {
            return PROCESSORS.submit(() -> look(draft)).get();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped while judging", stopped);
        } catch (ExecutionException failed) {
            throw new IllegalStateException("a draft could not be judged", failed.getCause());
        }
    }

    private Verdict look(Draft draft) {
        try {
            return read(draft);
        } catch (StackOverflowError deep) {
            // What is made to be looked at within itself thousands of times is not a mail.
            return new Verdict(
                    draft.id(),
                    Verdict.BLOCK,
                    List.of(new Finding("too-large", ReadMail.HTML, "too entangled to be read")),
                    0,
                    Map.of());
        }
    }

    private Verdict read(Draft draft) {
        MailTemplate template = null;
        ReadMail mail;
        Findings findings;
        if (isTooLarge(draft)) {
            MailTemplate.Source nothing = new MailTemplate.Source("", "", "", "", "", "", "");
            findings = new Findings(ReadMail.of(new Draft(draft.id(), draft.language(), nothing, null), null, brief));
            findings.at(
                    "too-large",
                    ReadMail.HTML,
                    "more than %,d characters, %,d tags and comments, %,d elements, %,d braces or %,d blanks in a row"
                            .formatted(MOST_CHARACTERS, MOST_TAGS, MOST_ELEMENTS, MOST_BRACES, MOST_BLANKS));
            return new Verdict(draft.id(), Verdict.BLOCK, findings.all(), 0, Map.of());
        }
        List<MailTemplate.Fault> faults = new ArrayList<>();
        try {
            template = MailTemplate.compile(draft.source(), draft.language());
        } catch (MailTemplate.Fault fault) {
            faults.add(fault);
        }
        mail = ReadMail.of(draft, template, brief);
        findings = new Findings(mail);
        for (ReadMail.Field field : mail.everything()) {
            boolean tooMuch = field.words().length() > MOST_READ;
            if (tooMuch || longestWord(field.words()) > LONGEST_WORD) {
                findings.at(
                        "too-large",
                        field.name(),
                        tooMuch
                                ? "more than " + MOST_READ + " characters to read"
                                : "a word of more than " + LONGEST_WORD + " characters");
                return new Verdict(draft.id(), Verdict.BLOCK, findings.all(), 0, Map.of());
            }
        }
        for (MailTemplate.Fault fault : faults) {
            String code = switch (fault.code()) {
                case "no-unsubscribe-link" -> "missing-unsubscribe";
                case "wrong-url" -> Addresses.DEAD;
                default -> fault.code();
            };
            findings.at(
                    code,
                    fault.field() + ":" + fault.line() + ":" + fault.column(),
                    String.valueOf(fault.getMessage()));
        }
        for (ReadMail.Field field : mail.fields()) {
            Integer longest = LONGEST_LINES.get(field.name());
            if (longest != null && field.words().length() > longest) {
                findings.at("too-long", field.name(), "longer than " + longest + " characters");
            }
        }
        if (!brief.languages().contains(draft.language())) {
            findings.at("wrong-language", "language", draft.language() + " is not a language of the brief");
        }
        traits(template, findings);
        facts(draft, findings);
        structure.look(mail, findings);
        Characters.look(mail, findings);
        addresses.look(mail, findings);
        claims.look(mail, findings);
        properNames.look(mail, findings);
        wording.look(mail, findings);
        personalData.look(mail, findings);
        Map<String, Integer> points = Rubric.points(mail);
        List<Finding> found = findings.all();
        return new Verdict(
                draft.id(),
                found.isEmpty() ? Verdict.PASS : Verdict.BLOCK,
                found,
                points.values().stream().mapToInt(Integer::intValue).sum(),
                points);
    }

    private static int longestWord(String text) {
        int longest = 0;
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            length = Character.isWhitespace(text.charAt(i)) ? 0 : length + 1;
            longest = Math.max(longest, length);
        }
        return longest;
    }

    private static boolean isTooLarge(Draft draft) {
        MailTemplate.Source source = draft.source();
        return source.html().length() > MOST_CHARACTERS
                || source.text().length() > MOST_CHARACTERS
                || Stream.of(source.html(), source.text(), source.subject(), source.preheader(), source.ps())
                        .anyMatch(Gate::isEntangled);
    }

    /** More beginnings than ends, thousands of times: whatever looks for the ends looks through all of it for each. */
    private static boolean isEntangled(String source) {
        int tags = 0;
        int elements = 0;
        int braces = 0;
        int blanks = 0;
        for (int i = 0; i + 1 < source.length(); i++) {
            blanks = Character.isWhitespace(source.charAt(i)) ? blanks + 1 : 0;
            if (blanks >= MOST_BLANKS) {
                return true;
            }
            char next = source.charAt(i + 1);
            switch (source.charAt(i)) {
                case '{' -> {
                    braces++;
                    tags += next == '{' || next == '%' ? 1 : 0;
                }
                case '<' -> {
                    elements += Character.isLetter(next) ? 1 : 0;
                    tags += next == '!' ? 1 : 0;
                }
                default -> {}
            }
        }
        return tags > MOST_TAGS || elements > MOST_ELEMENTS || braces > MOST_BRACES;
    }

    /** What a mail is known to speak of has to be in the brief still. */
    private void facts(Draft draft, Findings findings) {
        if (draft.attributes() == null) {
            return;
        }
        Set<String> known = new HashSet<>();
        brief.facts().forEach(fact -> known.add(fact.id()));
        brief.products().forEach(product -> known.add(product.id()));
        for (String fact : draft.attributes().facts()) {
            if (!known.contains(fact)) {
                findings.at(Claims.CLAIM, Verdict.FACTS, fact + " is no longer in the brief");
            }
        }
    }

    private void traits(@Nullable MailTemplate template, Findings findings) {
        Set<String> unknown = new TreeSet<>(template == null ? Set.of() : template.traits());
        unknown.removeAll(brief.traits());
        for (String trait : unknown) {
            for (String field : List.of(
                    ReadMail.SUBJECT,
                    ReadMail.PREHEADER,
                    ReadMail.HTML,
                    ReadMail.TEXT,
                    ReadMail.LABEL,
                    ReadMail.URL,
                    ReadMail.PS)) {
                findings.addIfWritten("unknown-placeholder", field, trait, "is not a trait that the brief allows");
            }
        }
    }
}
