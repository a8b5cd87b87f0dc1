package winback.benchmarks.predict;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import winback.benchmarks.predict.Question.Kind;
import winback.prediction.models.Sample;

/** Features to scores, in a process of JMH's own that loads what was fitted before it. */
@State(Scope.Benchmark)
public class ScoringBenchmark {

    /** The system property that says where {@link Ensembles#fit} kept them. */
    static final String MODELS = "winback.bench.models";

    /** All questions one after the other, as a subscriber is scored. */
    static final String ALL = "all";

    /** Columns of a period: as many as the recipe in Python has. */
    static final int COLUMNS = 16;

    private static final int BATCH = 1_000;

    /** Of the subscribers scored, some times what a processor's caches hold. */
    private static final int BATCHES = 20;

    @Param("served")
    public String kind = "";

    @Param(ALL)
    public String question = "";

    private Ensembles ensembles;
    private float[][][] features;
    private float[][][] periods;

    /** Where a thread is. */
    @State(Scope.Thread)
    public static class Place {
        private int row;
        private int batch;
    }

    @SuppressWarnings("NullAway.Init") // JMH calls load before anything else
    public ScoringBenchmark() {}

    @Setup
    public void load() throws IOException {
        List<Question> questions = question.equals(ALL)
                ? List.of(Question.values())
                : List.of(Question.valueOf(question.toUpperCase(Locale.ROOT)));
        ensembles = Ensembles.load(
                Path.of(System.getProperty(MODELS, "")), Kind.valueOf(kind.toUpperCase(Locale.ROOT)), questions);
        Sample sample = Ensembles.newest(new GeneratedCustomers(BATCH * BATCHES, COLUMNS));
        features = batches(sample.features());
        periods = batches(sample.periods());
    }

    private static float[][][] batches(float[][] rows) {
        float[][][] batches = new float[BATCHES][][];
        for (int i = 0; i < BATCHES; i++) {
            batches[i] = Arrays.copyOfRange(rows, i * BATCH, (i + 1) * BATCH);
        }
        return batches;
    }

    @TearDown
    public void close() {
        ensembles.close();
    }

    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    public Object one(Place place) {
        int at = place.row++ % (BATCH * BATCHES);
        return ensembles.score(
                new float[][] {features[at / BATCH][at % BATCH]}, new float[][] {periods[at / BATCH][at % BATCH]});
    }

    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    public Object explained(Place place) {
        int at = place.row++ % (BATCH * BATCHES);
        return ensembles.explain(features[at / BATCH][at % BATCH]);
    }

    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.SECONDS)
    @OperationsPerInvocation(BATCH)
    public Object batches(Place place) {
        int at = place.batch++ % BATCHES;
        return ensembles.score(features[at], periods[at]);
    }
}
