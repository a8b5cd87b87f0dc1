package winback.standalone.platform;

import java.util.function.Supplier;
import org.springframework.boot.builder.SpringApplicationBuilder;
import winback.content.ContentServiceApplication;
import winback.delivery.DeliveryServiceApplication;
import winback.prediction.PredictionServiceApplication;
import winback.profile.ProfileServiceApplication;

/** The four services, in the order in which they start; they stop in the opposite order. */
public enum Service {
    PROFILE("profile", 8081, ProfileServiceApplication::builder),
    PREDICTION("prediction", 8082, PredictionServiceApplication::builder),
    CONTENT("content", 8083, ContentServiceApplication::builder),
    DELIVERY("delivery", 8084, DeliveryServiceApplication::builder);

    private final String word;
    private final int usualPort;
    private final Supplier<SpringApplicationBuilder> application;

    Service(String word, int usualPort, Supplier<SpringApplicationBuilder> application) {
        this.word = word;
        this.usualPort = usualPort;
        this.application = application;
    }

    /** Its name in properties, schemas and options, such as {@code profile}. */
    public String word() {
        return word;
    }

    public int usualPort() {
        return usualPort;
    }

    SpringApplicationBuilder application() {
        return application.get();
    }
}
