package winback.content.templates;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import liqp.TemplateContext;
import liqp.TemplateParser;
import liqp.filters.Filter;
import liqp.nodes.LNode;
import liqp.org.antlr.v4.runtime.tree.ParseTree;
import liqp.parser.v4.NodeVisitor;
import liquid.parser.v4.LiquidParser;
import org.jspecify.annotations.Nullable;

/**
 * Builds the library's tree with {@link Placeholder}s and {@link Choice}s where outputs and conditions are such, and
 * {@link Comparison}s in place of its own.
 */
final class PlaceholderVisitor extends NodeVisitor {

    private static final Set<String> ROOTS = Set.of("subscriber", "campaign", "links", "content");

    /** Of a text that is not blank they make one that is not. */
    private static final Set<String> CHANGES = Set.of("downcase", "upcase", "capitalize", "strip", "lstrip", "rstrip");

    private static final Pattern PATH = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*\\.[A-Za-z_][A-Za-z0-9_]*");

    private final TemplateParser parser;
    private final TemplateContext nothing;

    PlaceholderVisitor(TemplateParser parser) {
        super(parser.insertions, parser.filters, parser.liquidStyleInclude);
        this.parser = parser;
        this.nothing = new TemplateContext(parser, new HashMap<>());
    }

    @Override
    public LNode visitOutput(LiquidParser.OutputContext output) {
        LNode whole = super.visitOutput(output);
        List<LiquidParser.FilterContext> filters = output.filter();
        Escape escape = filters.isEmpty() ? null : escape(filters.getLast());
        Condition.Path path = path(output.term());
        if (escape == null || path == null) {
            return whole;
        }
        List<Filter> changes = new ArrayList<>();
        for (LiquidParser.FilterContext filter : filters.subList(0, filters.size() - 1)) {
            String name = filter.Id().getText();
            if (CHANGES.contains(name) && filter.params() == null) {
                changes.add(parser.filters.get(name));
            } else if (!name.equals("default")) {
                return whole;
            }
        }
        return new Placeholder(path.root(), path.name(), List.copyOf(changes), nothing, escape, whole);
    }

    @Override
    public LNode visitExpr_rel(LiquidParser.Expr_relContext comparison) {
        return new Comparison(
                Comparison.Sign.of(comparison.op.getText()), visit(comparison.lhs), visit(comparison.rhs));
    }

    private static @Nullable Escape escape(LiquidParser.FilterContext last) {
        for (Escape escape : Escape.values()) {
            if (escape.filterName().equals(last.Id().getText())) {
                return escape;
            }
        }
        return null;
    }

    private static Condition.@Nullable Path path(@Nullable ParseTree term) {
        if (term == null || !PATH.matcher(term.getText()).matches()) {
            return null;
        }
        String[] steps = term.getText().split("\\.", -1);
        boolean isName = !Set.of("size", "first", "last").contains(steps[1]);
        return isName && ROOTS.contains(steps[0]) ? new Condition.Path(steps[0], steps[1]) : null;
    }

    @Override
    public LNode visitIf_tag(LiquidParser.If_tagContext tag) {
        LNode whole = super.visitIf_tag(tag);
        List<Choice.Way> ways = new ArrayList<>();
        boolean plain = add(condition(tag.expr()), tag.block(), ways);
        for (LiquidParser.Elsif_tagContext other : tag.elsif_tag()) {
            plain = plain && add(condition(other.expr()), other.block(), ways);
        }
        return plain ? choice(ways, tag.else_tag(), whole) : whole;
    }

    @Override
    public LNode visitCase_tag(LiquidParser.Case_tagContext tag) {
        LNode whole = super.visitCase_tag(tag);
        Condition.Path path = path(tag.expr());
        List<Choice.Way> ways = new ArrayList<>();
        for (LiquidParser.When_tagContext when : tag.when_tag()) {
            Condition any = null;
            for (LiquidParser.TermContext term : when.term()) {
                Condition one = equal(path, term);
                if (one == null) {
                    return whole;
                }
                any = any == null ? one : new Condition.Either(any, one);
            }
            if (!add(any, when.block(), ways)) {
                return whole;
            }
        }
        return choice(ways, tag.else_tag(), whole);
    }

    private boolean add(@Nullable Condition condition, LiquidParser.BlockContext block, List<Choice.Way> ways) {
        if (condition != null) {
            ways.add(new Choice.Way(condition, visitBlock(block)));
        }
        return condition != null;
    }

    private LNode choice(List<Choice.Way> ways, LiquidParser.@Nullable Else_tagContext otherwise, LNode whole) {
        if (otherwise != null) {
            ways.add(new Choice.Way(new Condition.Otherwise(), visitBlock(otherwise.block())));
        }
        return new Choice(List.copyOf(ways), whole);
    }

    private static @Nullable Condition condition(LiquidParser.ExprContext expression) {
        return switch (expression) {
            case LiquidParser.Expr_termContext single -> {
                Condition.Path path = path(single.term());
                yield path == null ? null : new Condition.Present(path);
            }
            case LiquidParser.Expr_eqContext comparison -> {
                Condition equal = equal(path(comparison.lhs), comparison.rhs);
                yield equal == null || comparison.Eq() != null ? equal : new Condition.Not(equal);
            }
            case LiquidParser.Expr_logicContext two -> {
                Condition first = condition(two.lhs);
                Condition second = condition(two.rhs);
                yield first == null || second == null
                        ? null
                        : two.Or() == null ? new Condition.Both(first, second) : new Condition.Either(first, second);
            }
            default -> null;
        };
    }

    /** @param text a string between quotes, else there is no condition */
    private static @Nullable Condition equal(Condition.@Nullable Path path, ParseTree text) {
        ParseTree term = text instanceof LiquidParser.Expr_termContext single ? single.term() : text;
        if (path == null || !(term instanceof LiquidParser.Term_StrContext)) {
            return null;
        }
        String quoted = term.getText();
        return new Condition.Equal(path, quoted.substring(1, quoted.length() - 1));
    }
}
