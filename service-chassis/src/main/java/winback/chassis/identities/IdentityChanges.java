package winback.chassis.identities;

import java.util.Set;

/**
 * What a service does with what it holds when ids merge or go. Called within the transaction that notes the change, while
 * no {@link Identities#known} transaction runs. Both may come again for what has been done already.
 */
public interface IdentityChanges {

    /** Everything held of {@code from} now belongs to {@code into}. */
    void merge(String from, String into);

    /** Nothing older than the erasure may stay of these ids, which are one person's. */
    void erase(Set<String> subscriberIds, Erasure erasure);
}
