package winback.content.templates;

import java.math.BigDecimal;
import liqp.LValue;
import liqp.TemplateContext;
import liqp.nodes.LNode;
import org.jspecify.annotations.Nullable;

/**
 * {@code <}, {@code <=}, {@code >} or {@code >=}. Two texts are compared as texts, numbers and texts that are numbers by what
 * they say; nothing else compares, so that what is missing is neither more nor less than anything (the library takes it
 * for 0).
 */
final class Comparison extends LValue implements LNode {

    enum Sign {
        LESS("<"),
        AT_MOST("<="),
        MORE(">"),
        AT_LEAST(">=");

        private final String written;

        Sign(String written) {
            this.written = written;
        }

        static Sign of(String written) {
            for (Sign sign : values()) {
                if (sign.written.equals(written)) {
                    return sign;
                }
            }
            throw new IllegalArgumentException("no comparison: " + written);
        }

        private boolean holds(int order) {
            return switch (this) {
                case LESS -> order < 0;
                case AT_MOST -> order <= 0;
                case MORE -> order > 0;
                case AT_LEAST -> order >= 0;
            };
        }
    }

    private final Sign sign;
    private final LNode left;
    private final LNode right;

    Comparison(Sign sign, LNode left, LNode right) {
        this.sign = sign;
        this.left = left;
        this.right = right;
    }

    @Override
    public Boolean render(TemplateContext context) {
        Object one = left.render(context);
        Object other = right.render(context);
        if (one instanceof String text && other instanceof String with) {
            return sign.holds(text.compareTo(with));
        }
        BigDecimal number = number(one);
        BigDecimal than = number == null ? null : number(other);
        return number != null && than != null && sign.holds(number.compareTo(than));
    }

    private @Nullable BigDecimal number(@Nullable Object value) {
        return value instanceof Number || value instanceof String && canBeNumber(value) ? asStrictNumber(value) : null;
    }
}
