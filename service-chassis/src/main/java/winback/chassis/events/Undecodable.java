package winback.chassis.events;

/** A record that is no event of ours. It never reaches a listener: {@link Parking} takes it out. */
@SuppressWarnings("ArrayRecordComponent") // raw bytes, compared nowhere
record Undecodable(byte[] data, Reason reason, String detail) {

    enum Reason {
        /** Newer than this consumer: counted and skipped. */
        UNKNOWN_TYPE,
        /** Broken: counted and parked. */
        MALFORMED
    }
}
