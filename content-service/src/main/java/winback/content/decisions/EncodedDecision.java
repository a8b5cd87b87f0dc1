package winback.content.decisions;

import winback.contracts.ContentDecided;

/**
 * A decision as JSON: a tenth of what the object graph takes, and nothing for the garbage collector to follow.
 *
 * @param subscriberId whose it is now, which may be another than the JSON says
 * @param json in UTF-8
 */
@SuppressWarnings("ArrayRecordComponent") // bytes, compared nowhere
record EncodedDecision(String subscriberId, byte[] json) {

    static EncodedDecision of(ContentDecided decision) {
        return new EncodedDecision(decision.subscriberId(), DecisionJson.bytes(decision));
    }

    ContentDecided decision() {
        return DecisionJson.decision(json).withSubscriberId(subscriberId);
    }
}
