package winback.profile.ingestion;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The calls as OpenAPI shows them. They are read as trees by {@link SegmentCalls}, since fields that are not listed here are
 * kept and not refused.
 */
final class CallSchemas {

    static final String TRACK = """
            {"userId":"ada","messageId":"m1","event":"Order Completed","timestamp":"2026-11-24T08:00:00Z",
             "properties":{"order_id":"o1","total":12.5,"currency":"USD"}}""";
    static final String IDENTIFY = """
            {"userId":"ada","traits":{"email":"ada@example.com","timezone":"Europe/Berlin",
             "consents":[{"channel":"email","purpose":"marketing","granted":true,"source":"checkout"}]}}""";
    static final String PAGE = """
            {"anonymousId":"visitor-17","name":"Pricing","properties":{"url":"https://shop.example/pricing"}}""";
    static final String SCREEN = """
            {"userId":"ada","name":"Home"}""";
    static final String GROUP = """
            {"userId":"ada","groupId":"acme","traits":{"employees":12}}""";
    static final String ALIAS = """
            {"userId":"ada","previousId":"visitor-17"}""";
    static final String BATCH = """
            {"sentAt":"2026-11-24T08:00:01Z","batch":[
             {"type":"track","userId":"ada","messageId":"m2","event":"Email Opened","timestamp":"2026-11-24T08:00:00Z"},
             {"type":"identify","userId":"ada","traits":{"firstName":"Ada"}}]}""";

    private static final String ID = "at most 255 characters; a whole number is read as one";
    private static final String WHO = "who it is about; this or anonymousId is needed; " + ID;
    private static final String MESSAGE = "a call that is sent again with the same one counts once; " + ID;
    private static final String WHEN =
            "ISO 8601, corrected by sentAt; without one it is the time of receipt; from 1970 to a day ahead";
    private static final String SENT = "the sender's clock when it sent this";

    @Schema(name = "TrackCall", description = "Something that a person did or that was done to them")
    record Track(
            @Schema(description = WHO) @Nullable String userId,
            @Schema(description = ID) @Nullable String anonymousId,
            @Schema(description = MESSAGE) @Nullable String messageId,

            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "Order Completed")
            String event,

            @Schema(description = WHEN) @Nullable Instant timestamp,
            @Schema(description = SENT) @Nullable Instant sentAt,
            @Nullable Map<String, Object> properties,
            @Nullable Map<String, Object> context) {}

    @Schema(name = "IdentifyCall", description = "Who a person is")
    record Identify(
            @Schema(description = WHO) @Nullable String userId,
            @Schema(description = ID) @Nullable String anonymousId,
            @Schema(description = MESSAGE) @Nullable String messageId,
            @Schema(description = WHEN) @Nullable Instant timestamp,
            @Schema(description = SENT) @Nullable Instant sentAt,

            @Schema(
                    description = "whatever is known; email, timezone (IANA) and consents (channel, purpose, granted,"
                            + " source) have a meaning and are refused without it")
            @Nullable
            Map<String, Object> traits,

            @Nullable Map<String, Object> context) {}

    @Schema(name = "ViewCall", description = "A page or a screen that a person saw")
    record View(
            @Schema(description = WHO) @Nullable String userId,
            @Schema(description = ID) @Nullable String anonymousId,
            @Schema(description = MESSAGE) @Nullable String messageId,
            @Nullable String name,
            @Schema(description = WHEN) @Nullable Instant timestamp,
            @Schema(description = SENT) @Nullable Instant sentAt,
            @Nullable Map<String, Object> properties,
            @Nullable Map<String, Object> context) {}

    @Schema(name = "GroupCall", description = "A group that a person belongs to; its traits are not the person's")
    record Group(
            @Schema(description = WHO) @Nullable String userId,
            @Schema(description = ID) @Nullable String anonymousId,
            @Schema(description = MESSAGE) @Nullable String messageId,

            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, description = ID)
            String groupId,

            @Schema(description = WHEN) @Nullable Instant timestamp,
            @Schema(description = SENT) @Nullable Instant sentAt,
            @Nullable Map<String, Object> traits,
            @Nullable Map<String, Object> context) {}

    @Schema(name = "AliasCall", description = "Another id of the same person")
    record Alias(
            @Schema(description = WHO) @Nullable String userId,
            @Schema(description = ID) @Nullable String anonymousId,
            @Schema(description = MESSAGE) @Nullable String messageId,

            @Schema(
                    requiredMode = Schema.RequiredMode.REQUIRED,
                    description = "the id whose history goes to userId; " + ID)
            String previousId,

            @Schema(description = WHEN) @Nullable Instant timestamp,
            @Schema(description = SENT) @Nullable Instant sentAt,
            @Nullable Map<String, Object> context) {}

    @Schema(name = "BatchCall", description = "At most 500 KB, each call at most 32 KB")
    record Batch(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED)
            List<TypedCall> batch,

            @Schema(description = "of all calls that have none of their own") @Nullable
            Instant sentAt) {}

    @Schema(name = "TypedCall", description = "A call as it is posted alone, and its type")
    record TypedCall(
            @Schema(
                    requiredMode = Schema.RequiredMode.REQUIRED,
                    allowableValues = {"track", "identify", "page", "screen", "group", "alias"})
            String type,

            @Schema(description = WHO) @Nullable String userId,
            @Schema(description = ID) @Nullable String anonymousId,
            @Schema(description = MESSAGE) @Nullable String messageId,
            @Schema(description = "of a track") @Nullable String event,

            @Schema(description = "of a page or screen") @Nullable
            String name,

            @Schema(description = "of a group") @Nullable String groupId,
            @Schema(description = "of an alias") @Nullable String previousId,
            @Schema(description = WHEN) @Nullable Instant timestamp,
            @Nullable Map<String, Object> properties,
            @Nullable Map<String, Object> traits,
            @Nullable Map<String, Object> context) {}

    private CallSchemas() {}
}
