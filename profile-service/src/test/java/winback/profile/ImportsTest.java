package winback.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import winback.infrastructure.junit.Infrastructure;
import winback.profile.RunningService.Answer;

class ImportsTest {

    private static final int LISTED = 150;
    private static final String CSV = "text/csv";
    private static final String NDJSON = "application/x-ndjson";

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    @SuppressWarnings("NullAway.Init")
    static RunningService service;

    @BeforeAll
    static void start() {
        service = new RunningService(infra, "--winback.imports.max-rejections=" + LISTED);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private final String run = UUID.randomUUID().toString().substring(0, 8);

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static Answer upload(String query, byte[] body, String type, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + service.port + "/v1/imports?" + query))
                .header("Authorization", "Bearer " + RunningService.KEY)
                .header("Content-Type", type)
                .timeout(Duration.ofSeconds(60))
                .POST(BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return service.send(request.build());
    }

    private static Answer upload(String query, String body, String type) {
        return upload(query, body.getBytes(StandardCharsets.UTF_8), type);
    }

    private static JsonNode done(Answer started) {
        assertThat(started.status()).as(started.body().toString()).isEqualTo(202);
        String id = started.body().get("importId").asString();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> progress(id).get("state").asString().equals("done"));
        return progress(id);
    }

    private static JsonNode progress(String id) {
        return service.get("/v1/imports/" + id).body();
    }

    private static List<String> rejections(JsonNode progress) {
        return progress.get("rejections")
                .valueStream()
                .map(r -> r.get("row").asLong() + " " + r.get("column").asString() + " "
                        + r.get("code").asString())
                .toList();
    }

    private static List<String> faults(Answer refused) {
        assertThat(refused.status()).as(refused.body().toString()).isEqualTo(400);
        return refused.body()
                .get("errors")
                .valueStream()
                .map(e -> e.get("field").asString() + " " + e.get("code").asString())
                .toList();
    }

    private static HttpResponse<String> report(String id, String accept) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create(
                                    "http://127.0.0.1:" + service.port + "/v1/imports/" + id + "/rejections"))
                            .header("Authorization", "Bearer " + RunningService.KEY)
                            .header("Accept", accept)
                            .build(),
                    BodyHandlers.ofString());
        }
    }

    private static JsonNode single(String user) {
        List<JsonNode> events = service.events("winback.imports", user);
        assertThat(events).hasSize(1);
        return events.getFirst();
    }

    @Test
    void eventsAreReadByColumnsWithTheirProperties() {
        String mapping = """
                {"kind": "events", "timezone": "Europe/Madrid", "decimal": "comma", "delimiter": ";",
                 "columns": {"subscriber": "who", "at": "when", "event": "what", "type": "type", "total": "sum", "url": "page"}}""";
        JsonNode first = done(upload("mapping=" + encoded(mapping), """
                who;when;what;type;sum;page
                V%1$s;2024-06-01 10:30;Product Viewed;;;/a
                P%1$s;2024-06-01T08:30:00Z;Prices;page;;"/b
                c"
                O%1$s;2024-06-02;Order Completed;;12,50;
                B%1$s;2024-06-02;Order Completed;;twelve;
                B%1$s;2024-06-02;;;;
                B%1$s;2024-06-02;x;visit;;
                """.formatted(run), CSV));
        assertThat(first.get("kind").asString()).isEqualTo("events");
        assertThat(first.get("rowsApplied").asLong()).isEqualTo(3);
        assertThat(rejections(first))
                .containsExactly("6 total bad-amount", "7 event missing-value", "8 type wrong-value");
        List<JsonNode> viewed = service.events("winback.imports", "V" + run);
        // The zone is a trait, so the first event of each person is preceded by who they are.
        assertThat(viewed.stream().map(e -> e.get("type").asString())).containsExactly("IDENTIFY", "TRACK");
        assertThat(viewed.getLast().get("at").asString()).isEqualTo("2024-06-01T08:30:00Z");
        assertThat(viewed.getLast().at("/properties/url").asString()).isEqualTo("/a");
        JsonNode page = service.events("winback.imports", "P" + run).getLast();
        assertThat(page.get("type").asString()).isEqualTo("PAGE");
        assertThat(page.at("/properties/url").asString()).isEqualTo("/b\nc");
        JsonNode order = service.events("winback.imports", "O" + run).getLast();
        assertThat(order.get("precision").asString()).isEqualTo("DAY");
        assertThat(order.at("/properties/total").asString()).isEqualTo("12.50");
        assertThat(service.get("/v1/subscribers/O" + run)
                        .body()
                        .at("/orders/spend")
                        .asDouble())
                .isEqualTo(12.5);
    }

    @Test
    void wholeSegmentCallsFollowTheRulesOfABatch() {
        String file = """
                {"type":"track","userId":"T%1$s","event":"Order Completed","messageId":"m1","timestamp":"2024-03-01T10:00:00Z","sentAt":"2024-03-01T11:00:00Z","properties":{"total":5},"extra":{"a":1}}
                {"type":"track","userId":"T%1$s","event":"Order Completed","messageId":"m1","timestamp":"2024-03-01T10:00:00Z","properties":{"total":5}}
                {"type":"identify","anonymousId":"A%1$s","traits":{"email":"a@example.invalid","consents":[{"channel":"email","purpose":"marketing","granted":true,"source":"crm"}]}}
                {"type":"page","userId":"T%1$s","name":"Prices"}
                {"type":"identify","userId":"T%1$s","traits":{"email":"none"}}
                {"userId":"T%1$s","event":"x","timestamp":"2024-03-01"}
                {"type":"track","event":"x","timestamp":"2024-03-01"}
                {"type":"track",
                ["an","array"]
                null
                {"type":"track","userId":"T%1$s","event":"x","timestamp":"2024-03-01T10:00:00Z","properties":{"text":"%2$s"}}
                %3$s

                {"type":"track","userId":"T%1$s","event":"Product Viewed","timestamp":"2024-03-02T10:00:00Z"}
                {"type":"track","userId":"T%1$s","event":"Product Viewed","timestamp":"2024-03-02T10:00:00Z"}
                """.formatted(run, "x".repeat(33_000), "x".repeat(1_000_000));
        JsonNode first = done(upload("kind=events", file, NDJSON));
        assertThat(rejections(first))
                .containsExactly(
                        "4 timestamp missing-value",
                        "5 traits.email wrong-value",
                        "6 type missing",
                        "7 userId missing",
                        "8  malformed-json",
                        "9  wrong-type",
                        "10  wrong-type",
                        "11  too-large",
                        "12  too-long");
        // The same message id is the same event; two equal lines without one are two events.
        assertThat(first.get("rowsAccepted").asLong()).isEqualTo(5);
        assertThat(first.get("rowsApplied").asLong()).isEqualTo(4);
        assertThat(first.get("duplicates").asLong()).isEqualTo(1);
        JsonNode order = service.events("winback.imports", "T" + run).getFirst();
        assertThat(order.get("at").asString()).isEqualTo("2024-03-01T10:00:00Z");
        assertThat(order.at("/context/$call/extra/a").asInt()).isEqualTo(1);
        JsonNode again = done(upload("kind=events", file, NDJSON));
        assertThat(again.get("rowsApplied").asLong()).isZero();
        assertThat(service.get("/v1/subscribers/A" + run)
                        .body()
                        .at("/consents/0/source")
                        .asString())
                .isEqualTo("crm");
        assertThat(faults(upload("kind=events&shiftDays=3&event=x", file, NDJSON)))
                .containsExactlyInAnyOrder("event wrong-value", "shiftDays wrong-value");
    }

    @Test
    void nestedFieldsOfJsonLinesAreColumnsByTheirPath() {
        String query = "kind=events&columns="
                + encoded("customer=user.id,at=at,event=name,total=sums.0,tags=tags,a=flat.name");
        JsonNode result = done(upload(query, """
                {"user":{"id":%1$d},"at":"2024-01-05T00:00:00+02:00","name":"Signed Up","sums":{"0":10.00},"tags":["x",1],"flat.name":true}
                {"user":null,"at":"2024-01-05","name":"Signed Up"}
                {"user":{"id":{"deep":1}},"at":"2024-01-05","name":"Signed Up"}
                {"user":{"id":"z\\ud800"},"at":"2024-01-05","name":"Signed Up"}
                """.formatted(Long.parseLong(run, 16)), NDJSON));
        assertThat(rejections(result))
                .containsExactly("2 customer missing-value", "3 customer wrong-type", "4 customer malformed-encoding");
        JsonNode event = single(Long.toString(Long.parseLong(run, 16)));
        assertThat(event.get("at").asString()).isEqualTo("2024-01-04T22:00:00Z");
        assertThat(event.at("/properties").toString()).isEqualTo("{\"total\":10.0,\"tags\":[\"x\",1],\"a\":true}");
    }

    @Test
    void subscribersComeWithTraitsAndConsentsOfWhichTheSourceIsKnown() {
        String columns = "kind=subscribers&columns="
                + encoded("subscriber=id,email=mail,timezone=tz,locale=locale,createdAt=created,"
                        + "consents.email/marketing=newsletter,consents.sms/marketing=sms,consentSource=from");
        String file = """
                id,mail,tz,locale,created,newsletter,sms,from
                Y%1$s,y@example.invalid,Europe/Berlin,de-DE,2020-01-01,yes,no,form
                N%1$s,n@example.invalid,,,,,,
                S%1$s,s@example.invalid,,,,1,,
                X%1$s,not an address,,,,,,
                X%1$s,x@example.invalid,Mars/Base,,,,,
                X%1$s,x@example.invalid,,,,maybe,,form
                """.formatted(run);
        JsonNode result = done(upload(columns, file, CSV));
        assertThat(rejections(result))
                .containsExactly(
                        "4 consentSource missing-value",
                        "5 email wrong-value",
                        "6 timezone wrong-value",
                        "7 consents.email/marketing wrong-value");
        JsonNode known = service.get("/v1/subscribers/Y" + run).body();
        assertThat(known.at("/traits/createdAt").asString()).isEqualTo("2020-01-01");
        assertThat(known.at("/traits/locale").asString()).isEqualTo("de-DE");
        assertThat(known.get("consents")
                        .valueStream()
                        .map(c -> c.get("channel").asString() + " "
                                + c.get("granted").asBoolean() + " "
                                + c.get("source").asString()))
                .containsExactlyInAnyOrder("email true form", "sms false form");
        assertThat(service.get("/v1/subscribers/N" + run).body().get("consents").isEmpty())
                .isTrue();
        assertThat(faults(
                        upload("kind=subscribers&columns=customer=id,consents.email/marketing=newsletter", file, CSV)))
                .containsExactly("consentSource missing");
    }

    @Test
    void aMappingIsRefusedByTheNameOfWhatIsWrongWithIt() {
        String ok = "a,b\n1,20200101\n";
        assertThat(faults(upload("mapping=" + encoded("{\"colums\":{},\"kind\":\"orders\",\"header\":[1]}"), ok, CSV)))
                .contains("colums unknown-field", "kind wrong-value", "header wrong-type", "columns.customer missing");
        assertThat(faults(upload("mapping=" + encoded("{\"kind\":1,\"kind\":2}"), ok, CSV)))
                .containsExactly("mapping malformed-json");
        assertThat(faults(upload("mapping=" + encoded("[]"), ok, CSV))).containsExactly("mapping wrong-type");
        assertThat(faults(upload("columns=customer=a,at=b,customer=b", ok, CSV)))
                .containsExactly("columns.customer duplicate");
        assertThat(faults(upload("columns=customer=a,at=b&colour=red", ok, CSV)))
                .containsExactly("colour unknown-field");
        assertThat(faults(upload("columns=customer=a,at=when", ok, CSV))).containsExactly("columns.at missing-column");
        assertThat(faults(upload("columns=customer=a,at=b", "a,b,A\n1,20200101,2\n", CSV)))
                .containsExactly("columns.customer ambiguous-column");
        assertThat(faults(upload("columns=customer=a,at=b", "", CSV))).containsExactly(" empty-file");
        assertThat(faults(upload("kind=events", "\n\n", NDJSON))).containsExactly(" empty-file");
        assertThat(faults(upload("columns=customer=a,at=b", ok.getBytes(StandardCharsets.UTF_16), CSV)))
                .containsExactly("charset wrong-encoding");
        assertThat(upload("columns=customer=a,at=b", ok, "application/x-www-form-urlencoded")
                        .status())
                .isEqualTo(415);
        JsonNode none = done(upload("columns=customer=a,at=b", "\uFEFFa,b\n", CSV));
        assertThat(none.get("rowsRead").asLong()).isZero();
    }

    @Test
    void amountsWithADecimalCommaAreReadWhenSaidAndRefusedWithAHintElse() {
        String file = "K%1$s;20200101;12,50\nK%1$s;20200102;1.5\n".formatted(run);
        String query = "columns=customer=1,at=2,amount=3&header=false&delimiter=%3B";
        JsonNode point = done(upload(query + "&emailPattern=%7Bid%7Dx@example.invalid", file, CSV));
        assertThat(rejections(point)).containsExactly("1 amount bad-amount");
        assertThat(point.at("/rejections/0/detail").asString()).contains("decimal=comma");
        JsonNode comma = done(upload(query + "&decimal=comma", file, CSV));
        assertThat(rejections(comma)).containsExactly("2 amount bad-amount");
        assertThat(service.get("/v1/subscribers/K" + run)
                        .body()
                        .at("/orders/spend")
                        .asDouble())
                .isEqualTo(14.0);
    }

    @Test
    void aRowWithMoreValuesThanTheHeaderIsRefusedAndDelimitersAtItsEndAreNot() {
        String query = "columns=" + encoded("customer=id,at=day,amount=total") + "&emailPattern="
                + encoded("{id}@example.invalid");
        JsonNode thousands = done(upload(query, """
                id,day,total
                X%1$s,2024-01-01,1,234.50
                X%1$s,2024-01-02,"1234.50"
                X%1$s,2024-01-03,2.50,,
                """.formatted(run), CSV));
        assertThat(rejections(thousands)).containsExactly("2  surplus-value");
        assertThat(spend("X" + run)).isEqualTo(1237);
    }

    @Test
    void aQuoteThatIsNotClosedSpoilsItsOwnLineOnly() {
        JsonNode quoted = done(upload("columns=customer=1,at=2,amount=3&header=false", """
                "Q%1$s",2024-01-01,1.00
                "Q%1$s,2024-01-02,2.00
                "Q%1$s",2024-01-03,4.00
                Q%1$s,2024-01-04,"8.00"
                """.formatted(run), CSV));
        assertThat(rejections(quoted)).containsExactly("2  wrong-quoting");
        assertThat(quoted.get("rowsApplied").asLong()).isEqualTo(3);
        assertThat(spend("Q" + run)).isEqualTo(13);
    }

    @Test
    void aPurchaseOfLessThanNothingIsARefund() {
        done(upload("columns=customer=1,at=2,amount=3&header=false", """
                M%1$s,2024-01-01,20.00
                M%1$s,2024-01-05,-7.50
                """.formatted(run), CSV));
        JsonNode orders = service.get("/v1/subscribers/M" + run).body().get("orders");
        assertThat(orders.get("count").asLong()).isEqualTo(1);
        assertThat(orders.get("spend").asDouble()).isEqualTo(12.5);
        assertThat(service.events("winback.imports", "M" + run))
                .last()
                .satisfies(refund -> assertThat(refund.get("name").asString()).isEqualTo("Order Refunded"));
    }

    @Test
    void rowsOlderThanTheErasureOfTheirSubscriberAreToldApartFromKnownOnes() {
        String file = "E%1$s,2024-01-01,3.00\nF%1$s,2024-01-01,3.00\n".formatted(run);
        String query = "columns=customer=1,at=2,amount=3&header=false";
        done(upload(query, file, CSV));
        assertThat(service.send(HttpRequest.newBuilder(
                                        URI.create("http://127.0.0.1:" + service.port + "/v1/subscribers/E" + run))
                                .header("Authorization", "Bearer " + RunningService.KEY)
                                .DELETE()
                                .build())
                        .status())
                .isEqualTo(202);
        JsonNode again = done(upload(query, file + "F%1$s,2024-01-02,3.00\n".formatted(run), CSV));
        assertThat(again.get("rowsApplied").asLong()).isEqualTo(1);
        assertThat(again.get("duplicates").asLong()).isEqualTo(1);
        assertThat(again.get("rowsDropped").asLong()).isEqualTo(1);
    }

    @Test
    void aSecondRowOfAnOrderIsRefusedUnlessItIsTheSame() {
        JsonNode lines =
                done(upload("columns=customer=1,at=2,amount=3,orderId=4&header=false", """
                L%1$s,2024-01-01,10.00,A%1$s
                L%1$s,2024-01-01,20.00,A%1$s
                K%1$s,2024-01-02,99.00,A%1$s
                L%1$s,2024-01-01,10.00,A%1$s
                K%1$s,2024-01-02,5.00,
                K%1$s,2024-01-03,6.00,
                """.formatted(run), CSV));
        assertThat(rejections(lines)).containsExactly("2 orderId order-repeated", "3 orderId order-repeated");
        assertThat(lines.get("duplicates").asLong()).isEqualTo(1);
        assertThat(spend("L" + run)).isEqualTo(10);
        assertThat(spend("K" + run)).isEqualTo(11);
    }

    @Test
    void whatIsNoTableOfTextIsRefused() {
        for (String type :
                List.of("application/xml", "text/xml", "multipart/form-data; boundary=x", "multipart/form-data")) {
            Answer refused = upload("columns=customer=1,at=2,amount=3", "<rows><row/></rows>", type);
            assertThat(refused.status()).as(type).isEqualTo(415);
            assertThat(refused.body().get("code").asString()).as(type).isEqualTo("not-a-file");
        }
    }

    private static double spend(String id) {
        return service.get("/v1/subscribers/" + id).body().at("/orders/spend").asDouble();
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        }
        return bytes.toByteArray();
    }

    private byte[] purchases(int rows) {
        StringBuilder file = new StringBuilder();
        for (int i = 0; i < rows; i++) {
            // Each hundredth is bad, and each is twice in the file.
            file.append("R%s-%d,%d,%s\n".formatted(run, i % 97, 19970101 + i / 2 % 28, i % 100 == 7 ? "=bad" : "9.99"));
        }
        return file.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void zippedFilesAreReadWhetherTheRequestSaysSoOrNotAndADamagedOneIsKeptUpToThere() throws IOException {
        byte[] zipped = gzip(purchases(3000));
        String query = "columns=customer=1,at=2,amount=3&header=false";
        Answer damaged = upload(query, Arrays.copyOf(zipped, zipped.length / 2), "application/gzip");
        assertThat(damaged.status()).isEqualTo(400);
        assertThat(damaged.body().get("code").asString()).isEqualTo("import-cut-off");
        assertThat(damaged.body().get("rowsRead").asLong()).isBetween(1L, 2999L);
        String id = damaged.body().get("importId").asString();
        assertThat(progress(id).get("state").asString()).isEqualTo("failed");
        assertThat(progress(id).get("detail").asString()).contains("resume=" + id);

        JsonNode whole = done(upload("resume=" + id, zipped, "application/gzip"));
        assertThat(whole.get("rowsRead").asLong()).isEqualTo(3000);
        assertThat(whole.get("bytesTotal").asLong()).isEqualTo(zipped.length);
        assertThat(whole.get("bytesRead").asLong()).isEqualTo(zipped.length);
        JsonNode encoded = done(upload(query, zipped, CSV, "Content-Encoding", "gzip"));
        assertThat(encoded.get("rowsApplied").asLong()).isZero();
        assertThat(upload(query, new byte[] {0x1f, (byte) 0x8b, 1, 2, 3}, CSV).status())
                .isEqualTo(400);
    }

    @Test
    void anImportThatWasCutOffGoesOnWhereItStoodAndCountsEachRowOnce() throws Exception {
        byte[] file = purchases(20_000);
        String id = UUID.randomUUID().toString();
        String query = "columns=customer=1,at=2,amount=3&header=false&id=" + id;
        cutOff(query, file, file.length / 2);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> progress(id).path("state").asString("").equals("failed"));
        long safe = progress(id).get("rowsRead").asLong();
        assertThat(safe).isBetween(1L, 19_999L);

        // Another file is not taken for this one, nor another mapping.
        byte[] another = file.clone();
        another[0] = 'Q';
        Answer refused = upload("resume=" + id, another, CSV);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body().get("code").asString()).isEqualTo("another-file");
        assertThat(upload("resume=" + id, purchases(5), CSV).body().get("code").asString())
                .isEqualTo("another-file");
        assertThat(faults(upload("resume=" + id + "&decimal=comma", file, CSV))).containsExactly("resume wrong-value");
        assertThat(upload(query, file, CSV).body().get("code").asString()).isEqualTo("import-exists");

        // As if the instance had died: nobody said so, it only is silent.
        service.db
                .sql("UPDATE import SET state = 'running', finished_at = NULL, alive_at = now() WHERE id = ?::uuid")
                .param(id)
                .update();
        assertThat(upload("resume=" + id, file, CSV).body().get("code").asString())
                .isEqualTo("still-running");
        service.db
                .sql("UPDATE import SET alive_at = now() - interval '16 seconds' WHERE id = ?::uuid")
                .param(id)
                .update();

        JsonNode whole = done(upload("resume=" + id, file, CSV));
        assertThat(whole.get("importId").asString()).isEqualTo(id);
        assertThat(whole.get("rowsRead").asLong()).isEqualTo(20_000);
        assertThat(whole.get("rowsAccepted").asLong()).isEqualTo(19_800);
        assertThat(whole.get("rowsApplied").asLong()).isEqualTo(19_800);
        assertThat(whole.get("duplicates").asLong()).isZero();
        assertThat(whole.get("rowsRejected").asLong()).isEqualTo(200);
        assertThat(whole.path("detail").isMissingNode()).isTrue();
        assertThat(service.db
                        .sql("SELECT sum(orders) FROM subscriber WHERE id LIKE ?")
                        .param("R" + run + "-%")
                        .query(Long.class)
                        .single())
                .isEqualTo(19_800);
        assertThat(upload("resume=" + id, file, CSV).body().get("code").asString())
                .isEqualTo("nothing-to-resume");
        assertThat(upload("resume=" + UUID.randomUUID(), file, CSV).status()).isEqualTo(404);
        assertThat(faults(upload("resume=1", file, CSV))).containsExactly("resume wrong-value");

        reportsWhatWasNotTaken(id);
    }

    private void cutOff(String query, byte[] file, int sent) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", service.port)) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST /v1/imports?" + query + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                            + RunningService.KEY + "\r\nContent-Type: text/csv\r\nContent-Length: " + file.length
                            + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(file, 0, sent);
            out.flush();
        }
    }

    private void reportsWhatWasNotTaken(String id) throws Exception {
        HttpResponse<String> csv = report(id, "*/*");
        assertThat(csv.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/csv");
        List<String> lines = csv.body().lines().toList();
        assertThat(lines).hasSize(1 + LISTED + 1);
        assertThat(lines.get(0)).isEqualTo("row,column,code,detail");
        assertThat(lines.get(1)).isEqualTo("8,amount,bad-amount,a decimal number such as 12.50");
        assertThat(lines.get(LISTED)).startsWith("14908,amount");
        assertThat(lines.getLast()).isEqualTo(",,not-listed,50 further rows are not listed");
        assertThat(csv.body()).doesNotContain("=bad").doesNotContain("R" + run);
        List<String> ndjson = report(id, NDJSON).body().lines().toList();
        assertThat(ndjson).hasSize(LISTED + 1);
        assertThat(ndjson.getFirst())
                .isEqualTo(
                        "{\"row\":8,\"column\":\"amount\",\"code\":\"bad-amount\",\"detail\":\"a decimal number such as 12.50\"}");
        assertThat(report(UUID.randomUUID().toString(), "*/*").statusCode()).isEqualTo(404);

        service.db
                .sql("UPDATE import SET finished_at = now() - interval '31 days' WHERE id = ?::uuid")
                .param(id)
                .update();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> service.db
                        .sql("SELECT count(*) FROM import_rejection WHERE import_id = ?::uuid")
                        .param(id)
                        .query(Long.class)
                        .single()
                        .equals(0L));
        assertThat(report(id, "*/*").body()).contains("not-listed,200 further rows");
        assertThat(progress(id).get("rowsRejected").asLong()).isEqualTo(200);
    }

    @Test
    void progressIsToldWhileFilesAreReadSideBySide() throws Exception {
        String first = UUID.randomUUID().toString();
        byte[] file = purchases(4000);
        try (HttpClient http = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                PipedOutputStream rows = new PipedOutputStream();
                PipedInputStream body = new PipedInputStream(rows, 1 << 20)) {
            CompletableFuture<HttpResponse<String>> open = http.sendAsync(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port
                                    + "/v1/imports?columns=customer=1,at=2,amount=3&header=false&id=" + first))
                            .header("Authorization", "Bearer " + RunningService.KEY)
                            .header("Content-Type", CSV)
                            .POST(BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> body), file.length))
                            .build(),
                    BodyHandlers.ofString());
            rows.write(file, 0, file.length / 2);
            rows.flush();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> progress(first).path("state").asString("").equals("running"));

            JsonNode second = done(upload("columns=customer=1,at=2,amount=3&header=false", file, CSV));
            assertThat(second.get("rowsAccepted").asLong()).isEqualTo(3960);
            assertThat(progress(first).get("bytesTotal").asLong()).isEqualTo(file.length);
            assertThat(open).isNotDone();

            rows.write(file, file.length / 2, file.length - file.length / 2);
            rows.close();
            assertThat(open.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(202);
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> progress(first).get("state").asString().equals("done"));
        JsonNode whole = progress(first);
        assertThat(whole.get("bytesRead").asLong()).isEqualTo(file.length);
        assertThat(whole.get("ratePerSecond").asDouble()).isPositive();
        assertThat(whole.path("secondsLeft").isMissingNode()).isTrue();
        assertThat(service.db
                        .sql("SELECT sum(orders) FROM subscriber WHERE id LIKE ?")
                        .param("R" + run + "-%")
                        .query(Long.class)
                        .single())
                .isEqualTo(3960);
    }
}
