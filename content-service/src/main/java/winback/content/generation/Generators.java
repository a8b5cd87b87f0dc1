package winback.content.generation;

import java.util.List;
import java.util.Optional;
import winback.content.drafts.Generator;

/** The generators of this deployment. The composer is always one of them. */
record Generators(List<Generator> all) {

    /** A model where there is one. */
    Generator usual() {
        return all.getFirst();
    }

    Optional<Generator> find(String name) {
        return all.stream().filter(generator -> generator.name().equals(name)).findFirst();
    }

    List<String> names() {
        return all.stream().map(Generator::name).toList();
    }
}
