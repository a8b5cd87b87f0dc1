package winback.benchmarks.rig;

import java.util.List;
import java.util.function.Function;

/**
 * What a benchmark does between reading its options and printing its report.
 *
 * @param <O> its options
 */
@FunctionalInterface
public interface Measuring<O> {

    void run(O options, Report report) throws Exception;

    /**
     * A whole benchmark. Exit code 0 when everything was measured, 1 when something failed, 2 when the command line is wrong.
     *
     * @param parse throws {@link IllegalArgumentException} with a message that says how they are wrong
     * @param report an empty one for these options
     */
    static <O> int run(
            List<String> args,
            String usage,
            Function<List<String>, O> parse,
            Function<O, Report> report,
            Measuring<O> measuring) {
        O options;
        try {
            options = parse.apply(args);
        } catch (IllegalArgumentException wrong) {
            System.err.println("bench: " + wrong.getMessage() + "\n" + usage);
            return 2;
        }
        Report measured = report.apply(options);
        try {
            measuring.run(options, measured);
            measured.print(System.out);
            return 0;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return 1;
        } catch (Exception failure) {
            System.err.println("bench: " + failure.getMessage());
            failure.printStackTrace();
            return 1;
        }
    }
}
