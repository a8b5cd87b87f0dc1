package winback.content.gate;

import java.util.function.Function;

/** One thing for each language that mails are written in. */
record ByLanguage<T>(T english, T spanish) {

    /** @param make of {@code en} and {@code es} */
    static <T> ByLanguage<T> of(Function<String, T> make) {
        return new ByLanguage<>(make.apply("en"), make.apply("es"));
    }

    T in(String language) {
        return language.equals("es") ? spanish : english;
    }
}
