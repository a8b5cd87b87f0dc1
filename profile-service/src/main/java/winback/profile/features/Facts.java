package winback.profile.features;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** What is worked out of a subscriber's traits once and used by several features. Each is null when nothing tells. */
record Facts(
        @Nullable Region region,
        @Nullable LocalDate birthday,
        @Nullable LocalDate createdAt,
        double declaredAge) {

    static Facts of(SubscriberState state) {
        return new Facts(
                Region.of(state),
                Declarations.day(state, "birthday", "dateOfBirth", "date_of_birth"),
                Declarations.day(state, "createdAt", "created_at", "signupDate"),
                Declarations.number(state, "age"));
    }
}
