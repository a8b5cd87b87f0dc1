package winback.content.templates;

import java.util.List;
import liqp.TemplateContext;
import liqp.nodes.BlockNode;
import liqp.nodes.LNode;
import org.jspecify.annotations.Nullable;

/**
 * An {@code if} or a {@code case} whose conditions are plain: the first block whose condition holds, nothing when none does.
 *
 * @param whole the library's node
 */
record Choice(List<Way> ways, LNode whole) implements LNode {

    record Way(Condition condition, BlockNode block) {}

    @Override
    public @Nullable Object render(TemplateContext context) {
        return whole.render(context);
    }
}
