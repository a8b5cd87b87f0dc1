package winback.profile.privacy;

import winback.chassis.problems.Problem;

/** A subscriber's id as it stands in a path. */
final class SubscriberId {

    private static final int MAX_LENGTH = 255;

    private SubscriberId() {}

    static String valid(String id) {
        if (id.chars().anyMatch(Character::isISOControl)) {
            throw Problem.invalid("id", "control-character", "an id has no control characters");
        }
        if (id.length() > MAX_LENGTH) {
            throw Problem.invalid("id", "too-long", "an id has at most %d characters".formatted(MAX_LENGTH));
        }
        return id;
    }
}
