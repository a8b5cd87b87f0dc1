package winback.delivery.deliveries;

import java.time.Instant;
import winback.delivery.recipients.Address;

/** What is to become of a due delivery. */
sealed interface Verdict {

    /** The mail may leave now, to that address. */
    record Go(Address to) implements Verdict {}

    /** What it depends on is behind; it is looked at again then. */
    record Wait(Instant until) implements Verdict {}

    /** Not now but then. */
    record Move(Slot slot) implements Verdict {}

    /** Never. */
    record Refuse(Refusal refusal) implements Verdict {}
}
