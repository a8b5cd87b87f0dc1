package winback.benchmarks.personalize;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import tools.jackson.databind.JsonNode;
import winback.benchmarks.personalize.Options.Part;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;
import winback.benchmarks.rig.ServiceProcess;
import winback.benchmarks.rig.Topics;

/**
 * A campaign run over all subscribers, with delivery-service beside it; content-service is killed in the middle and started
 * again. At the end the topic of decisions is read for who was decided for, and how often.
 */
final class RunMeasurement implements PersonalizationBench.Measurement {

    private static final String SCHEDULING = "delivery-decisions";
    private static final double MIDDLE = .5;
    private static final double GIB = 1L << 30;
    private static final long POLL_NANOS = 200_000_000;
    private static final Duration PATIENCE = Duration.ofHours(1);

    /** How far a run is. */
    private record Progress(String state, double done, long decided) {}

    @Override
    public void run(PersonalizationRig rig, Report report) throws IOException, InterruptedException {
        ServiceProcess service = rig.service();
        Report.say("delivery-service gets to know the recipients");
        try (ServiceProcess delivery = rig.delivery()) {
            measure(rig, service, delivery, report);
        }
    }

    private static void measure(PersonalizationRig rig, ServiceProcess first, ServiceProcess delivery, Report report)
            throws IOException, InterruptedException {
        Topics topics = rig.topics();
        Report.say("all decisions before come to PostgreSQL");
        rig.settle(first);
        // Deliveries of an earlier run would still be live.
        String campaign = "run-" + System.currentTimeMillis();
        BenchCampaign.create(first, campaign);
        String runs = "/v1/campaigns/" + campaign + "/runs";
        Report.say("delivery-service tells whom it may write to");
        JsonNode counted = meant(first, runs);
        long expected = counted.path("mails").asLong() + counted.path("heldOut").asLong();
        double heapBefore = first.heapAfterCollection();
        long diskBefore = rig.diskBytes();
        Map<TopicPartition, Long> from = topics.ends(Topics.DECISIONS);
        long scheduledBefore = topics.written(Topics.DELIVERIES);

        Report.say("the run, to its middle");
        String run = runs + "/" + post(first, runs, "{}").path("runId").asString();
        long began = System.nanoTime();
        Progress half = await(first, run, MIDDLE);
        double secondsToHalf = (System.nanoTime() - began) / 1e9;
        double heapInTheMiddle = first.heapAfterCollection();
        Report.say("content-service is killed and started again");
        long killed = System.nanoTime();
        rig.kill();
        ServiceProcess service = rig.service();
        double toReady = (System.nanoTime() - killed) / 1e9;
        Report.say("the run, to its end");
        Progress found = progress(service, run);
        awaitMore(service, run, found);
        double toGoOn = (System.nanoTime() - killed) / 1e9;
        long goesOn = System.nanoTime();
        Progress end = await(service, run, 2);
        double secondsOfRest = (System.nanoTime() - goesOn) / 1e9;
        double heapAtTheEnd = service.heapAfterCollection();

        report.add(Part.RUN, "subscribers that it is for", expected, "");
        report.add(Part.RUN, "decisions/s before the kill", half.decided() / secondsToHalf, "/s", Limit.atLeast(2_500));
        report.add(
                Part.RUN,
                "decisions/s after the restart",
                (end.decided() - found.decided()) / secondsOfRest,
                "/s",
                Limit.atLeast(2_500));
        report.add(Part.RUN, "from the kill to ready", toReady, "s");
        report.add(Part.RUN, "from the kill to the next decision of the run", toGoOn, "s");
        report.add(Part.RUN, "heap after collection before", heapBefore, "MiB");
        report.add(Part.RUN, "heap after collection in the middle", heapInTheMiddle, "MiB");
        report.add(Part.RUN, "heap after collection at the end", heapAtTheEnd, "MiB");
        once(rig, from, campaign, expected, report);

        Report.say("all decisions come to PostgreSQL and to delivery-service");
        rig.settle(service);
        double toPostgres = (System.nanoTime() - goesOn) / 1e9 - secondsOfRest;
        topics.awaitCaughtUp(SCHEDULING, Topics.DECISIONS, PATIENCE);
        double toScheduled = (System.nanoTime() - goesOn) / 1e9 - secondsOfRest;
        report.add(Part.RUN, "all decisions in PostgreSQL, after the last", toPostgres, "s");
        report.add(Part.RUN, "all deliveries scheduled, after the last decision", toScheduled, "s");
        report.add(Part.RUN, "deliveries' events", topics.written(Topics.DELIVERIES) - scheduledBefore, "");
        report.add(Part.RUN, "deliveries failed to be read", delivery.metric("winback_events_parked_total"), "");
        double disk = rig.diskBytes() - diskBefore + service.metric("winback_deliveries_bytes");
        report.add(Part.RUN, "disk that it took", disk / GIB, "GiB", Limit.atMost(5));
    }

    /**
     * What a dry run counts once delivery-service, on whose list nobody is, has told so of everybody: of those whom the
     * published send times call suppressed nobody is then, and whoever became so during the run would not be expected.
     */
    private static JsonNode meant(ServiceProcess content, String runs) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            JsonNode counted = post(content, runs, "{\"dryRun\": true}");
            if (counted.path("suppressed").asLong() == 0) {
                return counted;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("delivery-service does not tell of everybody");
            }
            LockSupport.parkNanos(10 * POLL_NANOS);
        }
    }

    private static JsonNode post(ServiceProcess content, String path, String body)
            throws IOException, InterruptedException {
        return content.post(path, "application/json", BodyPublishers.ofString(body));
    }

    private static Progress progress(ServiceProcess content, String run) throws IOException, InterruptedException {
        JsonNode told = content.get(run);
        JsonNode counts = told.path("counts");
        return new Progress(
                told.path("state").asString(),
                told.path("done").asDouble(),
                counts.path("mailed").asLong() + counts.path("heldOut").asLong());
    }

    /** Until so much of it is done, or all. */
    private static Progress await(ServiceProcess content, String run, double done)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Progress now = progress(content, run);
            if (now.done() >= done || now.state().equals("completed")) {
                return now;
            }
            if (!now.state().equals("running") || System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("the run is " + now);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private static void awaitMore(ServiceProcess content, String run, Progress than)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (progress(content, run).decided() == than.decided()
                && !progress(content, run).state().equals("completed")) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("the run does not go on");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Who was decided for, by the ids of the decisions. */
    private static void once(
            PersonalizationRig rig, Map<TopicPartition, Long> from, String campaign, long expected, Report report) {
        Map<String, String> decided = new HashMap<>();
        long twice = 0;
        long again = 0;
        String mark = "\"campaignId\":\"" + campaign + "\"";
        Map<TopicPartition, Long> to = rig.topics().ends(Topics.DECISIONS);
        try (KafkaConsumer<String, byte[]> consumer = rig.topics().consumer()) {
            consumer.assign(from.keySet());
            from.forEach(consumer::seek);
            while (to.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (new String(record.value(), StandardCharsets.ISO_8859_1).contains(mark)) {
                        String id =
                                new String(record.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8);
                        String before = decided.putIfAbsent(record.key(), id);
                        if (before != null && before.equals(id)) {
                            again++;
                        } else if (before != null) {
                            twice++;
                        }
                    }
                }
            }
        }
        report.add(Part.RUN, "subscribers decided for", decided.size(), "", Limit.atLeast(expected));
        report.add(
                Part.RUN, "subscribers decided for who were not meant", decided.size() - expected, "", Limit.atMost(0));
        report.add(Part.RUN, "subscribers decided for twice", twice, "", Limit.atMost(0));
        report.add(Part.RUN, "decisions published again", again, "");
    }
}
