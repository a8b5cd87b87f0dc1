package winback.standalone;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import winback.standalone.cli.Arguments;
import winback.standalone.cli.Table;
import winback.standalone.platform.Api;
import winback.standalone.platform.Instance;
import winback.standalone.platform.Service;

/** {@code ./winback status}: exit code 0 when every service is ready, 1 otherwise. */
final class Status {

    private Status() {}

    static int run(Arguments arguments) {
        arguments.atMost(0);
        Path dataDir = Winback.dataDir(arguments);
        Instance instance = Instance.require(dataDir);
        boolean allReady = true;
        Table table = new Table();
        try (Api api = instance.api(dataDir)) {
            for (Service service : Service.values()) {
                boolean ready = api.ready(service);
                allReady &= ready;
                table.row(
                        service.word(),
                        ready ? "ready" : "not ready",
                        api.url(service).toString());
            }
            System.out.println(table);
            System.out.println("kafka       " + instance.kafka());
            System.out.println("pid         " + instance.pid() + ", ready since " + instance.readySince());
            System.out.println("data        " + dataDir);
            if (api.ready(Service.PROFILE)) {
                System.out.println("holds       " + counts(api.get(Service.PROFILE, "/v1/stats")));
            }
        }
        return allReady ? 0 : 1;
    }

    private static String counts(JsonNode stats) {
        List<String> counts = new ArrayList<>();
        stats.properties()
                .forEach(property -> counts.add(
                        property.getValue().isObject()
                                ? counts(property.getValue())
                                : property.getValue().asString("") + " " + property.getKey()));
        return String.join(", ", counts);
    }
}
