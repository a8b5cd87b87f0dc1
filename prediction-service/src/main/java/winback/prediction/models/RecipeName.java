package winback.prediction.models;

import java.util.Arrays;
import java.util.Optional;

/** The ways in which a model can be made. */
public enum RecipeName {
    /** The product's own, calibrated one. */
    ENSEMBLE("ensemble"),
    /** The one that the mission names, with its fixed weights. */
    MISSION("mission");

    private final String wireName;

    RecipeName(String wireName) {
        this.wireName = wireName;
    }

    /** Such as {@code mission}: in requests, parameters and artefacts. Those of before there were two say nothing. */
    public String wireName() {
        return wireName;
    }

    public static Optional<RecipeName> ofWireName(String wireName) {
        return Arrays.stream(values())
                .filter(name -> name.wireName.equals(wireName))
                .findFirst();
    }
}
