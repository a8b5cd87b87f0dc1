package winback.chassis.http;

import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;
import winback.chassis.problems.Problem;

/** Says in {@code /v3/api-docs} of each operation that it may answer with a problem, and what that looks like. */
final class Described implements OpenApiCustomizer {

    /**
     * A problem as callers read it (RFC 9457).
     *
     * @param errors of a request that is not valid
     */
    @io.swagger.v3.oas.annotations.media.Schema(name = "Problem")
    record Told(
            @io.swagger.v3.oas.annotations.media.Schema(example = "urn:winback:problem:invalid-request")
            String type,

            String title,
            int status,
            String detail,

            @io.swagger.v3.oas.annotations.media.Schema(description = "stable, for programs")
            String code,

            @Nullable String instance,
            @Nullable List<Problem.Fault> errors) {}

    private final boolean openapi31;

    Described(boolean openapi31) {
        this.openapi31 = openapi31;
    }

    @Override
    public void customise(OpenAPI api) {
        ModelConverters.getInstance(openapi31)
                .readAll(Told.class)
                .forEach((name, schema) -> api.getComponents().addSchemas(name, schema));
        if (api.getPaths() == null) {
            return;
        }
        for (PathItem path : api.getPaths().values()) {
            for (Operation operation : path.readOperations()) {
                if (operation.getResponses().getDefault() == null) {
                    operation.getResponses().setDefault(problem());
                }
            }
        }
    }

    private static ApiResponse problem() {
        MediaType type = new MediaType().schema(new Schema<>().$ref("#/components/schemas/Problem"));
        return new ApiResponse()
                .description("What is wrong, for people and for programs")
                .content(new Content()
                        .addMediaType(org.springframework.http.MediaType.APPLICATION_PROBLEM_JSON_VALUE, type));
    }
}
