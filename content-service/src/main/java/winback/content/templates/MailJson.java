package winback.content.templates;

import java.io.ByteArrayOutputStream;

/** The JSON of a {@link RenderedMail} in UTF-8. Written once and then only read. */
public final class MailJson extends ByteArrayOutputStream {

    MailJson(int usualBytes) {
        super(usualBytes);
    }
}
