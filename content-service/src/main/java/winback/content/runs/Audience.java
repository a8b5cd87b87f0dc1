package winback.content.runs;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import winback.chassis.problems.Problem;
import winback.chassis.problems.Problem.Fault;
import winback.content.PlainText;
import winback.content.cache.Subscriber;
import winback.contracts.ScoresChanged.Score;

/**
 * Whom a run is for: those whom every one of its conditions fits. Who has not agreed to marketing mail, is suppressed or has
 * no address is never meant.
 *
 * @param lifecycle stages, such as {@code lapsed}; empty for all
 * @param scores ranges by model; a score that is unknown or too old to be used lies in none
 * @param traits wanted values by trait; a subscriber without the trait has none of them
 */
record Audience(Set<String> lifecycle, Map<String, Range> scores, Map<String, List<Object>> traits) {

    private static final Set<String> STAGES =
            new TreeSet<>(Set.of("new", "active", "at_risk", "lapsed", "lost", "won_back"));
    private static final Set<String> MODELS = new TreeSet<>(Set.of("churn", "engagement", "value"));

    /**
     * Traits that say who somebody is: the whole name, in small letters, without accents, numbers at its end and what is between
     * words. A run keeps its audience, also beyond the erasure of a person.
     */
    private static final Set<String> WHO_SOMEBODY_IS = Set.of(
            "addressline",
            "cellphone",
            "correoelectronico",
            "dateofbirth",
            "displayname",
            "emailaddress",
            "familyname",
            "fechadenacimiento",
            "fechanacimiento",
            "firstname",
            "fullname",
            "givenname",
            "ipaddress",
            "lastname",
            "middlename",
            "mobilenumber",
            "mobilephone",
            "name",
            "nombre",
            "nombrecompleto",
            "nombredeusuario",
            "phonenumber",
            "primerapellido",
            "primernombre",
            "segundoapellido",
            "streetaddress",
            "telefonomovil");

    /** Last words of such traits: {@code contactEmail}, but not {@code emailFrequency}. */
    private static final Set<String> WHERE_SOMEBODY_IS = Set.of(
            "address",
            "apellido",
            "apellidos",
            "birthdate",
            "birthday",
            "calle",
            "celular",
            "correo",
            "cumpleanos",
            "direccion",
            "dni",
            "dob",
            "domicilio",
            "email",
            "iban",
            "mail",
            "mobile",
            "movil",
            "nickname",
            "nie",
            "nif",
            "passport",
            "pasaporte",
            "phone",
            "ssn",
            "street",
            "surname",
            "telefono",
            "telephone",
            "username",
            "usuario",
            "whatsapp");

    /** What stands beside {@code id} in such traits. */
    private static final Set<String> SOMEBODY =
            Set.of("client", "cliente", "customer", "contact", "contacto", "member", "subscriber", "user", "usuario");

    private static final Pattern BETWEEN_WORDS =
            Pattern.compile("[^\\p{L}]+|(?<=\\p{Ll})(?=\\p{Lu})|(?<=\\p{Lu})(?=\\p{Lu}\\p{Ll})");

    private static final int MOST_TRAITS = 20;
    private static final int MOST_VALUES = 200;

    /**
     * Both ends belong to it.
     *
     * @param min absent for no lower end
     * @param max absent for no upper end
     */
    record Range(@Nullable Double min, @Nullable Double max) {
        boolean contains(double value) {
            return (min == null || value >= min) && (max == null || value <= max);
        }
    }

    /**
     * As a caller hands it in.
     *
     * @param cap mails at most; absent for no bound
     * @param segment refused: there are no segments yet
     * @param uplift refused: nobody estimates uplift yet
     */
    record Form(
            @Nullable List<@Nullable String> lifecycle,
            @Nullable Map<String, @Nullable Range> scores,
            @Nullable Map<String, @Nullable List<@Nullable Object>> traits,
            @Nullable Long cap,
            @Nullable Object segment,
            @Nullable Object uplift) {

        /** Everybody. */
        static final Form ALL = new Form(null, null, null, null, null, null);

        Audience check() {
            List<Fault> faults = new ArrayList<>();
            if (segment != null) {
                faults.add(new Fault("audience.segment", "not-available", "there are no segments yet; leave it out"));
            }
            if (uplift != null) {
                faults.add(new Fault("audience.uplift", "not-available", "uplift is not estimated yet; leave it out"));
            }
            if (cap != null && cap < 1) {
                faults.add(new Fault("audience.cap", "out-of-range", "at least 1"));
            }
            Audience checked = new Audience(stages(faults), ranges(faults), values(faults));
            if (!faults.isEmpty()) {
                Fault first = faults.getFirst();
                throw Problem.invalid(first.field() + ": " + first.detail(), faults);
            }
            return checked;
        }

        private Set<String> stages(List<Fault> faults) {
            Set<String> wanted = new TreeSet<>();
            if (lifecycle != null && lifecycle.isEmpty()) {
                // Nobody, or everybody? Leaving it out says everybody.
                faults.add(new Fault("audience.lifecycle", "missing", "at least one stage, or leave it out"));
            }
            for (String stage : lifecycle == null ? List.<@Nullable String>of() : lifecycle) {
                if (stage == null || !STAGES.contains(stage)) {
                    faults.add(new Fault("audience.lifecycle", "wrong-value", "one of " + String.join(", ", STAGES)));
                } else {
                    wanted.add(stage);
                }
            }
            return wanted;
        }

        private Map<String, Range> ranges(List<Fault> faults) {
            Map<String, Range> wanted = new TreeMap<>();
            if (scores != null) {
                scores.forEach((model, range) -> {
                    String field = "audience.scores." + model;
                    if (!MODELS.contains(model)) {
                        faults.add(new Fault(field, "wrong-value", "one of " + String.join(", ", MODELS)));
                    } else if (range == null || range.min() == null && range.max() == null) {
                        faults.add(new Fault(field, "missing", "min, max or both are required"));
                    } else if (isEndless(range.min()) || isEndless(range.max())) {
                        faults.add(new Fault(field, "out-of-range", "finite numbers"));
                    } else if (!model.equals("value") && (isNoShare(range.min()) || isNoShare(range.max()))) {
                        faults.add(new Fault(field, "out-of-range", "a probability, 0 to 1"));
                    } else if (range.min() != null && range.max() != null && !(range.min() <= range.max())) {
                        faults.add(new Fault(field, "out-of-range", "min is above max"));
                    } else {
                        wanted.put(model, range);
                    }
                });
            }
            return wanted;
        }

        private static boolean isEndless(@Nullable Double value) {
            return value != null && !Double.isFinite(value);
        }

        private static boolean isNoShare(@Nullable Double value) {
            return value != null && !(value >= 0 && value <= 1);
        }

        private static boolean saysWhoSomebodyIs(String trait) {
            String plain = PlainText.withoutAccents(trait);
            List<String> words = BETWEEN_WORDS
                    .splitAsStream(plain)
                    .filter(word -> !word.isEmpty())
                    .map(word -> word.toLowerCase(Locale.ROOT))
                    .toList();
            String whole = String.join("", words);
            return !words.isEmpty()
                    && (WHO_SOMEBODY_IS.contains(whole)
                            || WHERE_SOMEBODY_IS.contains(words.getLast())
                            || words.contains("id") && words.stream().anyMatch(SOMEBODY::contains)
                            || SOMEBODY.stream().anyMatch(somebody -> whole.equals(somebody + "id")));
        }

        private static boolean isAddress(@Nullable Object value) {
            return value instanceof String text && text.indexOf('@') >= 0;
        }

        private Map<String, List<Object>> values(List<Fault> faults) {
            Map<String, List<Object>> wanted = new TreeMap<>();
            if (traits != null) {
                if (traits.size() > MOST_TRAITS) {
                    faults.add(new Fault("audience.traits", "too-many", "at most " + MOST_TRAITS));
                }
                traits.forEach((trait, values) -> {
                    if (values != null
                            && (saysWhoSomebodyIs(trait) && !values.stream().allMatch(Boolean.class::isInstance)
                                    || values.stream().anyMatch(Form::isAddress))) {
                        faults.add(
                                new Fault(
                                        "audience.traits." + trait,
                                        "personal-data",
                                        "says who somebody is, which a run must not keep; POST /v1/personalizations decides for one person"));
                        return;
                    }
                    List<Object> known = new ArrayList<>();
                    for (Object value : values == null ? List.<@Nullable Object>of() : values) {
                        if (value instanceof String text && PlainText.is(text)
                                || value instanceof Number number && Double.isFinite(number.doubleValue())
                                || value instanceof Boolean) {
                            known.add(value);
                        }
                    }
                    if (known.isEmpty()
                            || !PlainText.is(trait)
                            || values == null
                            || known.size() < values.size()
                            || known.size() > MOST_VALUES) {
                        faults.add(new Fault(
                                "audience.traits." + trait,
                                "wrong-value",
                                "a list of 1 to " + MOST_VALUES
                                        + " texts without controls or halves of pairs, numbers, true or false"));
                    } else {
                        wanted.put(trait, known);
                    }
                });
            }
            return wanted;
        }
    }

    /**
     * Whether all conditions fit; whether there may be mail is not among them.
     *
     * @param oldest scores of features from before that are not used
     */
    boolean matches(Subscriber subscriber, Instant oldest) {
        if (!subscriber.hasProfile() || !lifecycle.isEmpty() && !lifecycle.contains(subscriber.lifecycle())) {
            return false;
        }
        for (Map.Entry<String, List<Object>> trait : traits.entrySet()) {
            Object value = subscriber.trait(trait.getKey());
            if (value == null || trait.getValue().stream().noneMatch(wanted -> same(wanted, value))) {
                return false;
            }
        }
        if (scores.isEmpty()) {
            return true;
        }
        if (!subscriber.hasScores() || subscriber.scoresAsOf().isBefore(oldest)) {
            return false;
        }
        Map<String, Score> known = subscriber.scores();
        for (Map.Entry<String, Range> score : scores.entrySet()) {
            Score value = known.get(score.getKey());
            if (value == null || !score.getValue().contains(value.value())) {
                return false;
            }
        }
        return true;
    }

    private static boolean same(Object wanted, Object value) {
        return wanted instanceof Number one && value instanceof Number other
                ? new BigDecimal(one.toString()).compareTo(new BigDecimal(other.toString())) == 0
                : wanted.equals(value);
    }
}
