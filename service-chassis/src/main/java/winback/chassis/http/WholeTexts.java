package winback.chassis.http;

import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.deser.jackson.JsonNodeDeserializer;
import tools.jackson.databind.deser.jdk.StringDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Texts in requests, also in trees, are refused when they have half of a surrogate pair; the parser itself refuses such names. */
final class WholeTexts extends SimpleModule {

    private static final long serialVersionUID = 1;

    WholeTexts() {
        super("whole-texts");
        addDeserializer(String.class, new Text());
        addDeserializer(JsonNode.class, new Tree());
    }

    private static String whole(String text, JsonParser from) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw new HalfOfPair(from);
                }
                i++;
            }
        }
        return text;
    }

    private static final class Text extends StringDeserializer {
        @Override
        public String deserialize(JsonParser from, DeserializationContext context) {
            String text = super.deserialize(from, context);
            return text == null ? text : whole(text, from); // a number is null where it may not be a text
        }
    }

    private static final class Tree extends JsonNodeDeserializer {
        @Override
        public JsonNode deserialize(JsonParser from, DeserializationContext context) {
            JsonNode tree = super.deserialize(from, context);
            check(tree, from);
            return tree;
        }

        @Override
        protected void _handleDuplicateProperty(
                JsonParser from,
                DeserializationContext context,
                JsonNodeFactory nodes,
                String name,
                ObjectNode object,
                JsonNode before,
                JsonNode now) {
            if (context.isEnabled(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)) {
                throw new GivenTwice(from); // the library's own exception has no place
            }
            super._handleDuplicateProperty(from, context, nodes, name, object, before, now);
        }

        private static void check(JsonNode tree, JsonParser from) {
            if (tree.isString()) {
                whole(tree.stringValue(), from);
            } else if (tree.isObject()) {
                for (Map.Entry<String, JsonNode> property : tree.properties()) {
                    try {
                        check(property.getValue(), from);
                    } catch (DatabindException half) {
                        throw half.prependPath(tree, property.getKey());
                    }
                }
            } else {
                for (int i = 0; i < tree.size(); i++) {
                    try {
                        check(tree.get(i), from);
                    } catch (DatabindException half) {
                        throw half.prependPath(tree, i);
                    }
                }
            }
        }
    }
}
