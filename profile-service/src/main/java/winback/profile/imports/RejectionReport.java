package winback.profile.imports;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import tools.jackson.databind.json.JsonMapper;

/** All that is known of the rows that an import did not take, page by page. */
final class RejectionReport {

    private static final int PAGE = 1000;
    private static final JsonMapper JSON = JsonMapper.builder()
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private final Imports imports;
    private final Imports.Progress progress;

    RejectionReport(Imports imports, Imports.Progress progress) {
        this.imports = imports;
        this.progress = progress;
    }

    void write(boolean ndjson, Writer out) throws IOException {
        CSVPrinter csv = new CSVPrinter(out, CSVFormat.RFC4180);
        if (!ndjson) {
            csv.printRecord("row", "column", "code", "detail");
        }
        long after = -1;
        List<Rejection> page;
        while (!(page = imports.rejections(progress.importId(), after, PAGE)).isEmpty()) {
            for (Rejection one : page) {
                if (ndjson) {
                    out.write(JSON.writeValueAsString(one));
                    out.write('\n');
                } else {
                    csv.printRecord(one.row(), inert(one.column()), inert(one.code()), inert(one.detail()));
                }
            }
            after = page.getLast().row();
        }
        long others = progress.rowsRejected() - progress.rejectionsListed();
        if (others > 0 && !ndjson) {
            csv.printRecord(null, "", "not-listed", others + " further rows are not listed");
        } else if (others > 0) {
            out.write(JSON.writeValueAsString(
                    Map.of("code", "not-listed", "detail", others + " further rows are not listed")));
            out.write('\n');
        }
    }

    /** A spreadsheet takes a text that begins so for a formula. */
    private static String inert(String text) {
        return text.isEmpty() || "=+-@\t\r".indexOf(text.charAt(0)) < 0 ? text : "'" + text;
    }
}
