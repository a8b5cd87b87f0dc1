package winback.content.templates;

import java.util.List;
import java.util.Set;
import liqp.TemplateParser;
import liqp.nodes.LNode;
import liqp.parser.v4.NodeVisitor;
import liquid.parser.v4.LiquidParser;
import org.jspecify.annotations.Nullable;

/** Builds the library's tree with {@link Placeholder}s where outputs are such. */
final class PlaceholderVisitor extends NodeVisitor {

    private static final Set<String> ROOTS = Set.of("subscriber", "campaign", "links", "content");

    PlaceholderVisitor(TemplateParser parser) {
        super(parser.insertions, parser.filters, parser.liquidStyleInclude);
    }

    @Override
    public LNode visitOutput(LiquidParser.OutputContext output) {
        LNode whole = super.visitOutput(output);
        List<LiquidParser.FilterContext> filters = output.filter();
        Escape escape = filters.isEmpty() ? null : escape(filters.getLast());
        boolean keeps = filters.size() == 1
                || filters.size() == 2 && filters.getFirst().Id().getText().equals("default");
        String[] path =
                output.term() == null ? new String[0] : output.term().getText().split("\\.", -1);
        return escape != null && keeps && path.length == 2 && ROOTS.contains(path[0]) && isName(path[1])
                ? new Placeholder(path[0], path[1], escape, whole)
                : whole;
    }

    private static @Nullable Escape escape(LiquidParser.FilterContext last) {
        for (Escape escape : Escape.values()) {
            if (escape.filterName().equals(last.Id().getText())) {
                return escape;
            }
        }
        return null;
    }

    private static boolean isName(String step) {
        return step.matches("[A-Za-z_][A-Za-z0-9_]*")
                && !Set.of("size", "first", "last").contains(step);
    }
}
