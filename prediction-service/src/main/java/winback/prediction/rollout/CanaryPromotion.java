package winback.prediction.rollout;

import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Makes a canary the live version when its days are over and nothing speaks against it. */
@Component
public class CanaryPromotion {

    private static final Logger log = LoggerFactory.getLogger(CanaryPromotion.class);

    private final Rollouts rollouts;
    private final ObjectProvider<Objection> objections;
    private final Clock clock;
    private final Set<String> heldLogged = ConcurrentHashMap.newKeySet();

    CanaryPromotion(Rollouts rollouts, ObjectProvider<Objection> objections, Clock clock) {
        this.rollouts = rollouts;
        this.objections = objections;
        this.clock = clock;
    }

    /** What speaks against a canary, in a sentence; empty when nothing does. */
    public Optional<String> against(Rollouts.Serving canary) {
        return objections
                .orderedStream()
                .flatMap(objection -> objection.against(canary.name(), canary.version()).stream())
                .findFirst();
    }

    @Scheduled(fixedDelay = 1, initialDelay = 1, timeUnit = TimeUnit.SECONDS)
    void promote() {
        try {
            rollouts.now().stream()
                    .filter(Rollouts.Serving::canary)
                    .filter(canary ->
                            canary.promotedAt() != null && !canary.promotedAt().isAfter(clock.instant()))
                    .forEach(this::promote);
        } catch (RuntimeException failure) {
            log.warn("canaries wait: {}", failure.toString());
        }
    }

    private void promote(Rollouts.Serving canary) {
        Optional<String> objection = against(canary);
        if (objection.isEmpty()) {
            rollouts.promote(
                    canary.name(),
                    canary.version(),
                    "It was canary since " + canary.from() + ", and nothing was found against it.");
        } else if (heldLogged.add(canary.version())) {
            log.warn("canary {} stays a canary: {}", canary.version(), objection.get());
        }
    }
}
