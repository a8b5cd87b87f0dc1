package winback.prediction.fixed;

import java.util.List;

/** What the ensembles' options may be; messages name what is wrong. */
final class Checks {

    private Checks() {}

    static void weight(String member, double weight) {
        if (!(weight >= 0 && weight <= 1)) {
            throw new IllegalArgumentException("Invalid weight of the " + member + ", expected 0 to 1: " + weight);
        }
    }

    static void trees(int trees) {
        if (trees < 1 || trees > 5_000) {
            throw new IllegalArgumentException("Invalid number of trees, expected 1 to 5000: " + trees);
        }
    }

    static void units(List<Integer> units) {
        if (units.isEmpty() || units.size() > 8 || units.stream().anyMatch(width -> width < 1 || width > 4_096)) {
            throw new IllegalArgumentException("Invalid units, expected 1 to 8 numbers, 1 to 4096: " + units);
        }
    }

    static void dropout(double dropout) {
        if (!(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException("Invalid dropout, expected 0 to below 1: " + dropout);
        }
    }
}
