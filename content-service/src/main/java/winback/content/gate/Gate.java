package winback.content.gate;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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

    /** A link may be so long; what reads words takes time with the square of them. */
    private static final int LONGEST_WORD = 500;

    private final Brief brief;
    private final Addresses addresses;
    private final Claims claims;
    private final Wording wording;
    private final PersonalData personalData;
    private final Structure structure;

    /** @param today in the brand's calendar: decides which offers run */
    public Gate(Brief brief, LocalDate today) {
        this.brief = brief;
        List<String> texts = texts(brief);
        this.addresses = new Addresses(brief);
        this.claims = new Claims(brief, today, texts);
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

    public Verdict judge(Draft draft) {
        MailTemplate template = null;
        ReadMail mail;
        Findings findings;
        if (isTooLarge(draft)) {
            MailTemplate.Source nothing = new MailTemplate.Source("", "", "", "", "", "", "");
            findings = new Findings(ReadMail.of(new Draft(draft.id(), draft.language(), nothing, null), null, brief));
            findings.at("too-large", ReadMail.HTML, "more than " + MOST_CHARACTERS + " characters");
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
            if (longestWord(field.words()) > LONGEST_WORD) {
                findings.at("too-large", field.name(), "a word of more than " + LONGEST_WORD + " characters");
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
        if (!brief.languages().contains(draft.language())) {
            findings.at("wrong-language", "language", draft.language() + " is not a language of the brief");
        }
        traits(template, findings);
        structure.look(mail, findings);
        Characters.look(mail, findings);
        addresses.look(mail, findings);
        claims.look(mail, findings);
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
        return source.html().length() > MOST_CHARACTERS || source.text().length() > MOST_CHARACTERS;
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
