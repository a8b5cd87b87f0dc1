package winback.content.templates;

import java.util.Map;
import liqp.TemplateContext;
import liqp.nodes.LNode;
import org.jspecify.annotations.Nullable;

/**
 * An output of one name of one object, such as {@code {{ subscriber.firstName | default: "you" }}}. Where the value is a
 * text that no filter changes it is escaped here at once; all else is left to the library, so that the result is the same.
 *
 * @param root such as {@code subscriber}; no template can declare another thing of that name
 * @param whole the library's node, with all filters
 */
record Placeholder(String root, String name, Escape escape, LNode whole) implements LNode {

    /** The escaped text; null when the library has to be asked. */
    @Nullable
    String plain(Map<String, ? extends @Nullable Object> variables) {
        return plain(variables.get(root));
    }

    private @Nullable String plain(@Nullable Object object) {
        return object instanceof Map<?, ?> map
                        && map.get(name) instanceof String text
                        && !text.isBlank()
                        && text.length() <= Sandbox.MAX_VALUE_LENGTH
                ? escape.apply(text)
                : null;
    }

    @Override
    public @Nullable Object render(TemplateContext context) {
        String plain = plain(context.get(root));
        return plain == null ? whole.render(context) : plain;
    }
}
