package dev.terse.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasParameterTypes.Predicates.rawParameterTypes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The walls of docs/architecture.md: who may import whom, and what nobody may call. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("/testkit/"))
          .importPackages("dev.terse");

  /** Classes that may catch any exception. */
  private static final Set<String> BORDERS =
      Set.of("dev.terse.engine.nd4j.ArrayCalls"); // ND4J's contexts say "throws Exception" on close

  /** The main class of the process that user rewards run in. */
  private static final String REWARD_CHILD = "dev.terse.reward.isolate.RewardChild";

  /** A module by its package root, and the modules that it may import. */
  static Stream<Arguments> arrows() {
    return Stream.of(
        Arguments.of("engine", Set.of()),
        Arguments.of("engine.nd4j", Set.of("engine")),
        Arguments.of("engine.cuda", Set.of("engine")),
        Arguments.of("jinja", Set.of()),
        Arguments.of("io", Set.of()),
        Arguments.of("model", Set.of("engine", "io", "jinja")),
        Arguments.of("traces", Set.of("engine", "io", "model")),
        Arguments.of("rollout", Set.of("engine", "model")),
        Arguments.of("answers", Set.of()),
        Arguments.of("reward", Set.of("answers")),
        Arguments.of(
            "trainer", Set.of("engine", "io", "model", "traces", "rollout", "answers", "reward")),
        Arguments.of("dl4j", Set.of("model", "trainer")),
        Arguments.of(
            "lab",
            Set.of("engine", "io", "model", "traces", "rollout", "answers", "reward", "trainer")));
  }

  @ParameterizedTest
  @MethodSource("arrows")
  void modules_importOnlyWhatTheArrowsAllow(String module, Set<String> allowed) {
    noClasses()
        .that(describe("are in " + module, type -> moduleOf(type).equals(module)))
        .should()
        .dependOnClassesThat(
            describe(
                "are in another module than " + allowed,
                type -> {
                  String other = moduleOf(type);
                  return !other.isEmpty() && !other.equals(module) && !allowed.contains(other);
                }))
        .check(CLASSES);
  }

  @Test
  void rewards_knowNoTensors() {
    noClasses()
        .that()
        .resideInAPackage("dev.terse.reward..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.nd4j..", "org.bytedeco..", "ai.djl..")
        .check(CLASSES);
  }

  @Test
  void nd4j_isKnownToItsEngineAndToTheDl4jBridgeOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.terse.engine.nd4j..", "dev.terse.dl4j..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.nd4j..", "org.deeplearning4j..")
        .check(CLASSES);
  }

  @Test
  void nativeCode_isCalledByTheEnginesOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.terse.engine.nd4j..", "dev.terse.engine.cuda..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco..")
        .check(CLASSES);
  }

  @Test
  void cli_isImportedByNobody() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.terse.cli..", "dev.terse.trainer.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.terse.cli..", "dev.terse.trainer.cli..")
        .check(CLASSES);
  }

  @Test
  void serialization_ofObjectsIsNotUsed() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.ObjectInputStream")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.ObjectOutputStream")
        .check(CLASSES);
    // It loads flipped bits in silence and can end the JVM.
    noClasses()
        .should()
        .callMethodWhere(
            owned("org.nd4j.linalg.factory.Nd4j")
                .and(
                    target(
                        describe(
                            "reads or writes arrays",
                            method -> method.getName().matches("(?i)(read|write|save|load).*")))))
        .check(CLASSES);
  }

  @Test
  void randomness_comesFromSeedTreeOnly() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveNameMatching("java\\.util\\.(Random|SplittableRandom|concurrent\\.ThreadLocalRandom)")
        .orShould()
        .callMethodWhere(owned("java.lang.Math").and(target(name("random"))))
        .check(CLASSES);
  }

  @Test
  void process_isEndedByTheCommandLineAndTheChildOfRewardsOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.terse.cli..")
        .and(describe("are no process of their own", type -> !type.getName().equals(REWARD_CHILD)))
        .should()
        .callMethodWhere(owned("java.lang.System").and(target(name("exit"))))
        .orShould()
        .callMethodWhere(
            owned("java.lang.Runtime").and(target(name("exit")).or(target(name("halt")))))
        .check(CLASSES);
  }

  @Test
  void formats_nameTheirLocale() {
    noClasses()
        .should()
        .callMethodWhere(
            target(name("format"))
                .or(target(name("printf")))
                .and(target(rawParameterTypes(String.class, Object[].class))))
        .orShould()
        .callMethodWhere(owned("java.lang.String").and(target(name("formatted"))))
        .check(CLASSES);
  }

  /** What they do with a failure stands at the catch. */
  @Test
  void exceptionsOfAnyKind_areCaughtAtNamedBordersOnly() {
    classes().should(notCatchEverything()).check(CLASSES);
  }

  private static ArchCondition<JavaClass> notCatchEverything() {
    return new ArchCondition<>("not catch java.lang.Exception") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        type.getCodeUnits().stream()
            .filter(unit -> !BORDERS.contains(type.getName()))
            .filter(
                unit ->
                    unit.getTryCatchBlocks().stream()
                        .flatMap(block -> block.getCaughtThrowables().stream())
                        .anyMatch(caught -> caught.isEquivalentTo(Exception.class)))
            .forEach(
                unit ->
                    events.add(
                        SimpleConditionEvent.violated(
                            type, unit.getFullName() + " catches Exception")));
      }
    };
  }

  private static DescribedPredicate<JavaCall<?>> owned(String type) {
    return target(HasOwner.Predicates.With.<JavaClass>owner(name(type)))
        .as("of " + type.toLowerCase(Locale.ROOT))
        .forSubtype();
  }

  /** The module of a class by its package; empty if it is not ours. */
  private static String moduleOf(JavaClass type) {
    String name = type.getPackageName();
    if (!name.startsWith("dev.terse.")) {
      return "";
    }
    if (name.equals("dev.terse.trainer.cli")) {
      return "cli"; // the main class by the name that users write
    }
    String[] parts = name.substring("dev.terse.".length()).split("\\.");
    String ofAKind = parts.length > 1 ? parts[0] + "." + parts[1] : parts[0];
    return Set.of("engine.nd4j", "engine.cuda").contains(ofAKind) ? ofAKind : parts[0];
  }
}
