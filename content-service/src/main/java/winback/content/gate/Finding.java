package winback.content.gate;

/**
 * Something that keeps a draft from being sent.
 *
 * @param code stable, such as {@code claim-outside-brief}
 * @param place the field, such as {@code subject}, {@code html} or {@code cta.url}, and where known line and column of its
 *     source as {@code html:3:14}
 * @param detail what is there, and what is wrong with it
 */
public record Finding(String code, String place, String detail) {}
