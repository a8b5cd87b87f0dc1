package winback.chassis.http;

import tools.jackson.core.JsonParser;
import tools.jackson.databind.DatabindException;

/** An object has two values of one name: one of them would be lost, and nobody would be told which. */
public final class GivenTwice extends DatabindException {

    private static final long serialVersionUID = 1;

    private final String place;

    /** @param from at the second one, or at its beginning */
    GivenTwice(JsonParser from) {
        super(from, "given twice");
        this.place = from.streamReadContext()
                .pathAsPointer()
                .toString()
                .substring(1)
                .replaceAll("/(\\d+)(?=/|$)", "[$1]")
                .replace('/', '.');
    }

    /** In the whole body, such as {@code brief.offers[0].value}. */
    public String place() {
        return place;
    }
}
