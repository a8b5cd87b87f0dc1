package winback.delivery.identities;

import java.util.Set;
import winback.chassis.identities.Erasure;

/** One person, under whichever ids, is to be forgotten. Heard within the transaction that notes it. */
public record SubscribersErased(Set<String> subscriberIds, Erasure erasure) {}
