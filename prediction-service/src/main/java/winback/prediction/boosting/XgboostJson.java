package winback.prediction.boosting;

import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * The trees in XGBoost's JSON model format (its documentation: "Introduction to Model IO"), which writes each float in
 * the fewest digits that read back as the same float. Takes models of plain trees with one output.
 */
final class XgboostJson {

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            // A split of known from missing values may be at an infinity.
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private record Document(Learner learner) {}

    private record Learner(Booster gradientBooster) {}

    private record Booster(String name, Model model) {}

    private record Model(List<Written> trees) {}

    private record Parameters(int sizeLeafVector) {}

    @SuppressWarnings("ArrayRecordComponent") // numeric vectors by design; compared nowhere
    private record Written(
            Parameters treeParam,
            int[] leftChildren,
            int[] rightChildren,
            int[] splitIndices,
            int[] splitType,
            float[] splitConditions,
            int[] defaultLeft,
            float[] sumHessian) {

        Tree toTree() {
            if (IntStream.of(splitType).anyMatch(type -> type != 0)) {
                throw new IllegalArgumentException("Splits by category are not known here");
            }
            if (treeParam.sizeLeafVector() > 1) {
                throw new IllegalArgumentException("Leaves of several values are not known here");
            }
            boolean[] missingGoesLeft = new boolean[defaultLeft.length];
            for (int node = 0; node < missingGoesLeft.length; node++) {
                missingGoesLeft[node] = defaultLeft[node] != 0;
            }
            return new Tree(leftChildren, rightChildren, splitIndices, splitConditions, missingGoesLeft, sumHessian);
        }
    }

    private XgboostJson() {}

    static List<Tree> trees(byte[] json) {
        Booster booster = JSON.readValue(json, Document.class).learner().gradientBooster();
        if (!booster.name().equals("gbtree")) {
            throw new IllegalArgumentException("Expected XGBoost's gbtree, actual " + booster.name());
        }
        return booster.model().trees().stream().map(Written::toTree).toList();
    }
}
