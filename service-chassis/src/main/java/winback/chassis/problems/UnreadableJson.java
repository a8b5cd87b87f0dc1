package winback.chassis.problems;

import java.time.temporal.Temporal;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import winback.chassis.http.GivenTwice;
import winback.chassis.http.HalfOfPair;

/** Says of JSON that could not be read what is wrong with it, and where, in the terms of who sent it. */
final class UnreadableJson {

    private UnreadableJson() {}

    static Problem problem(JacksonException failure) {
        String path = path(failure);
        String at = failure.getLocation() == null || failure.getLocation().getLineNr() < 1
                ? "" // of what was read before, no place is kept
                : " (line %d, column %d)"
                        .formatted(
                                failure.getLocation().getLineNr(),
                                failure.getLocation().getColumnNr());
        if (failure instanceof GivenTwice twice) {
            return Problem.invalid(twice.place(), "duplicate", "is given twice" + at);
        }
        boolean misfit = failure instanceof DatabindException || failure instanceof InputCoercionException;
        if (misfit && !path.isEmpty()) {
            return Problem.invalid(path, "wrong-value", expected(failure) + at);
        }
        if (failure instanceof MismatchedInputException) {
            return Problem.of(HttpStatus.BAD_REQUEST, "wrong-value", "The body " + expected(failure) + at + ".");
        }
        return Problem.of(
                HttpStatus.BAD_REQUEST,
                "malformed-json",
                "Malformed JSON" + at + ": " + firstLine(failure.getOriginalMessage()));
    }

    private static String path(JacksonException failure) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference step : failure.getPath()) {
            if (step.getPropertyName() != null) {
                path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
            } else {
                path.append('[').append(step.getIndex()).append(']');
            }
        }
        return path.toString();
    }

    /** What would have been right, in the caller's terms: Jackson's own messages speak of Java classes. */
    private static String expected(JacksonException failure) {
        return switch (failure) {
            case UnrecognizedPropertyException unknown -> "is not known here";
            case HalfOfPair half -> "has half of a surrogate pair";
            case InputCoercionException large -> "must be " + jsonName(large.getTargetType()) + " of usual size";
            case MismatchedInputException mismatch ->
                mismatch.getTargetType() == null
                        ? "has the wrong type"
                        : "must be " + jsonName(mismatch.getTargetType());
            default -> "cannot be read";
        };
    }

    private static String jsonName(Class<?> type) {
        if (type.isEnum()) {
            return "one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", "));
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (List.of(int.class, long.class, Integer.class, Long.class).contains(type)) {
            return "a whole number";
        }
        if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
            return "a number";
        }
        if (type == String.class) {
            return "a string";
        }
        if (Temporal.class.isAssignableFrom(type)) {
            return "an ISO 8601 time";
        }
        return Collection.class.isAssignableFrom(type) || type.isArray() ? "a list" : "an object";
    }

    /** The first sentence, without what Jackson says of its own settings. */
    private static String firstLine(@Nullable String message) {
        String line = message == null ? "" : message.lines().findFirst().orElse("");
        line = line.replaceAll(": enable `?JsonReadFeature.*|\\s*\\(start marker at.*|\\s*(at )?\\[Source:.*", "")
                .replaceAll("\\(through reference.*|\\(class [^)]*\\)", "")
                .replaceAll("`?(java|winback|tools)\\.[\\w.$]*?(\\w+)`?", "$2");
        return line.isBlank() ? "unreadable" : line.length() > 300 ? line.substring(0, 300) : line;
    }
}
