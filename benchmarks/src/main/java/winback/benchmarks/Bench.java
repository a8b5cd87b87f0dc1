package winback.benchmarks;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import winback.benchmarks.content.ContentBench;
import winback.benchmarks.ingest.IngestBench;
import winback.benchmarks.personalize.PersonalizationBench;
import winback.benchmarks.predict.PredictBench;
import winback.benchmarks.rig.Servers;

/**
 * {@code bench WHAT}: one of {@link IngestBench}, {@link PredictBench},
 * {@link PersonalizationBench} and {@link ContentBench}.
 */
public final class Bench {

    private Bench() {}

    public static void main(String[] args) throws Exception {
        String what = args.length == 0 ? "" : args[0];
        List<String> rest = Arrays.asList(args).subList(Math.min(1, args.length), args.length);
        switch (what) {
            case "ingest" -> System.exit(IngestBench.run(rest));
            case "predict" -> System.exit(PredictBench.run(rest));
            case "personalization" -> System.exit(PersonalizationBench.run(rest));
            case "content" -> System.exit(ContentBench.run(rest));
            // Said by those above to a process of their own.
            case "servers" -> {
                Servers.serve(Path.of(rest.getFirst()));
                System.exit(0);
            }
            default -> {
                System.err.println(IngestBench.USAGE);
                System.err.println("   or: " + PredictBench.USAGE);
                System.err.println("   or: " + PersonalizationBench.USAGE);
                System.err.println("   or: " + ContentBench.USAGE);
                System.exit(2);
            }
        }
    }
}
