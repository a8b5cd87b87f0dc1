package winback.standalone.traces;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where something was found, and how often; never what.
 *
 * @param tables searched
 * @param topics searched
 * @param files searched
 * @param places such as {@code table profile.activity, column event}, with the number of rows, records or 1 for a file
 */
public record Findings(int tables, int topics, int files, Map<String, Long> places) {

    static Findings of(List<Findings> parts) {
        Map<String, Long> places = new TreeMap<>();
        int tables = 0;
        int topics = 0;
        int files = 0;
        for (Findings part : parts) {
            tables += part.tables;
            topics += part.topics;
            files += part.files;
            places.putAll(part.places);
        }
        return new Findings(tables, topics, files, places);
    }
}
