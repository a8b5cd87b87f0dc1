package winback.content.templates;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import liqp.Template;
import liqp.TemplateContext;
import liqp.TemplateParser;
import liqp.exceptions.LiquidException;
import liqp.nodes.AtomNode;
import liqp.nodes.BlockNode;
import liqp.nodes.LNode;
import liqp.org.antlr.v4.runtime.ParserRuleContext;
import liqp.org.antlr.v4.runtime.tree.ParseTree;
import liqp.org.antlr.v4.runtime.tree.TerminalNode;
import liquid.parser.v4.LiquidParser;
import org.jspecify.annotations.Nullable;

/**
 * One compiled Liquid template. It is parsed as written, looked through (placeholders, tags and filters that are not
 * allowed are refused with their place), then each output gets the escape of its place as its last filter. Immutable,
 * and safe to render from many threads: the pieces are built once and each rendering has a context of its own, if it needs
 * one: literals and plain placeholders, which most of a mail is made of, do without the library.
 */
final class LiquidTemplate {

    private static final Set<Class<? extends ParseTree>> ALLOWED = Set.of(
            LiquidParser.ParseContext.class,
            LiquidParser.BlockContext.class,
            LiquidParser.Atom_assignmentContext.class,
            LiquidParser.Atom_othersContext.class,
            LiquidParser.Atom_outputContext.class,
            LiquidParser.Atom_tagContext.class,
            LiquidParser.AssignmentContext.class,
            LiquidParser.Case_tagContext.class,
            LiquidParser.Comment_tagContext.class,
            LiquidParser.Else_tagContext.class,
            LiquidParser.Elsif_tagContext.class,
            LiquidParser.Expr_containsContext.class,
            LiquidParser.Expr_eqContext.class,
            LiquidParser.Expr_logicContext.class,
            LiquidParser.Expr_relContext.class,
            LiquidParser.Expr_termContext.class,
            LiquidParser.FilterContext.class,
            LiquidParser.For_arrayContext.class,
            LiquidParser.For_attributeContext.class,
            LiquidParser.For_blockContext.class,
            LiquidParser.For_rangeContext.class,
            LiquidParser.For_tagContext.class,
            LiquidParser.IdContext.class,
            LiquidParser.Id2Context.class,
            LiquidParser.If_tagContext.class,
            LiquidParser.IndexContext.class,
            LiquidParser.Lookup_emptyContext.class,
            LiquidParser.Lookup_id_indexesContext.class,
            LiquidParser.OtherContext.class,
            LiquidParser.OutputContext.class,
            LiquidParser.OutStartContext.class,
            LiquidParser.Param_expr_exprContext.class,
            LiquidParser.ParamsContext.class,
            LiquidParser.Raw_bodyContext.class,
            LiquidParser.Raw_tagContext.class,
            LiquidParser.TagContext.class,
            LiquidParser.Term_BlankContext.class,
            LiquidParser.Term_DoubleNumContext.class,
            LiquidParser.Term_EmptyContext.class,
            LiquidParser.Term_exprContext.class,
            LiquidParser.Term_FalseContext.class,
            LiquidParser.Term_LongNumContext.class,
            LiquidParser.Term_lookupContext.class,
            LiquidParser.Term_NilContext.class,
            LiquidParser.Term_StrContext.class,
            LiquidParser.Term_TrueContext.class,
            LiquidParser.Unless_tagContext.class,
            LiquidParser.When_tagContext.class);

    private static final Map<String, Set<String>> NAMES = Map.of(
            "campaign", Set.of("id", "name", "language"),
            "links", Set.of("cta", "unsubscribe"),
            "content", Set.of("preheader", "cta", "ps"));

    /** A part of the top level. */
    private sealed interface Piece {}

    /** @param json the same within the quotes of a JSON string */
    @SuppressWarnings("ArrayRecordComponent") // bytes, compared nowhere
    private record Literal(String text, byte[] json) implements Piece {
        Literal(String text) {
            this(text, JsonBytes.escaped(text));
        }
    }

    private record Plain(Placeholder placeholder, BlockNode block) implements Piece {}

    /** @param whole for values that the conditions cannot decide on */
    private record Chosen(List<Way> ways, BlockNode whole) implements Piece {
        private record Way(Condition condition, List<Piece> pieces) {}
    }

    /** Anything else, which the library renders. */
    private record Other(BlockNode block) implements Piece {}

    private final TemplateParser parser;
    private final List<Piece> pieces;
    private final int literalLength;
    private final Set<String> traits;
    private final boolean unsubscribes;

    private LiquidTemplate(TemplateParser parser, List<Piece> pieces, Set<String> traits, boolean unsubscribes) {
        this.parser = parser;
        this.pieces = pieces;
        this.literalLength = pieces.stream()
                .mapToInt(piece ->
                        piece instanceof Literal literal ? literal.text().length() : 32)
                .sum();
        this.traits = traits;
        this.unsubscribes = unsubscribes;
    }

    /**
     * @param language {@code en} or {@code es}: the language of month and day names
     */
    static LiquidTemplate compile(String source, Place place, String language) throws TemplateFault {
        if (source.length() > place.maxLength()) {
            throw new TemplateFault(
                    TemplateFault.Code.TOO_LONG, 1, 1, "longer than " + place.maxLength() + " characters");
        }
        checkCharacters(source, place);
        checkBounds(source);
        TemplateParser parser = Sandbox.parser(language);
        if (!source.contains("{{") && !source.contains("{%")) {
            Walk walk = new Walk(source, place);
            walk.literal(source, 0);
            walk.end();
            return new LiquidTemplate(parser, List.of(new Literal(source)), Set.of(), false);
        }
        Template parsed = parse(parser, source);
        Walk walk = new Walk(source, place);
        walk.walk(parsed.getParseTree());
        walk.end();
        Template escaping = parse(parser, walk.escaping());
        LNode node;
        try {
            node = new PlaceholderVisitor(parser).visit(escaping.getParseTree());
        } catch (NumberFormatException large) {
            Matcher digits = DIGITS.matcher(source);
            throw fault(source, digits.find() ? digits.start() : 0, "a number has at most 18 digits");
        }
        LiquidTemplate template =
                new LiquidTemplate(parser, pieces(node, parser), Set.copyOf(walk.traits), walk.unsubscribes);
        try {
            template.render(Map.of());
        } catch (RuntimeException failed) {
            throw new TemplateFault(1, 1, "cannot be rendered without traits: " + firstLine(failed));
        }
        return template;
    }

    private static List<Piece> pieces(LNode root, TemplateParser parser) {
        if (!(root instanceof BlockNode all)) {
            throw new IllegalStateException("no block: " + root.getClass());
        }
        List<Piece> pieces = new ArrayList<>();
        for (LNode node : all.getChildren()) {
            BlockNode block = new BlockNode();
            block.add(node);
            switch (node) {
                case null -> {}
                case AtomNode literal ->
                    pieces.add(new Literal(rendered(block, new TemplateContext(parser, new HashMap<>()))));
                case Placeholder placeholder -> pieces.add(new Plain(placeholder, block));
                case Choice choice ->
                    pieces.add(new Chosen(
                            choice.ways().stream()
                                    .map(way -> new Chosen.Way(way.condition(), pieces(way.block(), parser)))
                                    .toList(),
                            block));
                default -> pieces.add(new Other(block));
            }
        }
        return List.copyOf(pieces);
    }

    private static String rendered(BlockNode block, TemplateContext context) {
        Object rendered = block.render(context);
        return rendered == null ? "" : rendered.toString();
    }

    private static final int DEEPEST = 6;
    private static final int LONGEST_TAG = 500;

    /** The lexer looks from each blank for the end of all, since they could belong to a tag. */
    private static final Pattern TOO_BLANK = Pattern.compile("\\s{1000}");

    private static final Pattern TAG = Pattern.compile("\\{%-?\\s*(end)?(if|unless|case|for|comment|raw)\\b");

    /** What is in a branch is worked out for each way that leads there, and parsers go deep where a template does. */
    private static void checkBounds(String source) throws TemplateFault {
        Matcher blank = TOO_BLANK.matcher(source);
        if (blank.find()) {
            throw fault(source, blank.start(), "1000 blanks behind each other, or more");
        }
        int depth = 0;
        Matcher tag = TAG.matcher(source);
        while (tag.find()) {
            depth += tag.group(1) == null ? 1 : -1;
            if (depth > DEEPEST) {
                throw fault(source, tag.start(), "more than " + DEEPEST + " tags within each other");
            }
        }
        int at = begin(source, 0);
        while (at >= 0) {
            int end = source.indexOf(source.charAt(at + 1) == '{' ? "}}" : "%}", at + 2);
            if ((end < 0 ? source.length() : end) - at > LONGEST_TAG) {
                throw fault(source, at, "longer than " + LONGEST_TAG + " characters, or without an end");
            }
            at = end < 0 ? -1 : begin(source, end + 2);
        }
    }

    private static int begin(String source, int from) {
        int value = source.indexOf("{{", from);
        int tag = source.indexOf("{%", from);
        return value < 0 ? tag : tag < 0 ? value : Math.min(value, tag);
    }

    private static void checkCharacters(String source, Place place) throws TemplateFault {
        for (int i = 0; i < source.length(); i++) {
            char c = source.charAt(i);
            boolean breaks = c == '\n' || c == '\r' || c == '\t';
            if (Character.isISOControl(c) && (!breaks || place == Place.LINE || place == Place.URL)) {
                throw fault(source, i, breaks ? "has to be one line" : "control characters are not allowed");
            }
        }
    }

    private static final Pattern DIGITS = Pattern.compile("\\d{19,}");

    private static Template parse(TemplateParser parser, String source) throws TemplateFault {
        try {
            return parser.parse(source);
        } catch (LiquidException failed) {
            int column = failed.charPositionInLine + 1;
            throw new TemplateFault(
                    failed.line, column, Syntax.sentence(firstLine(failed), source, failed.line, column));
        } catch (RuntimeException failed) {
            throw new TemplateFault(1, 1, firstLine(failed));
        }
    }

    private static String firstLine(RuntimeException failure) {
        String message = String.valueOf(failure.getMessage()).strip();
        return message.lines().filter(line -> !line.isBlank()).findFirst().orElse("not valid Liquid");
    }

    private static TemplateFault fault(String source, int index, String message) {
        return fault(TemplateFault.Code.WRONG_TEMPLATE, source, index, message);
    }

    private static TemplateFault fault(TemplateFault.Code code, String source, int index, String message) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < Math.min(index, source.length()); i++) {
            if (source.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new TemplateFault(code, line, index - lineStart + 1, message);
    }

    /** The names of the subscriber's traits that it uses. */
    Set<String> traits() {
        return traits;
    }

    /** Whether it always outputs {@code links.unsubscribe}. */
    boolean unsubscribes() {
        return unsubscribes;
    }

    /**
     * @throws RuntimeException when these values exceed a bound of the sandbox
     */
    String render(Map<String, ? extends @Nullable Object> variables) {
        if (pieces.size() == 1 && pieces.getFirst() instanceof Literal literal) {
            return literal.text();
        }
        StringBuilder text = new StringBuilder(literalLength);
        Sink sink = new Sink() {
            @Override
            public void literal(Literal literal) {
                text.append(literal.text());
            }

            @Override
            public void value(String value) {
                text.append(value);
            }
        };
        new Rendering(variables, sink).render(pieces);
        return text.toString();
    }

    /** As {@link #render}, within the quotes of a JSON string. */
    void renderJson(Map<String, ? extends @Nullable Object> variables, JsonBytes out) {
        Sink sink = new Sink() {
            @Override
            public void literal(Literal literal) {
                out.raw(literal.json());
            }

            @Override
            public void value(String value) {
                out.text(value);
            }
        };
        new Rendering(variables, sink).render(pieces);
    }

    /** Where a rendering goes. */
    private interface Sink {
        void literal(Literal literal);

        void value(String value);
    }

    /** One rendering; the library's context is made when it is needed first. */
    private final class Rendering {
        private final Map<String, ? extends @Nullable Object> variables;
        private final Sink sink;
        private @Nullable TemplateContext context;
        private int length;

        Rendering(Map<String, ? extends @Nullable Object> variables, Sink sink) {
            this.variables = variables;
            this.sink = sink;
        }

        void render(List<Piece> all) {
            for (int i = 0; i < all.size(); i++) {
                switch (all.get(i)) {
                    case Literal literal -> {
                        count(literal.text());
                        sink.literal(literal);
                    }
                    case Plain plain -> {
                        String value = plain.placeholder().plain(variables);
                        value(value == null ? rendered(plain.block(), context()) : value);
                    }
                    case Chosen chosen -> choose(chosen);
                    case Other other -> value(rendered(other.block(), context()));
                }
            }
        }

        private void choose(Chosen chosen) {
            for (Chosen.Way way : chosen.ways()) {
                Boolean holds = way.condition().holds(variables);
                if (holds == null) {
                    value(rendered(chosen.whole(), context()));
                    return;
                }
                if (holds) {
                    render(way.pieces());
                    return;
                }
            }
        }

        private void value(String value) {
            count(value);
            sink.value(value);
        }

        private void count(String text) {
            length += text.length();
            if (length > Sandbox.MAX_RENDERED) {
                throw new IllegalStateException("rendered " + length + " characters");
            }
        }

        private TemplateContext context() {
            TemplateContext present = context;
            if (present == null) {
                Map<String, Object> own = new HashMap<>();
                variables.forEach((name, value) -> {
                    if (value != null) {
                        own.put(name, value);
                    }
                });
                present = new TemplateContext(parser, own);
                context = present;
            }
            return present;
        }
    }

    /** What programming languages know of a value beyond what it says: no trait has it, and who asks for it tries for more. */
    private static final Set<String> OF_OBJECTS =
            Set.of("class", "getClass", "classLoader", "constructor", "prototype", "__proto__", "__class__");

    /** One pass over the parse tree, in the order of the source. */
    private static final class Walk {
        private final String source;
        private final Place place;
        private final boolean basic;
        private final Set<String> traits = new TreeSet<>();
        private final Set<String> locals = new HashSet<>(Set.of("forloop"));
        private final StringBuilder out = new StringBuilder();
        private HtmlPosition position = new HtmlPosition();
        private final StringBuilder url = new StringBuilder();
        private int copied;
        private int depth;
        private boolean unsubscribes;

        Walk(String source, Place place) {
            this.source = source;
            this.place = place;
            // The lexer counts code points.
            this.basic = source.codePointCount(0, source.length()) == source.length();
        }

        private int index(int codePoints) {
            return basic ? codePoints : source.offsetByCodePoints(0, codePoints);
        }

        private int start(ParseTree tree) {
            ParseTree first = tree;
            while (!(first instanceof TerminalNode) && first.getChildCount() > 0) {
                first = first.getChild(0);
            }
            return first instanceof TerminalNode token
                    ? index(Math.max(0, token.getSymbol().getStartIndex()))
                    : first instanceof ParserRuleContext rule && rule.getStart() != null
                            ? index(Math.max(0, rule.getStart().getStartIndex()))
                            : 0;
        }

        String escaping() {
            return out.append(source, copied, source.length()).toString();
        }

        void end() throws TemplateFault {
            if (place == Place.HTML && !position.atContent()) {
                throw fault(source, source.length(), "the HTML ends inside a tag, comment or <script>");
            }
        }

        void walk(ParseTree tree) throws TemplateFault {
            if (tree instanceof TerminalNode) {
                return;
            }
            if (!ALLOWED.contains(tree.getClass())) {
                throw fault(
                        source,
                        start(tree),
                        "not allowed: only if, unless, case, for, assign, comment and raw, and plain placeholders");
            }
            switch (tree) {
                case LiquidParser.OtherContext literal -> literal(literal.getText(), start(literal));
                case LiquidParser.Raw_bodyContext literal -> literal(literal.getText(), start(literal));
                case LiquidParser.Comment_tagContext comment -> {}
                case LiquidParser.OutputContext output -> output(output);
                case LiquidParser.AssignmentContext assignment -> {
                    walkChildren(assignment);
                    declare(assignment.id());
                }
                case LiquidParser.For_arrayContext loop -> {
                    declare(loop.id());
                    branch(loop);
                }
                case LiquidParser.For_rangeContext loop -> {
                    declare(loop.id());
                    branch(loop);
                }
                case LiquidParser.If_tagContext branching -> branch(branching);
                case LiquidParser.Unless_tagContext branching -> branch(branching);
                case LiquidParser.Case_tagContext branching -> branch(branching);
                case LiquidParser.FilterContext filter -> {
                    String name = filter.Id().getText();
                    if (!Sandbox.FILTERS.contains(name)) {
                        throw fault(
                                source,
                                start(filter.Id()),
                                "unknown filter " + name + "; escaping is automatic, and these are known: "
                                        + String.join(", ", new TreeSet<>(Sandbox.FILTERS)));
                    }
                    walkChildren(filter);
                }
                case LiquidParser.Lookup_id_indexesContext lookup -> lookup(lookup);
                default -> walkChildren(tree);
            }
        }

        private void walkChildren(ParseTree tree) throws TemplateFault {
            for (int i = 0; i < tree.getChildCount(); i++) {
                walk(tree.getChild(i));
            }
        }

        /** Every branch has to end where it began, so that what follows is escaped right whichever was taken. */
        private void branch(ParseTree tree) throws TemplateFault {
            HtmlPosition before = position.copy();
            depth++;
            branches(tree, before);
            depth--;
            position = before;
        }

        private void branches(ParseTree tree, HtmlPosition before) throws TemplateFault {
            for (int i = 0; i < tree.getChildCount(); i++) {
                ParseTree child = tree.getChild(i);
                switch (child) {
                    case LiquidParser.BlockContext block -> inBranch(block, before);
                    case LiquidParser.For_blockContext block -> inBranch(block, before);
                    case LiquidParser.Else_tagContext part -> branches(part, before);
                    case LiquidParser.Elsif_tagContext part -> branches(part, before);
                    case LiquidParser.When_tagContext part -> branches(part, before);
                    default -> walk(child);
                }
            }
        }

        private void inBranch(ParseTree block, HtmlPosition before) throws TemplateFault {
            position = before.copy();
            walkChildren(block);
            if (place == Place.HTML && !position.sameAs(before)) {
                throw fault(
                        source,
                        start(block),
                        "a tag or attribute that begins in a branch has to end in it, and the other way round");
            }
        }

        private void declare(LiquidParser.IdContext id) throws TemplateFault {
            String name = id.getText();
            if (name.equals("subscriber") || NAMES.containsKey(name) || name.startsWith(Escape.RESERVED)) {
                throw fault(source, start(id), "the name " + name + " is taken");
            }
            locals.add(name);
        }

        private void lookup(LiquidParser.Lookup_id_indexesContext lookup) throws TemplateFault {
            String root = lookup.id().getText();
            List<LiquidParser.IndexContext> steps = lookup.index();
            for (LiquidParser.IndexContext step : steps) {
                walkChildren(step);
            }
            if (locals.contains(root)) {
                return;
            }
            String name = steps.isEmpty() ? null : name(steps.getFirst());
            boolean reflects =
                    steps.stream().map(Walk::name).anyMatch(step -> step != null && OF_OBJECTS.contains(step));
            if (root.equals("subscriber") && name != null && !reflects) {
                traits.add(name);
                return;
            }
            Set<String> known = NAMES.get(root);
            boolean allowed = known != null
                    && name != null
                    && steps.size() == 1
                    && known.contains(name)
                    && (!root.equals("links") || place != Place.URL)
                    && (!root.equals("content") || place == Place.HTML || place == Place.TEXT);
            if (!allowed) {
                throw fault(
                        TemplateFault.Code.UNKNOWN_PLACEHOLDER,
                        source,
                        start(lookup),
                        "unknown placeholder %s; allowed: subscriber.<trait>, campaign.id, campaign.name, campaign.language%s%s"
                                .formatted(
                                        lookup.getText(),
                                        place == Place.URL ? "" : ", links.cta, links.unsubscribe",
                                        place == Place.HTML || place == Place.TEXT
                                                ? ", content.preheader, content.cta, content.ps"
                                                : ""));
            }
        }

        private static @Nullable String name(LiquidParser.IndexContext step) {
            if (step.id2() != null) {
                return step.id2().getText();
            }
            String text = step.expr() == null ? "" : step.expr().getText();
            boolean quoted = text.length() > 2
                    && (text.charAt(0) == '\'' || text.charAt(0) == '"')
                    && text.indexOf(text.charAt(0), 1) == text.length() - 1;
            return quoted ? text.substring(1, text.length() - 1) : null;
        }

        void literal(String text, int at) throws TemplateFault {
            switch (place) {
                case HTML -> {
                    for (int i = 0; i < text.length(); i++) {
                        try {
                            position.read(text.charAt(i));
                        } catch (HtmlPosition.Refused refused) {
                            throw fault(source, at + i, String.valueOf(refused.getMessage()));
                        }
                    }
                }
                case URL -> url.append(text);
                case TEXT, LINE -> {}
            }
        }

        private void output(LiquidParser.OutputContext output) throws TemplateFault {
            int at = start(output);
            walkChildren(output);
            Escape escape = switch (place) {
                case HTML -> {
                    try {
                        yield position.output();
                    } catch (HtmlPosition.Refused refused) {
                        throw fault(source, at, String.valueOf(refused.getMessage()));
                    }
                }
                case TEXT, LINE -> Escape.LINE;
                case URL -> {
                    if (!url.toString().matches("(?i)https?://[^/?#]+[/?#].*")) {
                        throw fault(source, at, "a placeholder has to come after the host and a slash");
                    }
                    yield Escape.URL_PART;
                }
            };
            LiquidParser.TermContext term = output.term();
            String expression = term == null ? "" : term.getText();
            if (depth == 0
                    && expression.equals("links.unsubscribe")
                    && output.filter().isEmpty()) {
                unsubscribes = true;
            }
            TerminalNode end = output.OutEnd();
            int endAt = index(end.getSymbol().getStartIndex());
            out.append(source, copied, endAt)
                    .append(" | ")
                    .append(escape.filterName())
                    .append(' ');
            copied = endAt;
        }
    }
}
