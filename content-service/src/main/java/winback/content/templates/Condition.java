package winback.content.templates;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A condition that is decided without the library, as long as the values in it are texts or absent. */
sealed interface Condition {

    /** Null when the library has to be asked. */
    @Nullable
    Boolean holds(Map<String, ? extends @Nullable Object> variables);

    /** Two steps, such as {@code subscriber.city}. */
    record Path(String root, String name) {
        private @Nullable Object value(Map<String, ? extends @Nullable Object> variables) {
            return variables.get(root) instanceof Map<?, ?> map ? map.get(name) : null;
        }
    }

    /** Any text is true, an empty one as well. */
    record Present(Path path) implements Condition {
        @Override
        public @Nullable Boolean holds(Map<String, ? extends @Nullable Object> variables) {
            Object value = path.value(variables);
            return value == null ? Boolean.FALSE : value instanceof String ? Boolean.TRUE : null;
        }
    }

    record Equal(Path path, String text) implements Condition {
        @Override
        public @Nullable Boolean holds(Map<String, ? extends @Nullable Object> variables) {
            Object value = path.value(variables);
            return value == null ? Boolean.FALSE : value instanceof String ? Boolean.valueOf(value.equals(text)) : null;
        }
    }

    record Not(Condition condition) implements Condition {
        @Override
        public @Nullable Boolean holds(Map<String, ? extends @Nullable Object> variables) {
            Boolean holds = condition.holds(variables);
            return holds == null ? null : Boolean.valueOf(!holds);
        }
    }

    record Both(Condition first, Condition second) implements Condition {
        @Override
        public @Nullable Boolean holds(Map<String, ? extends @Nullable Object> variables) {
            Boolean one = first.holds(variables);
            Boolean other = second.holds(variables);
            return (one == null || other == null) ? null : Boolean.valueOf(one && other);
        }
    }

    record Either(Condition first, Condition second) implements Condition {
        @Override
        public @Nullable Boolean holds(Map<String, ? extends @Nullable Object> variables) {
            Boolean one = first.holds(variables);
            Boolean other = second.holds(variables);
            return (one == null || other == null) ? null : Boolean.valueOf(one || other);
        }
    }

    /** Of what is left when nothing before it held. */
    record Otherwise() implements Condition {
        @Override
        public Boolean holds(Map<String, ? extends @Nullable Object> variables) {
            return Boolean.TRUE;
        }
    }
}
