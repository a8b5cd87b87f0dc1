package winback.content.generation;

import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import winback.content.composer.Composer;

@Configuration
class GenerationConfiguration {

    @Bean
    Generators generators() {
        return new Generators(List.of(new Composer()));
    }
}
