package winback.prediction.rollout;

import java.util.Optional;
import winback.prediction.models.ModelName;

/** Something that speaks against a canary becoming the live version by itself, such as an open alert. */
public interface Objection {

    /** Why not, in a sentence; empty when nothing is known against it. */
    Optional<String> against(ModelName name, String version);
}
