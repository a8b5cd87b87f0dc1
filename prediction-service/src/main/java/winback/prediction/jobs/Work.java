package winback.prediction.jobs;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import winback.prediction.datasets.Wanted;
import winback.prediction.models.Sample;

/** What a kind of job does with its data. Is done again from the start when a stop of the service interrupted it. */
public interface Work {

    /** The {@link Job#kind()} that this carries out. */
    String kind();

    /**
     * What else is needed, now that these are there: a job may learn from its first data sets which others to ask for.
     * Those that are there already are not asked for again.
     */
    default List<Wanted> more(Job job, Map<String, Sample> samples) {
        return List.of();
    }

    /**
     * Says how far it is by {@link winback.prediction.progress.Progress}, and stops where that says so.
     *
     * @param samples by the roles that were asked for
     * @throws winback.prediction.datasets.DataRefused when the data does not carry it
     */
    Outcome carryOut(Job job, Map<String, Sample> samples);

    /**
     * @param detail what came out, in a sentence
     * @param modelVersion the version made, if one was
     * @param result as it is answered
     */
    record Outcome(String detail, @Nullable String modelVersion, Map<String, Object> result) {}
}
