package winback.delivery.recipients;

import java.util.HexFormat;
import org.springframework.stereotype.Component;
import winback.chassis.access.DeploymentSecret;

/**
 * What is kept of a suppressed address: an HMAC of its hash under the deployment's secret. A hash alone could be found
 * again by trying likely addresses.
 */
@Component
public class AddressCodes {

    private final DeploymentSecret secret;

    AddressCodes(DeploymentSecret secret) {
        this.secret = secret;
    }

    /** Shape [32]. */
    public byte[] of(Address address) {
        return of(address.hash());
    }

    /** By the hash, so that the list of earlier releases, which held hashes, could be carried over. */
    public byte[] of(byte[] hash) {
        HexFormat hex = HexFormat.of();
        return hex.parseHex(secret.code("suppression", hex.formatHex(hash)));
    }
}
