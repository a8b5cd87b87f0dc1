package winback.content.templates;

import java.util.List;
import java.util.Map;
import liqp.TemplateContext;
import liqp.filters.Filter;
import liqp.nodes.LNode;
import org.jspecify.annotations.Nullable;

/**
 * An output of one name of one object, such as {@code {{ subscriber.firstName | default: "you" | upcase }}}. Where the value
 * is a text it is escaped here at once; all else is left to the library, so that the result is the same.
 *
 * @param root such as {@code subscriber}; no template can declare another thing of that name
 * @param changes filters that make a text of a text and look at nothing else
 * @param context for those
 * @param whole the library's node, with all filters
 */
record Placeholder(String root, String name, List<Filter> changes, TemplateContext context, Escape escape, LNode whole)
        implements LNode {

    /** The escaped text; null when the library has to be asked. */
    @Nullable
    String plain(Map<String, ? extends @Nullable Object> variables) {
        return plain(variables.get(root));
    }

    private @Nullable String plain(@Nullable Object object) {
        if (!(object instanceof Map<?, ?> map)
                || !(map.get(name) instanceof String text)
                || text.isBlank()
                || text.length() > Sandbox.MAX_VALUE_LENGTH) {
            return null;
        }
        String changed = text;
        for (int i = 0; i < changes.size(); i++) {
            if (!(changes.get(i).apply(changed, context) instanceof String next)) {
                return null;
            }
            changed = next;
        }
        return escape.apply(changed);
    }

    @Override
    public @Nullable Object render(TemplateContext rendering) {
        String plain = plain(rendering.get(root));
        return plain == null ? whole.render(rendering) : plain;
    }
}
