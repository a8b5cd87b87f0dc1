package winback.chassis.http;

import io.swagger.v3.core.jackson.TypeNameResolver;

/**
 * Names of schemas in {@code /v3/api-docs}. A nested type has that of its outer type in it, as there is a {@code Request} in
 * many a controller: {@code PersonalizationController.Request} is {@code PersonalizationRequest}. What begins so already, such
 * as {@code RunController.RunView}, keeps its name.
 */
final class SchemaNames extends TypeNameResolver {

    private static final String CONTROLLER = "Controller";

    @Override
    protected String getNameOfClass(Class<?> type) {
        Class<?> outer = type.getDeclaringClass();
        if (outer == null) {
            return super.getNameOfClass(type);
        }
        String name = getNameOfClass(outer);
        String prefix = name.endsWith(CONTROLLER) ? name.substring(0, name.length() - CONTROLLER.length()) : name;
        String own = type.getSimpleName();
        return own.startsWith(prefix) ? own : prefix + own;
    }
}
