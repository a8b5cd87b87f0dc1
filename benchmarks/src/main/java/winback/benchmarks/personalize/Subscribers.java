package winback.benchmarks.personalize;

import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Subscribers as the other services publish them: profile, scores and send times, with as many features as
 * profile-service knows. The same number is the same person at any time; features and scores are drawn anew with each
 * version.
 */
final class Subscribers {

    /** What the digits of an id can number. */
    static final int MOST = 9_999_999;

    private static final int DIGITS = 7;
    private static final int FEATURES = 194;
    private static final int PERIODS = 12;
    private static final int PERIOD_COLUMNS = 16;
    private static final String SCHEMA = "b5c628e6d88cf085";

    /** Of a hundred, how many agreed to marketing by e-mail. */
    private static final int CONSENTING = 95;

    private static final List<String> LIFECYCLES = List.of("new", "active", "at_risk", "lapsed", "lost", "won_back");
    private static final List<String> LANGUAGES = List.of("en", "en", "en", "en", "es", "fr", "de");

    static final List<String> CATEGORIES = words("""
            Garden tools, Houseplants, Seeds and bulbs, Outdoor furniture, Camping, Hiking boots
            Rain jackets, Cookware, Baking, Coffee and tea, Knives, Bed linen, Lamps, Rugs, Notebooks
            Bicycle parts
            """);

    private static final List<String> FIRST_NAMES = words("""
            Ana, Ben, Chloé, Daniel, Elena, Farid, Greta, Hugo, Ines, Jonas, Karin, Luis, Maya, Noah
            Olivia, Pablo, Quinn, Rosa, Samir, Tessa, Umar, Vera, Will, Xenia, Yusuf, Zoë, Aiko, Bruno
            Clara, Dmitri, Esther, Finn, Gloria, Henrik, Isabel, Jamal, Kenji, Lena, Marco, Nadia
            """);

    private static final List<String> LAST_NAMES = words("""
            Adams, Baker, Castillo, Dubois, Evans, Fischer, García, Hansen, Ivanova, Johnson, Kowalski
            Lindqvist, Martínez, Nguyen, O'Brien, Petrov, Quinn, Rossi, Schmidt, Tanaka, Usman, van Dijk
            Weber, Young, Zimmermann, Almeida, Brown, Costa, Diaz, Eriksen
            """);

    /** A city and its zone. */
    private record City(String name, String zone) {
        static City parse(String line) {
            int equals = line.indexOf('=');
            return new City(line.substring(0, equals), line.substring(equals + 1));
        }
    }

    private static final List<City> CITIES = """
            New York=America/New_York
            Chicago=America/Chicago
            Denver=America/Denver
            Los Angeles=America/Los_Angeles
            Phoenix=America/Phoenix
            Toronto=America/Toronto
            Vancouver=America/Vancouver
            Mexico City=America/Mexico_City
            Bogotá=America/Bogota
            Lima=America/Lima
            Santiago=America/Santiago
            São Paulo=America/Sao_Paulo
            Buenos Aires=America/Argentina/Buenos_Aires
            London=Europe/London
            Dublin=Europe/Dublin
            Lisbon=Europe/Lisbon
            Madrid=Europe/Madrid
            Barcelona=Europe/Madrid
            Paris=Europe/Paris
            Lyon=Europe/Paris
            Berlin=Europe/Berlin
            Hamburg=Europe/Berlin
            Vienna=Europe/Vienna
            Zürich=Europe/Zurich
            Rome=Europe/Rome
            Amsterdam=Europe/Amsterdam
            Brussels=Europe/Brussels
            Copenhagen=Europe/Copenhagen
            Stockholm=Europe/Stockholm
            Oslo=Europe/Oslo
            Helsinki=Europe/Helsinki
            Warsaw=Europe/Warsaw
            Prague=Europe/Prague
            Athens=Europe/Athens
            Istanbul=Europe/Istanbul
            Lagos=Africa/Lagos
            Nairobi=Africa/Nairobi
            Johannesburg=Africa/Johannesburg
            Dubai=Asia/Dubai
            Mumbai=Asia/Kolkata
            Singapore=Asia/Singapore
            Tokyo=Asia/Tokyo
            Sydney=Australia/Sydney
            Auckland=Pacific/Auckland
            """.lines().map(City::parse).toList();

    /** What a feature's values look like. */
    private enum Kind {
        COUNT,
        FADING_COUNT,
        SHARE,
        FLAG,
        DAYS
    }

    /** Of ten features in a row, about what profile-service's catalogue has. */
    private static final List<Kind> KINDS = List.of(
            Kind.COUNT,
            Kind.FADING_COUNT,
            Kind.COUNT,
            Kind.SHARE,
            Kind.FLAG,
            Kind.DAYS,
            Kind.COUNT,
            Kind.SHARE,
            Kind.FLAG,
            Kind.COUNT);

    /** How many in a hundred have no value; by feature in turns, so that a third of all is unknown. */
    private static final int[] UNKNOWN = {0, 20, 80};

    private Subscribers() {}

    private static List<String> words(String lines) {
        return List.of(lines.split("\n|, "));
    }

    /** Always as many characters. */
    static String id(int number) {
        String digits = Integer.toString(number);
        return "s" + "0".repeat(DIGITS - digits.length()) + digits;
    }

    /** A {@code ProfileChanged} as JSON. */
    static String profile(int number, long version, Instant featuresAsOf) {
        SplittableRandom person = new SplittableRandom(number);
        SplittableRandom now = new SplittableRandom(31 * version + number);
        String first = one(FIRST_NAMES, person);
        String last = one(LAST_NAMES, person);
        City city = one(CITIES, person);
        String language = one(LANGUAGES, person);
        StringBuilder json = new StringBuilder(4096);
        json.append("{\"subscriberId\":\"").append(id(number));
        json.append("\",\"version\":").append(version);
        json.append(",\"featuresAsOf\":\"").append(featuresAsOf);
        json.append("\",\"lifecycle\":\"").append(one(LIFECYCLES, now));
        json.append("\",\"lastActivityAt\":\"").append(featuresAsOf.minusSeconds(now.nextInt(1, 20_000_000)));
        json.append("\",\"featureSchema\":\"").append(SCHEMA).append("\",\"features\":[");
        for (int j = 0; j < FEATURES; j++) {
            json.append(j == 0 ? "" : ",");
            if (now.nextInt(100) < UNKNOWN[j % UNKNOWN.length]) {
                json.append("\"NaN\"");
            } else {
                feature(json, KINDS.get(j % KINDS.size()), now);
            }
        }
        json.append("],\"periods\":[");
        for (int period = 0; period < PERIODS; period++) {
            json.append(period == 0 ? "[" : ",[");
            for (int column = 0; column < PERIOD_COLUMNS; column++) {
                json.append(column == 0 ? "" : ",");
                feature(json, Kind.COUNT, now);
            }
            json.append(']');
        }
        json.append("],\"traits\":{\"email\":\"").append(id(number)).append(".").append(number % 97);
        json.append("@mail.example\",\"firstName\":\"").append(first);
        json.append("\",\"lastName\":\"").append(last);
        json.append("\",\"city\":\"").append(city.name());
        json.append("\",\"favouriteCategory\":\"").append(one(CATEGORIES, person));
        json.append("\",\"language\":\"").append(language);
        json.append("\"},\"consents\":[{\"channel\":\"email\",\"purpose\":\"marketing\",\"granted\":");
        json.append(person.nextInt(100) < CONSENTING);
        json.append(",\"source\":\"checkout\",\"at\":\"").append(since2020(person));
        json.append("\"}],\"timezone\":\"").append(city.zone());
        json.append("\",\"locale\":\"").append(language).append("\"}");
        return json.toString();
    }

    /** A {@code ScoresChanged} as JSON. */
    static String scores(int number, long version, Instant scoredAt) {
        SplittableRandom now = new SplittableRandom(37 * version + number);
        StringBuilder json = new StringBuilder(768);
        json.append("{\"subscriberId\":\"").append(id(number));
        json.append("\",\"version\":").append(version);
        json.append(",\"scoredAt\":\"").append(scoredAt);
        json.append("\",\"featuresAsOf\":\"").append(scoredAt);
        json.append("\",\"profileVersion\":").append(version).append(",\"scores\":{");
        double churn = now.nextDouble();
        score(json, "churn", churn, 30, .7 * churn, 1 - .7 * (1 - churn), 3);
        json.append(',');
        double value = -120 * Math.log(1 - now.nextDouble());
        score(json, "value", value, 365, .3 * value, 2.1 * value, 2);
        json.append(',');
        double engagement = now.nextDouble() * .4;
        score(json, "engagement", engagement, 7, .6 * engagement, 1.5 * engagement, 5);
        return json.append("}}").toString();
    }

    private static void score(
            StringBuilder json, String model, double value, int horizonDays, double lower, double upper, int version) {
        json.append('"').append(model).append("\":{\"value\":").append(value);
        json.append(",\"horizonDays\":").append(horizonDays);
        json.append(",\"lower\":").append(lower).append(",\"upper\":").append(upper);
        json.append(",\"modelVersion\":\"").append(model).append('-').append(version);
        json.append("\",\"calibratedAt\":\"2026-06-28T09:12:44.318Z\"}");
    }

    /** A {@code SendTimesChanged} as JSON. */
    static String sendTimes(int number, long version, Instant computedAt) {
        SplittableRandom now = new SplittableRandom(41 * version + number);
        String zone = zone(number);
        int best = now.nextInt(8, 21);
        double[] weights = new double[24];
        double sum = 0;
        for (int hour = 0; hour < weights.length; hour++) {
            weights[hour] = (hour == best ? 3 : 1) * (.2 + now.nextDouble());
            sum += weights[hour];
        }
        StringBuilder json = new StringBuilder(768);
        json.append("{\"subscriberId\":\"").append(id(number));
        json.append("\",\"version\":").append(version);
        json.append(",\"computedAt\":\"").append(computedAt).append("\",\"hourWeights\":[");
        for (int hour = 0; hour < weights.length; hour++) {
            json.append(hour == 0 ? "" : ",").append(weights[hour] / sum);
        }
        json.append("],\"bestHour\":").append(best);
        json.append(",\"observations\":").append(now.nextInt(12));
        json.append(",\"timezone\":\"")
                .append(zone)
                .append("\",\"suppressed\":")
                .append(number % 50 == 0)
                .append('}');
        return json.toString();
    }

    private static String zone(int number) {
        SplittableRandom person = new SplittableRandom(number);
        one(FIRST_NAMES, person);
        one(LAST_NAMES, person);
        return one(CITIES, person).zone();
    }

    private static void feature(StringBuilder json, Kind kind, SplittableRandom random) {
        switch (kind) {
            case COUNT -> json.append((int) (-3 * Math.log(1 - random.nextDouble())));
            case FADING_COUNT -> json.append((float) (-2 * Math.log(1 - random.nextDouble())));
            case SHARE -> json.append((float) random.nextDouble());
            case FLAG -> json.append(random.nextInt(2));
            case DAYS -> json.append((float) (-200 * Math.log(1 - random.nextDouble())));
        }
    }

    private static Instant since2020(SplittableRandom random) {
        return Instant.ofEpochSecond(1_577_836_800L + random.nextInt(200_000_000));
    }

    private static <T> T one(List<T> of, SplittableRandom random) {
        return of.get(random.nextInt(of.size()));
    }
}
