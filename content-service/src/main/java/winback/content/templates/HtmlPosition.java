package winback.content.templates;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where in an HTML document one stands after reading some of it: a reduction of the tokenizer of the HTML standard
 * (section 13.2.5) to what decides about escaping. It is stricter than browsers: what they would repair is refused where
 * an output follows. A conditional comment ({@code <!--[if mso]> … <![endif]-->}) is read as Outlook reads it; for others it
 * is a comment, which no escaped value can end, and which has to end for both at the same place.
 */
final class HtmlPosition {

    /** An output, or markup, where it cannot be made safe. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    private enum State {
        CONTENT,
        TAG_OPEN,
        TAG_NAME,
        IN_TAG,
        ATTRIBUTE_NAME,
        BEFORE_VALUE,
        DOUBLE_QUOTED,
        SINGLE_QUOTED,
        UNQUOTED,
        DECLARATION,
        COMMENT,
        /** Inside {@code script}, {@code style} and the like, where escaping does not help. */
        RAW
    }

    private static final Set<String> RAW_ELEMENTS =
            Set.of("script", "style", "xmp", "iframe", "noembed", "noframes", "noscript", "plaintext", "template");
    private static final Set<String> URL_ATTRIBUTES = Set.of(
            "href",
            "src",
            "action",
            "formaction",
            "background",
            "cite",
            "poster",
            "longdesc",
            "data",
            "xlink:href",
            "manifest",
            "ping",
            "usemap",
            "classid",
            "o:href",
            "codebase",
            "icon");
    /** Whose attributes steer the document itself. */
    private static final Set<String> STEERING_ELEMENTS = Set.of("base", "embed", "link", "meta", "object", "param");

    private static final Set<String> CODE_ATTRIBUTES = Set.of("style", "srcdoc", "srcset");
    private static final Set<String> SCHEMES = Set.of("http", "https", "mailto", "tel", "cid");
    private static final char OUTPUT = '\0';

    private State state = State.CONTENT;
    private boolean closing;
    private String element = "";
    private String attribute = "";
    /** What is before the scheme's colon in a URL attribute; longer than a scheme once that is settled. */
    private final StringBuilder value = new StringBuilder();

    private boolean schemeSettled;
    private final StringBuilder word = new StringBuilder();

    /** Whether within a conditional comment, and what it began with. */
    private boolean conditional;

    private final StringBuilder comment = new StringBuilder();

    HtmlPosition copy() {
        HtmlPosition copy = new HtmlPosition();
        copy.state = state;
        copy.closing = closing;
        copy.element = element;
        copy.attribute = attribute;
        copy.value.append(value);
        copy.schemeSettled = schemeSettled;
        copy.word.append(word);
        copy.conditional = conditional;
        copy.comment.append(comment);
        return copy;
    }

    /** Whether the same output would be escaped the same way from here on. */
    boolean sameAs(HtmlPosition other) {
        return state == other.state
                && (state == State.CONTENT || closing == other.closing && element.equals(other.element))
                && (!inAttribute() || attribute.equals(other.attribute))
                && (!isUrl()
                        || schemeSettled == other.schemeSettled && (schemeSettled || value.compareTo(other.value) == 0))
                && word.compareTo(other.word) == 0
                && conditional == other.conditional
                && beginningOfEnd().equals(other.beginningOfEnd())
                && (state != State.COMMENT || comment.compareTo(other.comment) == 0);
    }

    private boolean inAttribute() {
        return switch (state) {
            case ATTRIBUTE_NAME, BEFORE_VALUE, DOUBLE_QUOTED, SINGLE_QUOTED, UNQUOTED -> true;
            case CONTENT, TAG_OPEN, TAG_NAME, IN_TAG, DECLARATION, COMMENT, RAW -> false;
        };
    }

    private boolean isUrl() {
        return inAttribute() && URL_ATTRIBUTES.contains(attribute);
    }

    private static final int LONGEST_CONDITION = 100;
    private static final String CONDITION = "[if";

    /** Of a conditional comment: what more of it is needed to see whether that ends. */
    private static final Pattern END_BEGINS = Pattern.compile("-{1,2}!?$");

    private String beginningOfEnd() {
        Matcher end = END_BEGINS.matcher(comment);
        return conditional && end.find() ? end.group() : "";
    }

    /** Reads literal markup. */
    void read(char c) throws Refused {
        if (conditional) {
            comment.append(c);
            if (comment.length() > LONGEST_CONDITION) {
                comment.deleteCharAt(0);
            }
            boolean ends = c == '>' && (endsWith("-->") || endsWith("--!>"));
            boolean forBoth = state == State.DECLARATION && word.toString().equals("[endif]--")
                    || state == State.COMMENT && word.isEmpty()
                    || state == State.CONTENT && endsWith("]>-->");
            if (ends && !forBoth) {
                throw new Refused("a conditional comment that ends before its <![endif]-->");
            }
            if (ends) {
                conditional = false;
                comment.setLength(0);
                become(State.CONTENT);
                return;
            }
        }
        switch (state) {
            case CONTENT -> {
                if (c == '<') {
                    become(State.TAG_OPEN);
                    closing = false;
                }
            }
            case TAG_OPEN -> {
                if (c == '/' && !closing) {
                    closing = true;
                } else if (c == '!' || c == '?') {
                    become(State.DECLARATION);
                } else if (isLetter(c)) {
                    become(State.TAG_NAME);
                    word.append(Character.toLowerCase(c));
                } else if (c != '<') {
                    become(State.CONTENT);
                }
            }
            case TAG_NAME -> {
                if (isSpace(c) || c == '/') {
                    element = word.toString();
                    become(State.IN_TAG);
                } else if (c == '>') {
                    element = word.toString();
                    endTag();
                } else {
                    word.append(Character.toLowerCase(c));
                }
            }
            case IN_TAG -> {
                if (c == '>') {
                    endTag();
                } else if (!isSpace(c) && c != '/') {
                    become(State.ATTRIBUTE_NAME);
                    word.append(Character.toLowerCase(c));
                    attribute = "";
                }
            }
            case ATTRIBUTE_NAME -> {
                if (c == '=') {
                    attribute = word.toString().strip();
                    become(State.BEFORE_VALUE);
                } else if (c == '>') {
                    endTag();
                } else if (c == '/') {
                    become(State.IN_TAG);
                } else if (isSpace(c)) {
                    word.append(' '); // an equals sign may follow
                } else {
                    if (!word.isEmpty() && word.charAt(word.length() - 1) == ' ') {
                        word.setLength(0); // the next attribute
                    }
                    word.append(Character.toLowerCase(c));
                }
            }
            case BEFORE_VALUE -> {
                if (c == '"') {
                    startValue(State.DOUBLE_QUOTED);
                } else if (c == '\'') {
                    startValue(State.SINGLE_QUOTED);
                } else if (c == '>') {
                    endTag();
                } else if (!isSpace(c)) {
                    startValue(State.UNQUOTED);
                    readValue(c);
                }
            }
            case DOUBLE_QUOTED -> {
                if (c == '"') {
                    endValue();
                } else {
                    readValue(c);
                }
            }
            case SINGLE_QUOTED -> {
                if (c == '\'') {
                    endValue();
                } else {
                    readValue(c);
                }
            }
            case UNQUOTED -> {
                if (isSpace(c)) {
                    endValue();
                } else if (c == '>') {
                    endValue();
                    endTag();
                } else {
                    readValue(c);
                }
            }
            case DECLARATION -> {
                word.append(c);
                if (word.toString().equals("--")) {
                    become(State.COMMENT);
                    if (!conditional) {
                        comment.setLength(0);
                    }
                } else if (c == '>') {
                    become(State.CONTENT);
                }
            }
            case COMMENT -> {
                if (!conditional && comment.length() < LONGEST_CONDITION) {
                    comment.append(c);
                    if (comment.indexOf(CONDITION) == 0 && endsWith("]>")) {
                        conditional = true;
                        become(State.CONTENT);
                        return;
                    }
                }
                word.append(c);
                if (word.length() > 3) {
                    word.deleteCharAt(0);
                }
                if (word.toString().endsWith("-->")
                        || word.toString().equals(">")
                        || word.toString().equals("->")) {
                    become(State.CONTENT);
                }
            }
            case RAW -> {
                word.append(Character.toLowerCase(c));
                String end = "</" + element;
                if (word.length() > end.length() + 1) {
                    word.deleteCharAt(0);
                }
                if (word.length() == end.length() + 1 && word.toString().startsWith(end) && !isLetter(c)) {
                    closing = true;
                    become(c == '>' ? State.CONTENT : State.IN_TAG);
                }
            }
        }
    }

    /** How an output here is escaped; the position is afterwards behind it. */
    Escape output() throws Refused {
        return switch (state) {
            case CONTENT -> Escape.HTML;
            case DOUBLE_QUOTED, SINGLE_QUOTED -> {
                if (attribute.startsWith("on") || CODE_ATTRIBUTES.contains(attribute)) {
                    throw new Refused("no placeholder in the attribute " + attribute + ": it is read as code");
                }
                if (STEERING_ELEMENTS.contains(element)) {
                    throw new Refused("no placeholder in <" + element + ">");
                }
                if (!isUrl()) {
                    yield Escape.HTML;
                }
                if (schemeSettled) {
                    yield Escape.URL_PART;
                }
                boolean whole = value.isEmpty();
                if (whole) {
                    schemeSettled = true; // by what the escape lets through
                } else {
                    value.append(OUTPUT);
                }
                yield whole ? Escape.HTML_URL : Escape.URL_PART;
            }
            case BEFORE_VALUE, UNQUOTED ->
                throw new Refused("put the value of the attribute " + attribute + " in quotes");
            case TAG_OPEN, TAG_NAME, IN_TAG, ATTRIBUTE_NAME ->
                throw new Refused("no placeholder inside a tag but in a quoted attribute value");
            case DECLARATION, COMMENT -> throw new Refused("no placeholder in an HTML comment");
            case RAW -> throw new Refused("no placeholder inside <" + element + ">");
        };
    }

    private boolean endsWith(String text) {
        return comment.length() >= text.length()
                && comment.substring(comment.length() - text.length()).equals(text);
    }

    /** Whether the document may end here. */
    boolean atContent() {
        return state == State.CONTENT && !conditional;
    }

    private void startValue(State quoted) {
        become(quoted);
        value.setLength(0);
        schemeSettled = false;
    }

    private void readValue(char c) throws Refused {
        if (!isUrl() || schemeSettled) {
            return;
        }
        switch (c) {
            case ':' -> {
                if (!SCHEMES.contains(value.toString().strip().toLowerCase(Locale.ROOT))) {
                    throw new Refused("the attribute " + attribute + " allows only http, https, mailto, tel and cid");
                }
                schemeSettled = true;
            }
            case '/', '?', '#' -> schemeSettled = true;
            // A browser would decode it before it looks for the scheme.
            case '&' -> throw new Refused("no entity before the scheme of the attribute " + attribute);
            default -> value.append(c);
        }
    }

    private void endValue() {
        become(State.IN_TAG);
        attribute = "";
    }

    private void endTag() {
        boolean raw = !closing && RAW_ELEMENTS.contains(element);
        become(raw ? State.RAW : State.CONTENT);
        attribute = "";
    }

    private void become(State next) {
        state = next;
        word.setLength(0);
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
    }
}
