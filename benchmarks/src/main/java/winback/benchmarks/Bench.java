package winback.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.benchmarks.ingest.IngestBench;
import winback.benchmarks.load.HttpLoad;
import winback.benchmarks.predict.PredictBench;
import winback.benchmarks.rig.Servers;

/**
 * {@code bench ingest} is {@link IngestBench}, {@code bench predict} is {@link PredictBench}. {@code bench personalization}:
 * the personalisation path of a running Winback under load, beside what the same server takes for an answer without any work,
 * in the same run. Progress goes to stderr, the result to stdout.
 */
public final class Bench {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final Options options;

    private Bench(Options options) {
        this.options = options;
    }

    /**
     * @param key API key of role {@code operate}; from WINBACK_API_KEY
     * @param campaign the campaign to ask for; empty takes the first there is
     */
    record Options(
            String host,
            int profilePort,
            int contentPort,
            String key,
            String campaign,
            int connections,
            Duration warmUp,
            Duration duration,
            boolean json) {

        static Options parse(String[] args, String key) {
            Map<String, String> values = new LinkedHashMap<>();
            boolean json = false;
            for (int i = 0; i < args.length; i++) {
                if (args[i].equals("--json")) {
                    json = true;
                } else if (args[i].startsWith("--") && i + 1 < args.length) {
                    values.put(args[i].substring(2), args[++i]);
                } else {
                    throw new IllegalArgumentException("unknown argument: " + args[i]);
                }
            }
            List<String> known =
                    List.of("host", "profile-port", "content-port", "campaign", "connections", "warm-up", "seconds");
            for (String name : values.keySet()) {
                if (!known.contains(name)) {
                    throw new IllegalArgumentException("unknown option: --" + name);
                }
            }
            return new Options(
                    values.getOrDefault("host", "127.0.0.1"),
                    number(values, "profile-port", 8081, 65_535),
                    number(values, "content-port", 8083, 65_535),
                    key,
                    values.getOrDefault("campaign", ""),
                    number(values, "connections", 16, 1024),
                    Duration.ofSeconds(number(values, "warm-up", 20, 3600)),
                    Duration.ofSeconds(number(values, "seconds", 30, 3600)),
                    json);
        }

        private static int number(Map<String, String> values, String name, int otherwise, int max) {
            String text = values.get(name);
            if (text == null) {
                return otherwise;
            }
            try {
                int number = Integer.parseInt(text);
                if (number > 0 && number <= max) {
                    return number;
                }
            } catch (NumberFormatException notANumber) {
                // said below
            }
            throw new IllegalArgumentException("--" + name + " must be 1 to " + max + ", not " + text);
        }
    }

    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("ingest")) {
            System.exit(IngestBench.run(List.of(args).subList(1, args.length)));
        }
        if (args.length > 0 && args[0].equals("predict")) {
            System.exit(PredictBench.run(List.of(args).subList(1, args.length)));
        }
        if (args.length == 2 && args[0].equals("servers")) {
            Servers.serve(Path.of(args[1]));
            System.exit(0);
        }
        if (args.length == 0 || !args[0].equals("personalization")) {
            System.err.println(IngestBench.USAGE);
            System.err.println("   or: " + PredictBench.USAGE);
            System.err.println("   or: winback bench personalization [--connections 16] [--seconds 30] [--warm-up 20]"
                    + " [--campaign ID] [--host H] [--profile-port P] [--content-port P] [--json]");
            System.exit(2);
        }
        String key = System.getenv("WINBACK_API_KEY");
        if (key == null || key.isBlank()) {
            System.err.println("bench: no API key; WINBACK_API_KEY is empty");
            System.exit(2);
        }
        try {
            String[] rest = java.util.Arrays.copyOfRange(args, 1, args.length);
            System.exit(new Bench(Options.parse(rest, key)).run());
        } catch (IllegalArgumentException | IllegalStateException wrong) {
            System.err.println("bench: " + wrong.getMessage());
            System.exit(2);
        }
    }

    private int run() throws IOException, InterruptedException {
        List<String> subscribers = subscribers();
        String campaign = options.campaign().isEmpty() ? firstCampaign() : options.campaign();
        String host = options.host() + ":" + options.contentPort();
        List<byte[]> asks = new ArrayList<>();
        for (String subscriber : subscribers) {
            String body = JSON.writeValueAsString(
                    Map.of("subscriberId", subscriber, "campaignId", campaign, "deliver", false));
            asks.add(HttpLoad.request("POST", "/v1/personalizations", host, options.key(), body));
        }
        byte[] floorAsk = HttpLoad.request("GET", "/actuator/health/liveness", host, options.key(), "");
        HttpLoad path =
                new HttpLoad(options.host(), options.contentPort(), random -> asks.get(random.nextInt(asks.size())));
        HttpLoad floor = new HttpLoad(options.host(), options.contentPort(), random -> floorAsk);

        say("%d subscribers, campaign %s, %d connections", subscribers.size(), campaign, options.connections());
        say("warming up for %d s", options.warmUp().toSeconds());
        path.run(options.connections(), options.warmUp(), 1);
        floor.run(options.connections(), options.warmUp().dividedBy(4), 2);
        say("personalization for %d s", options.duration().toSeconds());
        long cpuBefore = cpuNanos();
        HttpLoad.Result asked = path.run(options.connections(), options.duration(), 3);
        double clientCores = (cpuNanos() - cpuBefore) / 1e9 / asked.seconds();
        say("the server's floor for %d s", options.duration().toSeconds() / 3);
        HttpLoad.Result least =
                floor.run(options.connections(), options.duration().dividedBy(3), 4);
        report(subscribers.size(), asked, least, clientCores);
        if (asked.errors() > 0) {
            say("first error: %s", asked.firstError());
        }
        return asked.errors() == 0 ? 0 : 1;
    }

    private void report(int subscribers, HttpLoad.Result asked, HttpLoad.Result least, double clientCores) {
        double ratio = asked.perSecond() / least.perSecond();
        if (options.json()) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("subscribers", subscribers);
            result.put("connections", options.connections());
            result.put("seconds", asked.seconds());
            result.put("requests", asked.requests());
            result.put("errors", asked.errors());
            result.put("requestsPerSecond", asked.perSecond());
            result.put("p50Millis", asked.millis(50));
            result.put("p99Millis", asked.millis(99));
            result.put("maxMillis", asked.millis(100));
            result.put("floorRequestsPerSecond", least.perSecond());
            result.put("floorP50Millis", least.millis(50));
            result.put("floorP99Millis", least.millis(99));
            result.put("ratioToFloor", ratio);
            result.put("clientCores", clientCores);
            System.out.println(JSON.writeValueAsString(result));
            return;
        }
        System.out.printf("%-22s %12s %9s %9s %9s %8s%n", "", "requests/s", "p50 ms", "p99 ms", "max ms", "errors");
        row("personalization", asked);
        row("floor (liveness)", least);
        System.out.printf(
                "%-22s %12.2f   client: %.2f of %d cores%n",
                "ratio", ratio, clientCores, Runtime.getRuntime().availableProcessors());
    }

    private static void row(String name, HttpLoad.Result result) {
        System.out.printf(
                "%-22s %12.0f %9.2f %9.2f %9.2f %8d%n",
                name, result.perSecond(), result.millis(50), result.millis(99), result.millis(100), result.errors());
    }

    private List<String> subscribers() throws IOException, InterruptedException {
        List<String> ids = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = get(
                    options.profilePort(),
                    "/v1/subscribers?limit=1000"
                            + (cursor.isEmpty() ? "" : "&cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8)));
            page.path("subscribers").forEach(s -> ids.add(s.path("subscriberId").asString()));
            cursor = page.path("nextCursor").asString("");
        } while (!cursor.isEmpty() && ids.size() < 1_000_000);
        if (ids.isEmpty()) {
            throw new IllegalStateException("there are no subscribers; run `./winback demo` first");
        }
        return ids;
    }

    private String firstCampaign() throws IOException, InterruptedException {
        JsonNode first =
                get(options.contentPort(), "/v1/campaigns").path("campaigns").path(0);
        if (first.isMissingNode()) {
            throw new IllegalStateException("there is no campaign; run `./winback demo` first");
        }
        return first.path("campaignId").asString();
    }

    private JsonNode get(int port, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + options.host() + ":" + port + path))
                .header("Authorization", "Bearer " + options.key())
                .timeout(Duration.ofSeconds(30))
                .build();
        HttpResponse<String> answer;
        try {
            answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (java.net.ConnectException away) {
            throw new IllegalStateException(
                    "nothing answers on " + options.host() + ":" + port + "; is `./winback up` running?", away);
        }
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    private static long cpuNanos() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
                ? os.getProcessCpuTime()
                : 0;
    }

    private static void say(String format, Object... values) {
        System.err.println("bench: " + format.formatted(values));
    }
}
