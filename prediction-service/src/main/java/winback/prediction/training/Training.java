package winback.prediction.training;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;
import winback.prediction.datasets.DataRefused;
import winback.prediction.datasets.Wanted;
import winback.prediction.drift.References;
import winback.prediction.evaluation.BackTest;
import winback.prediction.evaluation.PermutationImportance;
import winback.prediction.gate.Gate;
import winback.prediction.jobs.Job;
import winback.prediction.jobs.Jobs;
import winback.prediction.jobs.Work;
import winback.prediction.models.Importance;
import winback.prediction.models.Model;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelVersion;
import winback.prediction.models.RecipeName;
import winback.prediction.models.Registry;
import winback.prediction.models.Sample;
import winback.prediction.progress.Progress;
import winback.prediction.recipes.Recipe;
import winback.prediction.recipes.Recipes;
import winback.prediction.rollout.Rollouts;

/**
 * Fits a model, back-tests its recipe, and decides whether it is served.
 *
 * <pre>
 *        … N−3L     N−2L     N−L      N     L label days
 *   3       |─labels─|
 *   2                |─labels─|
 *   1                         |─labels─|
 *   newest                             |     no labels
 *
 *   back-test:  fitted on windows 2, 3, …, with the features of window 1; scored by the labels of window 1
 *   live model: fitted on windows 1, 2, …, with the features of newest
 * </pre>
 *
 * <p>L is the horizon, or a third of the history where that is shorter, so that customers, labels and test each have a
 * third; the models reach beyond L by themselves. Where the history is long for L there are more windows, {@value #MOST_WINDOWS}
 * at most, the oldest after a third of the history. Of engagement L is what {@link ModelName#labelDays} says, and the history
 * that of the subscribers.
 */
@Component
class Training implements Work {

    private static final Logger log = LoggerFactory.getLogger(Training.class);

    static final String KIND = "training";

    /** With its number, counted from the newest, which is the test. */
    private static final String WINDOW = "window-";

    /** The test, and what its recipe is fitted on at least. */
    private static final Set<String> NEEDED = Set.of(WINDOW + 1, WINDOW + 2);

    private static final String NEWEST = "newest";
    static final int MOST_WINDOWS = 5;

    private final Recipes recipes;
    private final Registry registry;
    private final References references;
    private final Jobs jobs;
    private final Rollouts rollouts;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final TrainingSettings settings;
    private final JsonMapper json;

    Training(
            Recipes recipes,
            Registry registry,
            References references,
            Jobs jobs,
            Rollouts rollouts,
            TransactionTemplate transaction,
            Clock clock,
            TrainingSettings settings,
            JsonMapper json) {
        this.recipes = recipes;
        this.registry = registry;
        this.references = references;
        this.jobs = jobs;
        this.rollouts = rollouts;
        this.transaction = transaction;
        this.clock = clock;
        this.settings = settings;
        this.json = json;
    }

    /**
     * @param share of the subscribers, in (0, .5]
     * @param days until it goes live by itself, ≥ 1
     */
    record Canary(double share, int days) {}

    /**
     * @param horizonDays what predictions are to refer to
     * @param labelDays L, when the caller's cutoff fixes it; absent when the history is to
     * @param newestAt N
     * @param canary how a version that passes begins; absent when it goes live at once
     * @param recipe absent for the one that is configured
     */
    record Plan(
            int horizonDays,
            @Nullable Integer labelDays,
            Instant newestAt,
            @Nullable Canary canary,
            @Nullable RecipeName recipe) {

        /** By default everything up to now. */
        static Plan upTo(Instant now, int horizonDays) {
            return new Plan(horizonDays, null, now.truncatedTo(ChronoUnit.MICROS), null, null);
        }

        /** Labels from a given cutoff for as many days as they go, or to now when that is sooner. */
        static Plan from(Instant cutoff, Instant now, int horizonDays, int mostDays) {
            long days = Math.min(mostDays, Duration.between(cutoff, now).toDays());
            return new Plan(horizonDays, (int) days, cutoff.plus(Duration.ofDays(days)), null, null);
        }

        /** From when on labels were asked for; absent when that is left to the history. */
        @Nullable
        Instant labelsFrom() {
            return labelDays == null ? null : newestAt.minus(Duration.ofDays(labelDays));
        }

        /** Whether the answer to that one answers this: all but the moment of asking. */
        boolean asksForTheSameAs(Plan other) {
            return horizonDays == other.horizonDays
                    && Objects.equals(labelsFrom(), other.labelsFrom())
                    && Objects.equals(canary, other.canary)
                    && recipe == other.recipe;
        }

        Plan with(@Nullable Canary begun, @Nullable RecipeName asked) {
            return new Plan(horizonDays, labelDays, newestAt, begun, asked);
        }

        /** The customers as last known, from which {@link #more} learns how long the history is. */
        List<Wanted> first() {
            return List.of(new Wanted(NEWEST, newestAt, 0));
        }
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public List<Wanted> more(Job job, Map<String, Sample> samples) {
        Plan plan = json.readValue(job.request(), Plan.class);
        Sample newest = of(samples, NEWEST);
        int labelDays = labelDays(job.subject(), plan, newest);
        int windows = Math.clamp(2 * newest.spanDays() / 3 / labelDays, 2, MOST_WINDOWS);
        return IntStream.rangeClosed(1, windows)
                .mapToObj(window -> new Wanted(WINDOW + window, before(plan, window * labelDays), labelDays))
                .toList();
    }

    private static Instant before(Plan plan, int days) {
        return plan.newestAt().minus(Duration.ofDays(days));
    }

    private int labelDays(ModelName name, Plan plan, Sample newest) {
        if (newest.size() < settings.leastCustomers()) {
            throw new DataRefused(
                    "%d customers: at least %d are needed.".formatted(newest.size(), settings.leastCustomers()));
        }
        int span = newest.spanDays();
        int labelDays =
                plan.labelDays() == null ? Math.min(name.labelDays(plan.horizonDays()), span / 3) : plan.labelDays();
        int least = name.leastLabelDays(settings.leastLabelDays());
        if (labelDays < least) {
            throw new DataRefused("The history spans %d days: at least %d are needed.".formatted(span, 3 * least));
        }
        int reach = ModelVersion.Window.reachDays(labelDays);
        if (name.anyHorizon() && plan.horizonDays() > reach) {
            throw new DataRefused(
                    "The outcomes in this history go over %d days and say nothing of the next %d: at most of %d."
                            .formatted(labelDays, plan.horizonDays(), reach));
        }
        return labelDays;
    }

    @Override
    public Outcome carryOut(Job job, Map<String, Sample> samples) {
        Optional<ModelVersion> made = registry.madeBy(job.id());
        if (made.isPresent()) {
            return outcome(made.get());
        }
        long started = System.nanoTime();
        Plan plan = json.readValue(job.request(), Plan.class);
        ModelName name = job.subject();
        Sample newest = of(samples, NEWEST);
        // Oldest first.
        List<Sample> windows = samples.entrySet().stream()
                .filter(sample -> sample.getKey().startsWith(WINDOW))
                // Where nobody was there, or mailed, yet. That the newest two are needed is said below.
                .filter(sample -> sample.getValue().size() > 0 || NEEDED.contains(sample.getKey()))
                .map(Map.Entry::getValue)
                .sorted(Comparator.comparing(Sample::cutoff))
                .toList();
        List<Sample> earlier = windows.subList(0, windows.size() - 1);
        Sample fit = enough(name, earlier.getLast());
        Sample test = enough(name, windows.getLast());
        int labelDays = test.labelDays();
        Recipe recipe = recipes.recipe(name, plan.recipe(), plan.horizonDays());
        if (recipe.needsPeriods() && !windows.stream().allMatch(Sample::hasPeriods)) {
            throw new DataRefused("The rows came without the last periods of the customers, or with the same for all,"
                    + " and the recipe " + recipe.name().wireName() + " learns from these.");
        }

        Progress.at(.02, "back-testing simple methods on %d customers".formatted(fit.size()));
        List<BackTest.Predicted> methods = new ArrayList<>(BackTest.simple(name, fit, test, labelDays));
        @Nullable Importance importance;
        try (Model candidate = Progress.within(
                .05, .35, "back-testing", () -> recipes.fit(name, earlier, test.withoutLabels(), recipe))) {
            methods.add(BackTest.predicted(BackTest.SERVED, candidate, test, labelDays));
            importance = Progress.within(
                            .35,
                            .4,
                            "importance of the groups of features",
                            () -> PermutationImportance.of(candidate, test))
                    .orElse(null);
        }
        String parent = live(name);
        Gate.Comparison comparison = Progress.within(
                .4,
                .6,
                "comparing with what is served",
                () -> compare(name, plan.newestAt(), methods, earlier, test, recipe));

        try (Model model = Progress.within(
                .6, .95, "fitting what may be served", () -> recipes.fit(name, windows, newest, recipe))) {
            References.Keeping reference =
                    Progress.within(.95, 1, "registering", () -> references.of(model, newest, windows));
            register(
                    job,
                    plan,
                    comparison,
                    parent,
                    verdict -> reference.with(() -> registry.register(
                            new ModelVersion.Lineage(job.id(), parent, (System.nanoTime() - started) / 1_000_000),
                            model,
                            new ModelVersion.Window(labelDays, test.cutoff(), plan.newestAt(), test.size()),
                            recipes.parameters(recipe, model),
                            metrics(name, methods, comparison, fit, test),
                            importance,
                            verdict)));
            return outcome(registry.madeBy(job.id()).orElseThrow());
        }
    }

    /**
     * Keeps a version and serves it if it passed, both or neither: a training that was cancelled a moment ago registers
     * nothing, and what was compared with has to be what is replaced.
     *
     * @param parent what is to be replaced; absent when nothing was live
     * @param registration by its verdict, giving the version
     */
    private void register(
            Job job,
            Plan plan,
            Gate.Comparison comparison,
            @Nullable String parent,
            UnaryOperator<String> registration) {
        transaction.executeWithoutResult(status -> {
            registry.lock();
            String live = live(job.subject());
            boolean compared = Objects.equals(live, parent);
            String verdict = comparison.sentence()
                    + (compared ? "" : " Meanwhile " + live + " went live, which it was not compared with.");
            String version = registration.apply(verdict);
            if (!jobs.made(job.id(), version)) {
                throw new CancellationException("the job has ended meanwhile");
            }
            if (comparison.passes() && compared) {
                serve(job.subject(), version, plan.canary(), parent, comparison.sentence());
            }
        });
    }

    /** A canary needs a live version beside it. */
    private void serve(
            ModelName name, String version, @Nullable Canary canary, @Nullable String parent, String because) {
        if (canary == null || parent == null) {
            rollouts.goLive(name, version, because);
        } else {
            Instant promotedAt = clock.instant().plus(Duration.ofDays(canary.days()));
            rollouts.startCanary(name, version, canary.share(), promotedAt, because);
        }
    }

    private @Nullable String live(ModelName name) {
        return registry.live(name).map(ModelVersion::version).orElse(null);
    }

    private Outcome outcome(ModelVersion version) {
        String served = rollouts.canary(version.name())
                .filter(canary -> canary.version().equals(version.version()))
                .map(canary ->
                        "is canary for %s of the subscribers until %s.".formatted(canary.share(), canary.promotedAt()))
                .orElse(version.live() ? "is live." : "is not served.");
        return new Outcome(
                version.version() + " " + served + " " + version.verdict(), version.version(), version.metrics());
    }

    private static Sample of(Map<String, Sample> samples, String role) {
        Sample sample = samples.get(role);
        if (sample == null) {
            throw new IllegalStateException("The data set " + role + " is missing of " + samples.keySet());
        }
        return sample;
    }

    private Sample enough(ModelName name, Sample sample) {
        long positives = BackTest.rarer(name, sample);
        if (sample.size() < settings.leastCustomers() || positives < settings.leastOfEach()) {
            throw new DataRefused(("%d customers as of %s%s, of whom %d %s within the %d days after:"
                            + " at least %d customers, %d of them so, are needed."
                            + " If what they did ends before, ask for an earlier cutoff.")
                    .formatted(
                            sample.size(),
                            sample.cutoff().truncatedTo(ChronoUnit.SECONDS),
                            name == ModelName.ENGAGEMENT ? " who were then delivered a mail" : "",
                            positives,
                            BackTest.rarerInWords(name, sample),
                            sample.labelDays(),
                            settings.leastCustomers(),
                            settings.leastOfEach()));
        }
        if (!sample.varies()) {
            throw new DataRefused("The %d customers as of %s are the same in every feature: nothing can be learned."
                    .formatted(sample.size(), sample.cutoff().truncatedTo(ChronoUnit.SECONDS)));
        }
        return sample;
    }

    /**
     * Compares what was back-tested with what it would replace, by the {@link Gate}: the live version itself where it
     * learned nothing from the test's time, else its recipe fitted again on the same rows (a model that has seen the
     * answers cannot be compared with). Without a live version it has to beat the base rate.
     */
    private Gate.Comparison compare(
            ModelName name,
            Instant newestAt,
            List<BackTest.Predicted> methods,
            List<Sample> earlier,
            Sample test,
            Recipe mine) {
        double[] outcomes = test.outcomes(name);
        double[] predictions = methods.getLast().predictions();
        int horizonDays = mine.options().horizonDays();
        // What has no scores for these rows is not there to be replaced.
        Optional<ModelVersion> live = registry.live(name)
                .filter(version -> version.schema().equals(test.schema()))
                .filter(version -> test.hasPeriods()
                        || !recipes.recipeOf(version, horizonDays).needsPeriods());
        if (live.isEmpty()) {
            return Gate.first(name, predictions, methods.getFirst().predictions(), outcomes);
        }
        String version = live.get().version();
        if (!live.get().window().labelsUntil().isAfter(test.cutoff())) {
            try (Model model = load(name, version)) {
                if (model != null) {
                    return Gate.replace(name, predictions, predicted(version, model, test), outcomes, version);
                }
            }
        }
        Recipe recipe = recipes.recipeOf(live.get(), horizonDays);
        if (recipe.equals(mine)) {
            // Fitted on the same rows it would say the same: what remains is newer data.
            Gate.Comparison equal =
                    Gate.replace(name, predictions, predictions, outcomes, "the same recipe as " + version);
            return newestAt.isBefore(live.get().window().labelsUntil())
                    ? equal.failing("But it is of older data.")
                    : equal;
        }
        try (Model model = recipes.fit(name, earlier, test.withoutLabels(), recipe)) {
            String rival = "the recipe of " + version;
            return Gate.replace(name, predictions, predicted(rival, model, test), outcomes, rival);
        }
    }

    /** Absent when this release cannot load it: then its recipe is what can be compared with. */
    private @Nullable Model load(ModelName name, String version) {
        byte[] artefact = registry.artefact(version);
        try {
            return recipes.load(name, artefact);
        } catch (RuntimeException unreadable) {
            log.warn("{} cannot be loaded, so its recipe is compared with: {}", version, unreadable.toString());
            return null;
        }
    }

    private static double[] predicted(String method, Model model, Sample test) {
        return BackTest.predicted(method, model, test, test.labelDays()).predictions();
    }

    private static Map<String, Object> metrics(
            ModelName name, List<BackTest.Predicted> methods, Gate.Comparison comparison, Sample fit, Sample test) {
        Map<String, Object> metrics = new LinkedHashMap<>(BackTest.metrics(name, methods.getLast(), test));
        Map<String, Object> split = new LinkedHashMap<>();
        split.put("trainCutoff", fit.cutoff());
        split.put("testCutoff", test.cutoff());
        split.put("horizonDays", name.anyHorizon() ? test.labelDays() : name.defaultHorizonDays());
        split.put("labelDays", fit.labelDays());
        metrics.put("split", split);
        metrics.put("population", test.size());
        metrics.put("gate", comparison);
        metrics.put("methods", BackTest.table(name, methods, test));
        metrics.put("reliability", BackTest.reliability(name, methods.getLast(), test));
        return metrics;
    }
}
