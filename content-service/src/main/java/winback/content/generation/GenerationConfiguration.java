package winback.content.generation;

import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import winback.content.composer.Composer;
import winback.content.drafts.Generator;

@Configuration
class GenerationConfiguration {

    @Bean
    Generators generators(ObjectProvider<Generator> models) {
        return new Generators(
                Stream.concat(models.stream(), Stream.of(new Composer())).toList());
    }
}
