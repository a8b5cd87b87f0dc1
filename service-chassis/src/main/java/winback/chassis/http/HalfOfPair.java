package winback.chassis.http;

import tools.jackson.core.JsonParser;
import tools.jackson.databind.DatabindException;

/** A text has half of a surrogate pair, which no UTF-8 can say: it would be kept as another text. */
public final class HalfOfPair extends DatabindException {

    private static final long serialVersionUID = 1;

    HalfOfPair(JsonParser from) {
        super(from, "half of a surrogate pair");
    }
}
