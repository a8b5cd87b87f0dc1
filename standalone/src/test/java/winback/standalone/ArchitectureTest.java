package winback.standalone;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethod;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;

/** The rules of the house, over all modules at once. */
@AnalyzeClasses(packages = "winback", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final Set<String> SERVICES = Set.of("profile", "prediction", "content", "delivery");
    private static final String[] SERVICE_PACKAGES =
            SERVICES.stream().map(service -> "winback." + service + "..").toArray(String[]::new);
    private static final Pattern TECHNOLOGY =
            Pattern.compile("(winback\\.\\w+(?:\\.\\w+)*?)\\.(?:web|jdbc|kafka)(?:\\..*)?");

    @ArchTest
    void allModulesAreLookedAt(JavaClasses classes) {
        for (String module : List.of(
                "contracts",
                "chassis",
                "infrastructure",
                "profile",
                "prediction",
                "content",
                "delivery",
                "standalone")) {
            assertThat(classes.that(resideInAPackage("winback." + module + "..")))
                    .as(module)
                    .isNotEmpty();
        }
    }

    @ArchTest
    static final ArchRule noServiceDependsOnAnother = classes()
            .that()
            .resideInAnyPackage(SERVICE_PACKAGES)
            .should(new ArchCondition<>("depend on no other service") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                        String other = module(dependency.getTargetClass().getPackageName());
                        if (SERVICES.contains(other) && !other.equals(module(type.getPackageName()))) {
                            events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
                        }
                    }
                }
            });

    @ArchTest
    static final ArchRule contractsDependOnNothingOfOurs = noClasses()
            .that()
            .resideInAPackage("winback.contracts..")
            .should()
            .dependOnClassesThat(resideInAPackage("winback..").and(resideOutsideOfPackages("winback.contracts..")))
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("org.springframework..");

    @ArchTest
    static final ArchRule theChassisKnowsNoBusiness = noClasses()
            .that()
            .resideInAPackage("winback.chassis..")
            .should()
            .dependOnClassesThat(resideInAPackage("winback..")
                    .and(resideOutsideOfPackages("winback.chassis..", "winback.contracts..")));

    @ArchTest
    static final ArchRule onlyStandaloneStartsInfrastructure = noClasses()
            .that()
            .resideOutsideOfPackages("winback.standalone..", "winback.infrastructure..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("winback.infrastructure..");

    @ArchTest
    static final ArchRule namesSayWhatAThingIs =
            noClasses().should().haveNameMatching(".*(Impl|Util|Utils|Helper|Helpers|Manager|Dto|DTO)(\\$.*)?");

    @ArchTest
    static final ArchRule featuresKeepTheirTechnologyToThemselves = classes()
            .should(new ArchCondition<>("reach into no other feature's web, jdbc or kafka package") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                        Matcher technology =
                                TECHNOLOGY.matcher(dependency.getTargetClass().getPackageName());
                        if (technology.matches()
                                && !(type.getPackageName() + ".").startsWith(technology.group(1) + ".")) {
                            events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
                        }
                    }
                }
            });

    @ArchTest
    void everyPackageIsNullMarked(JavaClasses classes) {
        List<String> unmarked = classes.stream()
                .map(JavaClass::getPackage)
                .distinct()
                .filter(javaPackage -> !javaPackage.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName)
                .sorted()
                .toList();
        assertThat(unmarked).isEmpty();
    }

    @ArchTest
    static final ArchRule onlyCommandsSpeakToTheTerminal = noClasses()
            .that()
            .resideOutsideOfPackages("winback.standalone..")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err");

    @ArchTest
    static final ArchRule servicesReadTheInjectedClock = noClasses()
            .that()
            .resideInAnyPackage(SERVICE_PACKAGES)
            .should(callMethod(Instant.class, "now")
                    .or(callMethod(LocalDate.class, "now"))
                    .or(callMethod(LocalDateTime.class, "now"))
                    .or(callMethod(OffsetDateTime.class, "now"))
                    .or(callMethod(ZonedDateTime.class, "now"))
                    .or(callMethod(Clock.class, "systemUTC"))
                    .or(callMethod(Clock.class, "systemDefaultZone"))
                    .or(callMethod(System.class, "currentTimeMillis")));

    private static String module(String packageName) {
        String[] parts = packageName.split("\\.");
        return parts.length > 1 && parts[0].equals("winback") ? parts[1] : "";
    }
}
