package winback.delivery.recipients;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import winback.contracts.ProfileChanged;
import winback.contracts.ProfileChanged.Consent;

class RecipientTest {

    private static final Instant NOW = Instant.parse("2026-02-10T10:00:00Z");

    private static Recipient recipient(String zone, Consent... consents) {
        return Recipient.of(new ProfileChanged(
                "anna",
                1,
                NOW,
                "lapsed",
                NOW,
                "schema",
                new float[0],
                new float[12][0],
                Map.of("email", " Anna@Example.invalid "),
                List.of(consents),
                zone,
                null));
    }

    private static Consent marketing(boolean granted, Instant at) {
        return new Consent("email", "marketing", granted, "checkout", at);
    }

    @Test
    void consentIsNoneUnlessItIsForMarketingByEmail() {
        assertThat(recipient("UTC").consents()).isFalse();
        assertThat(recipient("UTC", new Consent("sms", "marketing", true, "checkout", NOW))
                        .consents())
                .isFalse();
        assertThat(recipient("UTC", new Consent("email", "service", true, "checkout", NOW))
                        .consents())
                .isFalse();
        assertThat(recipient("UTC", marketing(true, NOW)).consents()).isTrue();
    }

    @Test
    void theNewestWordOnConsentCounts() {
        assertThat(recipient("UTC", marketing(false, NOW), marketing(true, NOW.minusSeconds(1)))
                        .consents())
                .isFalse();
        assertThat(recipient("UTC", marketing(false, NOW.minusSeconds(1)), marketing(true, NOW))
                        .consents())
                .isTrue();
        assertThat(recipient("UTC", marketing(true, NOW), marketing(false, NOW)).consents())
                .isFalse();
    }

    @Test
    void anUnknownZoneIsNone() {
        assertThat(recipient("Asia/Kathmandu").timezone()).isEqualTo(ZoneId.of("Asia/Kathmandu"));
        assertThat(recipient("Middle-earth/Shire").timezone()).isNull();
        assertThat(recipient("+25:99").timezone()).isNull();
    }

    @Test
    void anAddressIsTheSameInWhateverCase() {
        Address address = java.util.Objects.requireNonNull(recipient("UTC").address());
        assertThat(address).isEqualTo(new Address("Anna@Example.invalid"));
        assertThat(address.hash()).isEqualTo(new Address("anna@example.INVALID").hash());
        assertThat(address.toString()).doesNotContainIgnoringCase("anna");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "anna", "@example.invalid", "anna@", "a b@example.invalid", "anna@example.invalid\r\nBcc:x"})
    void whatCannotBeAnAddressIsNone(String text) {
        assertThat(Address.of(text)).isEmpty();
    }

    @Test
    void whatIsNoTextIsNoAddress() {
        assertThat(Address.of(null)).isEmpty();
        assertThat(Address.of(42)).isEmpty();
        assertThat(Address.of("a".repeat(250) + "@b.cd")).isEmpty();
    }
}
