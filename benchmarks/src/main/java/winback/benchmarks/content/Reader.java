package winback.benchmarks.content;

import java.util.Locale;
import java.util.Map;

/** Whom a mail is rendered for: what profile-service lets a trait be, at most 1,024 bytes. */
enum Reader {
    /** Of whom no trait is known. */
    UNKNOWN(""),
    USUAL("Ana"),
    MARKUP("<script>alert('x')</script>{{ links.cta }}{% include 'x' %}\" onload=\"x".repeat(14)),
    /** Every character has to be escaped. */
    LONGEST("<".repeat(1024)),
    ACCENTS("Ñandú Óscar 🦤 ".repeat(51));

    private final String name;

    Reader(String name) {
        this.name = name;
    }

    Map<String, Object> traits() {
        return name.isEmpty() ? Map.of() : Map.of("firstName", name);
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
