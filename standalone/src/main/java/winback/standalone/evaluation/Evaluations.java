package winback.standalone.evaluation;

import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import winback.standalone.cli.CommandFailed;
import winback.standalone.cli.Console;
import winback.standalone.orders.OrdersFile;
import winback.standalone.orders.OrdersImport;
import winback.standalone.orders.OrdersImport.Outcome;
import winback.standalone.platform.Api;
import winback.standalone.platform.Service;

/** Back-tests in a running platform that holds nothing but the orders to be tested on. */
public final class Evaluations {

    /**
     * What is tested.
     *
     * @param task {@code value} or {@code churn}
     * @param trainCutoff the end of what the tested model may have seen
     * @param testCutoff the day from which it predicts
     * @param horizonDays how far it predicts
     */
    public record Plan(String task, LocalDate trainCutoff, LocalDate testCutoff, int horizonDays) {}

    private final Api api;
    private final Console console;

    public Evaluations(Api api, Console console) {
        this.api = api;
        this.console = console;
    }

    /** Imports the orders as they are: no date is shifted, no consent declared. */
    public Outcome load(OrdersFile file) {
        Outcome outcome = new OrdersImport(api, console).run(file, Map.of("name", List.of("evaluation")));
        console.say(
                "%,d rows read, %,d accepted, %,d rejected.", outcome.read(), outcome.accepted(), outcome.rejected());
        outcome.rejections(Integer.MAX_VALUE).forEach(console::say);
        if (!outcome.done()) {
            throw new CommandFailed("The orders could not be imported.");
        }
        if (outcome.accepted() == 0) {
            throw new CommandFailed("No row is usable: the columns " + file.columns() + " may be the wrong ones.");
        }
        return outcome;
    }

    /** Runs one back-test to its end and returns its {@code result}. */
    public JsonNode run(Plan plan) {
        JsonNode asked = api.post(
                Service.PREDICTION,
                "/v1/evaluations",
                Map.of(
                        "task", plan.task(),
                        "trainCutoff", plan.trainCutoff().toString(),
                        "testCutoff", plan.testCutoff().toString(),
                        "horizonDays", plan.horizonDays()));
        String path =
                "/v1/evaluations/" + Api.encoded(asked.path("evaluationId").asString());
        while (true) {
            JsonNode now = api.get(Service.PREDICTION, path);
            String state = now.path("state").asString();
            if (state.equals("done")) {
                return now.path("result");
            }
            if (state.equals("failed") || state.equals("cancelled")) {
                throw new CommandFailed("The evaluation of " + plan.task() + " failed: "
                        + now.path("detail").asString("no reason given"));
            }
            console.passing(String.format(
                    Locale.ROOT,
                    "evaluating %s … %s %.0f %% %s",
                    plan.task(),
                    state,
                    100 * now.path("progress").asDouble(0),
                    now.path("detail").asString("")));
            try {
                TimeUnit.MILLISECONDS.sleep(200);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandFailed("Interrupted while evaluating.", e);
            }
        }
    }
}
