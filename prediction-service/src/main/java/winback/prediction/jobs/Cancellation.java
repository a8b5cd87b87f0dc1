package winback.prediction.jobs;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import winback.chassis.problems.Problem;

/** Ends open jobs on request. */
@Component
public class Cancellation {

    private static final Logger log = LoggerFactory.getLogger(Cancellation.class);

    private final Jobs jobs;
    private final JobRunner runner;

    Cancellation(Jobs jobs, JobRunner runner) {
        this.jobs = jobs;
        this.runner = runner;
    }

    /**
     * Ends an open job at once, in whichever state it is. If it is being carried out here it stops at its next step;
     * another instance sees within a second that it has ended. One that is cancelled already stays so.
     *
     * @throws Problem 404 when there is none of this kind and id, 409 {@code job-ended} when it is done or has failed
     */
    public Job cancel(String kind, String id) {
        boolean open = jobs.cancel(kind, id);
        if (open) {
            runner.stop(id);
            log.info("job {} cancelled", id);
        }
        Job job = jobs.find(kind, id)
                .orElseThrow(() -> Problem.notFound("unknown-" + kind, "There is no " + kind + " of this id."));
        if (job.state() != Job.State.CANCELLED) {
            // Also while the version that it made is being noted.
            throw Problem.conflict(
                    "job-ended",
                    "It has ended already and cannot be cancelled: "
                            + job.state().wireName() + ".");
        }
        return job;
    }
}
