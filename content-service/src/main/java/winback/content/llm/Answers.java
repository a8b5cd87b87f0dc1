package winback.content.llm;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.content.brief.Brief;
import winback.content.drafts.Attributes;
import winback.content.drafts.Draft;
import winback.content.drafts.Letter;
import winback.content.drafts.Request;
import winback.content.drafts.Strategy;

/** Reads what the model wrote. Nothing of it is trusted: what is not plain text of a sensible length is not taken. */
final class Answers {

    private static final int LONGEST_LINE = 200;
    private static final int LONGEST_PARAGRAPH = 1200;
    private static final int MOST_PARAGRAPHS = 8;
    private static final int FIRST_EMOJI = 0x2190;
    private static final String NAME = "{name}";

    /** Something in a mail that makes it unusable. */
    private static final class Unusable extends Exception {
        private static final long serialVersionUID = 1;

        Unusable(String what) {
            super(what);
        }
    }

    /**
     * @param unusable why others were not taken; empty when all were
     */
    record Read(List<Draft> drafts, List<String> unusable) {}

    private Answers() {}

    /**
     * @param frames at least as many as mails are taken
     * @throws CallFailed when it is not the JSON that was asked for
     */
    static Read read(String answer, Brief brief, Request request, List<Letter.Frame> frames) {
        // Some models talk around it, or put it into a fence.
        int begin = answer.indexOf('{');
        int end = answer.lastIndexOf('}');
        if (begin < 0 || end < begin) {
            throw new CallFailed("malformed", "no JSON", true);
        }
        JsonNode mails;
        try {
            mails = JsonMapper.shared()
                    .readTree(answer.substring(begin, end + 1))
                    .path("mails");
        } catch (JacksonException malformed) {
            throw new CallFailed("malformed", "not JSON", true);
        }
        if (!mails.isArray()) {
            throw new CallFailed("malformed", "no list of mails", true);
        }
        List<Draft> drafts = new ArrayList<>();
        List<String> unusable = new ArrayList<>();
        for (JsonNode mail : mails) {
            if (drafts.size() == frames.size()) {
                break;
            }
            try {
                drafts.add(draft(mail, brief, request, frames.get(drafts.size())));
            } catch (Unusable why) {
                unusable.add(String.valueOf(why.getMessage()));
            }
        }
        return new Read(drafts, unusable);
    }

    private static Draft draft(JsonNode mail, Brief brief, Request request, Letter.Frame frame) throws Unusable {
        String subject = line(mail, "subject", true);
        String named = line(mail, "subjectWithName", false);
        boolean personal = named.contains(NAME) && brief.allowsFirstName();
        List<String> paragraphs = new ArrayList<>();
        JsonNode given = mail.path("paragraphs");
        if (!given.isArray() || given.isEmpty() || given.size() > MOST_PARAGRAPHS) {
            throw new Unusable("paragraphs: 1 to " + MOST_PARAGRAPHS);
        }
        for (JsonNode paragraph : given) {
            paragraphs.add(plain("paragraphs", paragraph, LONGEST_PARAGRAPH));
        }
        String product = line(mail, "product", false);
        Letter letter = new Letter(
                request.language(),
                personal ? Letter.forName(named.replace(NAME, "{{ subscriber.firstName }}"), subject) : subject,
                line(mail, "preheader", false),
                paragraphs,
                line(mail, "callToAction", true),
                brief.products().stream()
                        .filter(one -> one.id().equals(product))
                        .map(Brief.Product::url)
                        .findFirst()
                        .orElse(brief.links().home()),
                line(mail, "ps", false),
                frame);
        String offer = line(mail, "offer", false);
        List<String> facts = new ArrayList<>();
        for (JsonNode fact : mail.path("facts")) {
            if (fact.isString() && brief.fact(fact.stringValue()).isPresent()) {
                facts.add(fact.stringValue());
            }
        }
        String strategy = strategy(line(mail, "strategy", false));
        return new Draft(
                strategy,
                request.language(),
                letter.source(brief),
                new Attributes(
                        strategy,
                        brief.offers().stream().anyMatch(one -> one.id().equals(offer)) ? offer : null,
                        List.copyOf(facts),
                        request.style().formality(),
                        request.style().warmth(),
                        request.style().energy(),
                        subject.codePoints().anyMatch(Answers::isEmoji),
                        personal,
                        subject.length(),
                        letter.words()));
    }

    private static boolean isEmoji(int c) {
        return c >= FIRST_EMOJI && Character.getType(c) == Character.OTHER_SYMBOL;
    }

    private static String strategy(String word) {
        for (Strategy strategy : Strategy.values()) {
            if (strategy.word().equals(word.toLowerCase(Locale.ROOT))) {
                return strategy.word();
            }
        }
        return "other";
    }

    private static String line(JsonNode mail, String field, boolean required) throws Unusable {
        JsonNode value = mail.path(field);
        if (value.isMissingNode()
                || value.isNull()
                || value.isString() && value.stringValue().isBlank()) {
            if (required) {
                throw new Unusable(field + ": missing");
            }
            return "";
        }
        return plain(field, value, LONGEST_LINE);
    }

    private static String plain(String field, @Nullable JsonNode value, int longest) throws Unusable {
        if (value == null || !value.isString()) {
            throw new Unusable(field + ": no text");
        }
        String text = value.stringValue().replaceAll("\\s+", " ").strip();
        if (text.isEmpty() || text.length() > longest) {
            throw new Unusable(field + ": 1 to " + longest + " characters");
        }
        if (text.contains("{{") || text.contains("{%") || text.replace(NAME, "").matches(".*[{}<>].*")) {
            throw new Unusable(field + ": markup");
        }
        return text;
    }
}
