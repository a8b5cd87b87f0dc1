package winback.standalone.demo;

import java.util.List;
import java.util.Map;

/** The demo's campaign: three approaches to a customer of a record shop who has not ordered for a while. */
final class DemoCampaign {

    static final String ID = "come-back-and-listen";
    static final String SENDER = "The Record Counter <hello@example.invalid>";
    static final double HOLDOUT_SHARE = 0.05;
    static final int IMMEDIATE_FIRST = 20;
    static final int VARIANTS = 3;

    private static final String SHOP = "https://shop.example.invalid";

    /** CDNOW gave no names, so a greeting without one has to read as naturally as one with it. */
    private static final String GREETING =
            "{% if subscriber.firstName %}Hi {{ subscriber.firstName }},{% else %}Hi there,{% endif %}";

    private static final String FOOTER =
            "You get this mail because you agreed to hear from The Record Counter. One click and it stops:";

    /**
     * One way to say it.
     *
     * @param paragraphs of the body, plain text with Liquid
     */
    private record Copy(
            String id,
            String subject,
            String preheader,
            List<String> paragraphs,
            String button,
            String path,
            String ps) {

        Map<String, Object> definition() {
            return Map.of(
                    "variantId", id,
                    "subject", subject,
                    "preheader", preheader,
                    "html", html(),
                    "text", text(),
                    "cta", Map.of("label", button, "url", SHOP + path),
                    "ps", ps);
        }

        private String html() {
            StringBuilder body = new StringBuilder();
            body.append("<div style=\"display:none\">{{ content.preheader }}</div>\n");
            body.append("<div style=\"max-width:560px;margin:0 auto;font:16px/1.6 Georgia,serif;color:#222\">\n");
            body.append("<p>").append(GREETING).append("</p>\n");
            paragraphs.forEach(paragraph -> body.append("<p>").append(paragraph).append("</p>\n"));
            body.append(
                    "<p><a href=\"{{ links.cta }}\" style=\"display:inline-block;padding:12px 22px;"
                            + "background:#1f3a5f;color:#fff;text-decoration:none;border-radius:4px\">{{ content.cta }}</a></p>\n");
            body.append("<p>{{ content.ps }}</p>\n");
            body.append("<p style=\"font-size:13px;color:#777\">")
                    .append(FOOTER)
                    .append(" <a href=\"{{ links.unsubscribe }}\">unsubscribe</a>.</p>\n</div>\n");
            return body.toString();
        }

        private String text() {
            return GREETING + "\n\n" + String.join("\n\n", paragraphs)
                    + "\n\n{{ content.cta }}: {{ links.cta }}\n\n{{ content.ps }}\n\n-- \n" + FOOTER
                    + " {{ links.unsubscribe }}\n";
        }
    }

    private static final List<Copy> COPIES = List.of(
            new Copy(
                    "one-album",
                    "{% if subscriber.firstName %}{{ subscriber.firstName }}, when{% else %}When{% endif %} did you last hear"
                            + " an album all the way through?",
                    "No shuffle, no skipping. Here are three to start with.",
                    List.of(
                            "Remember putting a record on and doing nothing else for forty minutes?",
                            "We still think it is one of the better ways to spend an evening. So we asked everybody behind"
                                    + " our counter for the one album they never skip a track of. Three names kept coming"
                                    + " up: one loud, one quiet, and one you have walked past a dozen times.",
                            "They are on one page, with a minute of each to listen to before you decide."),
                    "Hear the three albums",
                    "/three-albums",
                    "P.S. If the one you pick disappoints, send it back within 30 days. Opened is fine; how else would"
                            + " you know?"),
            new Copy(
                    "short-version",
                    "It's been a while. Here is the short version",
                    "Three things that changed on our shelves since your last order.",
                    List.of(
                            "You have not ordered for a while, and that is fine. Shelves fill up.",
                            "In case yours has a gap again, this is what happened here: the new arrivals are sorted by"
                                    + " mood now, not by alphabet. A wall of albums that had been out of print is back."
                                    + " And there is a second-chance shelf, opened once, checked by us, a third off.",
                            "Your account still works, and so does your old password. Two minutes are enough to look"
                                    + " around."),
                    "See what's new",
                    "/new",
                    "P.S. Looking for something you could not find last time? Reply with the title. A person reads it"
                            + " and will look for you."),
            new Copy(
                    "free-shipping",
                    "Your next order ships free for seven days",
                    "One album or ten. No minimum, no code to remember.",
                    List.of(
                            "A small reason to come back: whatever you order in the next seven days, the postage is on us.",
                            "There is no minimum and nothing to type in. The button below switches it on, and it stays on"
                                    + " while you browse.",
                            "If there is an album you have been meaning to get, this is a good week for it."),
                    "Switch on free shipping",
                    "/free-shipping",
                    "P.S. Is it a gift? Same deal, and we leave the price off the slip."));

    private DemoCampaign() {}

    /** The body of {@code POST /v1/campaigns}. */
    static Map<String, Object> definition() {
        return Map.of(
                "campaignId",
                ID,
                "name",
                "Come back and listen",
                "language",
                "en",
                "attributionDays",
                14,
                "holdoutShare",
                HOLDOUT_SHARE,
                "immediateFirst",
                IMMEDIATE_FIRST,
                "variants",
                COPIES.stream().map(Copy::definition).toList());
    }
}
