package winback.content.gate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Many expressions of which one may begin at a word. What is found is what one pattern of all of them, in this order and
 * without regard to case, would find between whole words; but where a word begins with <em>s</em>, only those are tried
 * that may begin so, of hundreds a dozen.
 */
final class Alternatives {

    private static final char DIGIT = '0';

    /** Stands for all characters with which none is known to begin, so that strange letters are no more patterns. */
    private static final char OTHER = '\0';

    /** Of a group that is looked into: without a name, atomic or with another case. */
    private static final Pattern OPENING = Pattern.compile("\\((?:\\?(?::|>|-iu:)|(?!\\?))");

    /** Characters of an expression from which on it is worth a pattern of its own, which many letters share. */
    private static final int LONG = 1000;

    /** @param first characters with one of which it begins, folded; null where it is not known */
    private record Alternative(String expression, @Nullable Set<Character> first) {

        boolean mayBeginWith(char folded) {
            return first == null || first.contains(folded);
        }
    }

    private final List<Alternative> all;
    private final Set<Character> firsts;

    /** In order, each of as many as stand together. */
    private final Map<Character, List<Pattern>> byFirst = new ConcurrentHashMap<>();

    private final Map<String, Pattern> ofLong = new ConcurrentHashMap<>();

    /** @param expressions as {@link Pattern} reads them, without references to their groups */
    Alternatives(List<String> expressions) {
        this.all = expressions.stream()
                .map(each -> new Alternative(each, first(each)))
                .toList();
        this.firsts = all.stream()
                .flatMap(each -> Stream.ofNullable(each.first()).flatMap(Set::stream))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** From left to right, none within another. */
    List<MatchResult> in(String text) {
        List<MatchResult> found = new ArrayList<>();
        Map<Pattern, Matcher> matchers = new IdentityHashMap<>();
        int at = 0;
        while (at < text.length()) {
            int from = at;
            boolean begins = at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1));
            for (Pattern pattern : begins ? startingWith(text.charAt(at)) : List.<Pattern>of()) {
                Matcher matcher = matchers.computeIfAbsent(
                        pattern,
                        each -> each.matcher(text).useTransparentBounds(true).useAnchoringBounds(false));
                if (matcher.region(from, text.length()).lookingAt() && matcher.end() > from) {
                    found.add(matcher.toMatchResult());
                    at = matcher.end();
                    break;
                }
            }
            at = Math.max(at, from + 1);
        }
        return found;
    }

    private List<Pattern> startingWith(char c) {
        char folded = folded(c);
        return byFirst.computeIfAbsent(firsts.contains(folded) ? folded : OTHER, this::beginningWith);
    }

    private List<Pattern> beginningWith(char folded) {
        List<Pattern> patterns = new ArrayList<>();
        List<String> together = new ArrayList<>();
        for (Alternative each : all) {
            if (each.mayBeginWith(folded)) {
                if (each.expression().length() < LONG) {
                    together.add(each.expression());
                } else {
                    compile(together).forEach(patterns::add);
                    together.clear();
                    patterns.add(ofLong.computeIfAbsent(each.expression(), Alternatives::pattern));
                }
            }
        }
        compile(together).forEach(patterns::add);
        return List.copyOf(patterns);
    }

    private static Stream<Pattern> compile(List<String> expressions) {
        return expressions.isEmpty() ? Stream.empty() : Stream.of(pattern(String.join("|", expressions)));
    }

    private static Pattern pattern(String expression) {
        return Pattern.compile(
                "(?<![\\p{L}\\p{N}])(?:" + expression + ")(?![\\p{L}\\p{N}])",
                Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    /** As patterns compare without regard to case; digits are as one. */
    private static char folded(char c) {
        return Character.isDigit(c) ? DIGIT : Character.toLowerCase(Character.toUpperCase(c));
    }

    /** With what an expression may begin, folded; null where that is not known, as where it may be empty. */
    static @Nullable Set<Character> first(String expression) {
        Set<Character> first = new HashSet<>();
        for (String alternative : split(expression)) {
            Set<Character> of = firstOfSequence(alternative);
            if (of == null) {
                return null;
            }
            first.addAll(of);
        }
        return first;
    }

    /** An expression by its bars that stand in no group. */
    static List<String> split(String expression) {
        List<String> alternatives = new ArrayList<>();
        int from = 0;
        for (int at = 0; at < expression.length(); at = atomEnd(expression, at)) {
            if (expression.charAt(at) == '|') {
                alternatives.add(expression.substring(from, at));
                from = at + 1;
            }
        }
        alternatives.add(expression.substring(from));
        return alternatives;
    }

    /** Of atoms one after the other: of the first, and of the next where that may be missing. */
    private static @Nullable Set<Character> firstOfSequence(String sequence) {
        Set<Character> first = new HashSet<>();
        int at = 0;
        while (at < sequence.length()) {
            int end = atomEnd(sequence, at);
            String atom = sequence.substring(at, end);
            if (!atom.startsWith("(?!")
                    && !atom.startsWith("(?=")
                    && !atom.startsWith("(?<!")
                    && !atom.startsWith("(?<=")) {
                Set<Character> of = firstOfAtom(atom);
                if (of == null) {
                    return null;
                }
                first.addAll(of);
                char next = end < sequence.length() ? sequence.charAt(end) : ' ';
                if (next != '?' && next != '*' && next != '{') {
                    return first;
                }
                if (next == '{') {
                    return sequence.startsWith("{0", end) ? null : first;
                }
                end++;
            }
            at = end;
            // Reluctant and possessive ones.
            while (at < sequence.length() && (sequence.charAt(at) == '?' || sequence.charAt(at) == '+')) {
                at++;
            }
        }
        return null;
    }

    private static int atomEnd(String sequence, int at) {
        char c = sequence.charAt(at);
        if (c == '\\') {
            boolean named = at + 2 < sequence.length() && (sequence.charAt(at + 1) | ' ') == 'p';
            return named && sequence.charAt(at + 2) == '{' ? sequence.indexOf('}', at) + 1 : at + 2;
        }
        if (c != '(' && c != '[') {
            return at + 1;
        }
        int groups = 0;
        int classes = 0;
        for (int i = at; i < sequence.length(); i++) {
            switch (sequence.charAt(i)) {
                case '\\' -> i++;
                case '[' -> classes++;
                case ']' -> classes--;
                case '(' -> groups += classes == 0 ? 1 : 0;
                case ')' -> groups -= classes == 0 ? 1 : 0;
                default -> {}
            }
            if (groups == 0 && classes == 0) {
                return i + 1;
            }
        }
        throw new IllegalArgumentException("not closed: " + sequence);
    }

    private static @Nullable Set<Character> firstOfAtom(String atom) {
        char c = atom.charAt(0);
        if (c == '(') {
            Matcher opening = OPENING.matcher(atom);
            return opening.lookingAt() ? first(atom.substring(opening.end(), atom.length() - 1)) : null;
        }
        if (c == '[') {
            return ofClass(atom.substring(1, atom.length() - 1));
        }
        if (c == '\\') {
            return atom.equals("\\d")
                    ? Set.of(DIGIT)
                    : Character.isLetterOrDigit(atom.charAt(1)) ? null : Set.of(folded(atom.charAt(1)));
        }
        return c == '.' || c == '^' || c == '$' ? null : Set.of(folded(c));
    }

    private static @Nullable Set<Character> ofClass(String members) {
        Set<Character> first = new HashSet<>();
        String rest = members.replace("\\d", "0");
        for (int i = 0; i < rest.length(); i++) {
            char c = rest.charAt(i);
            boolean range = i + 2 < rest.length() && rest.charAt(i + 1) == '-';
            if ("^&[\\".indexOf(c) >= 0) {
                return null;
            }
            if (range) {
                for (char each = c; each <= rest.charAt(i + 2); each++) {
                    first.add(folded(each));
                }
                i += 2;
            } else {
                first.add(folded(c));
            }
        }
        return first;
    }
}
