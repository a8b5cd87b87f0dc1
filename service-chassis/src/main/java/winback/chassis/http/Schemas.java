package winback.chassis.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Schemas of records in {@code /v3/api-docs}: what is never null is required. */
final class Schemas extends ModelResolver {

    private static final String OURS = "winback.";

    Schemas(ObjectMapper json) {
        super(json, new SchemaNames());
    }

    @Override
    public @Nullable Schema<?> resolve(
            AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> others) {
        Schema<?> schema = super.resolve(type, context, others);
        Class<?> raw = type.getType() == null
                ? Object.class
                : _mapper.constructType(type.getType()).getRawClass();
        if (schema != null && raw.isRecord() && raw.getName().startsWith(OURS)) {
            String ref = schema.get$ref();
            Schema<?> model =
                    ref == null ? schema : context.getDefinedModels().get(ref.substring(ref.lastIndexOf('/') + 1));
            if (model != null && model.getProperties() != null) {
                require(model, raw);
            }
        }
        return schema;
    }

    private static void require(Schema<?> model, Class<?> type) {
        for (RecordComponent component : type.getRecordComponents()) {
            String name = component.getName();
            List<String> known = model.getRequired() == null ? List.of() : model.getRequired();
            boolean always = !component.getAnnotatedType().isAnnotationPresent(Nullable.class)
                    && !component.getAccessor().isAnnotationPresent(JsonInclude.class);
            if (always && model.getProperties().containsKey(name) && !known.contains(name)) {
                model.addRequiredItem(name);
            }
        }
    }
}
