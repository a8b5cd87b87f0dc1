package winback.content.composer;

import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import winback.content.brief.Brief;
import winback.content.drafts.Draft;
import winback.content.drafts.Generator;
import winback.content.drafts.Letter;
import winback.content.drafts.Request;

/**
 * Whole mails from phrases and a brief, without a network. The same brief, request and day give the same mails.
 */
public final class Composer implements Generator {

    public static final String NAME = "composer";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Written write(Brief brief, Request request, LocalDate today) {
        if (!brief.languages().contains(request.language())) {
            throw new IllegalArgumentException("the brief is not in " + request.language());
        }
        List<Draft> drafts = new Composition(brief, request, today).drafts();
        return new Written(drafts, 0, null);
    }

    /** As many different ones of what stands around a mail's words, for mails that others write. */
    public static List<Letter.Frame> frames(Brief brief, Request request, LocalDate today) {
        Composition composition = new Composition(brief, request, today);
        return Stream.generate(composition::frame).limit(request.count()).toList();
    }
}
