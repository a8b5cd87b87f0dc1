/** Bounds and repeats of HTTP requests: body limits after inflation, idempotency keys. */
@NullMarked
package winback.chassis.http;

import org.jspecify.annotations.NullMarked;
