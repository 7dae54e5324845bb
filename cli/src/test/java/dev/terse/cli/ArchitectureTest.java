package dev.terse.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasParameterTypes.Predicates.rawParameterTypes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.terse.trainer.cli.Main;
import java.io.File;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Formatter;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The walls of docs/architecture.md: who may import whom, and what nobody may call. */
class ArchitectureTest {
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.terse");

  /** What is in trainer.jar. */
  private static final JavaClasses CLASSES =
      ALL.that(
          describe(
              "are in the jar",
              type ->
                  !type.getPackageName().startsWith("dev.terse.testkit")
                      && !type.getPackageName().startsWith("dev.terse.examples")));

  /** The main class of the process that user rewards run in. */
  private static final String REWARD_CHILD = "dev.terse.reward.isolate.RewardChild";

  /**
   * A module, the root of its packages, what it may import of ours, and where from it may import
   * besides; the JDK is everybody's. {@code spark} will stand above {@code TRAINER}, beside {@code
   * LAB} and {@code EXAMPLES}.
   */
  enum Module {
    ENGINE("engine", Set.of()),
    ENGINE_ND4J(
        "engine.nd4j",
        Set.of(ENGINE),
        Set.of("org.nd4j", "org.bytedeco", "org.slf4j", "org.apache.commons.math3")),
    ENGINE_CUDA("engine.cuda", Set.of(ENGINE), Set.of("org.bytedeco", "org.slf4j")),
    IO(
        "io",
        Set.of(),
        Set.of("com.fasterxml.jackson", "org.apache.parquet", "io.airlift.compress")),
    JINJA("jinja", Set.of()),
    ANSWERS("answers", Set.of()),
    MODEL(
        "model", Set.of(ENGINE, IO, JINJA), Set.of("com.fasterxml.jackson", "ai.djl", "org.slf4j")),
    TRACES(
        "traces",
        Set.of(ENGINE, IO, MODEL),
        Set.of("com.fasterxml.jackson", "org.apache.commons.math3", "org.slf4j")),
    ROLLOUT("rollout", Set.of(ENGINE, MODEL), Set.of("org.slf4j")),
    REWARD("reward", Set.of(ANSWERS), Set.of("org.apache.commons.text", "com.fasterxml.jackson")),
    TRAINER_CONFIG(
        "trainer.config",
        Set.of(IO),
        Set.of("com.fasterxml.jackson", "org.yaml.snakeyaml", "org.apache.commons.text")),
    TRAINER_DATA(
        "trainer.data",
        Set.of(TRAINER_CONFIG, ENGINE, IO, MODEL, TRACES, ROLLOUT, ANSWERS, REWARD),
        Set.of("com.fasterxml.jackson", "org.slf4j")),
    TRAINER(
        "trainer",
        Set.of(TRAINER_DATA, TRAINER_CONFIG, ENGINE, IO, MODEL, TRACES, ROLLOUT, ANSWERS, REWARD),
        Set.of(
            "com.fasterxml.jackson",
            "org.yaml.snakeyaml",
            "org.apache.commons.math3",
            "org.apache.commons.text",
            "org.slf4j")),
    DL4J(
        "dl4j",
        Set.of(MODEL, TRAINER),
        Set.of("com.fasterxml.jackson", "org.deeplearning4j", "org.nd4j")),
    LAB(
        "lab",
        Set.of(
            ENGINE,
            IO,
            MODEL,
            TRACES,
            ROLLOUT,
            ANSWERS,
            REWARD,
            TRAINER,
            TRAINER_DATA,
            TRAINER_CONFIG),
        Set.of("com.fasterxml.jackson", "org.apache.commons.math3", "org.slf4j")),
    EXAMPLES(
        "examples",
        Set.of(ENGINE, ENGINE_ND4J, MODEL, TRACES, REWARD, TRAINER, TRAINER_DATA, TRAINER_CONFIG)),
    DOCTOR(
        "doctor",
        Set.of(
            ENGINE,
            IO,
            MODEL,
            TRACES,
            ROLLOUT,
            ANSWERS,
            REWARD,
            TRAINER,
            TRAINER_DATA,
            TRAINER_CONFIG),
        Set.of("com.fasterxml.jackson", "org.slf4j")),
    SERVE(
        "serve",
        Set.of(ENGINE, IO, MODEL, TRACES, ROLLOUT),
        Set.of("com.fasterxml.jackson", "org.eclipse.jetty", "io.micrometer", "org.slf4j")),
    CLI(
        "cli",
        Set.of(
            ENGINE,
            ENGINE_ND4J,
            ENGINE_CUDA,
            IO,
            MODEL,
            TRACES,
            ROLLOUT,
            ANSWERS,
            REWARD,
            TRAINER,
            TRAINER_DATA,
            TRAINER_CONFIG,
            LAB,
            DOCTOR,
            SERVE),
        Set.of("com.fasterxml.jackson", "picocli", "me.tongfei.progressbar", "org.slf4j")),
    TESTKIT(
        "testkit",
        Set.of(ENGINE),
        Set.of(
            "com.fasterxml.jackson",
            "org.assertj",
            "org.junit",
            "org.opentest4j",
            "org.apache.lucene.tests.mockfile"));

    private final String root;
    private final Set<Module> modules;
    private final Set<String> libraries;

    Module(String root, Set<Module> modules) {
      this(root, modules, Set.of());
    }

    Module(String root, Set<Module> modules, Set<String> libraries) {
      this.root = "dev.terse." + root;
      this.modules = modules;
      this.libraries = libraries;
    }

    private boolean mayImport(JavaClass type) {
      String name = type.getPackageName();
      return name.isEmpty() // primitives
          || Set.of("java", "javax", "jdk").contains(name.split("\\.")[0])
          || name.startsWith("com.sun.management")
          || libraries.stream().anyMatch(library -> within(library, name))
          || modules.stream().anyMatch(module -> module.holds(type))
          || holds(type);
    }

    /** Whether a class is of this module and of no other whose root lies within this one's. */
    private boolean holds(JavaClass type) {
      String name = packageOf(type);
      return within(root, name)
          && Arrays.stream(values())
              .noneMatch(other -> other.root.length() > root.length() && within(other.root, name));
    }

    private static boolean within(String root, String name) {
      return name.equals(root) || name.startsWith(root + ".");
    }

    /** The main class has the name that users write, and stands with the commands. */
    private static String packageOf(JavaClass type) {
      return type.getName().equals(Main.class.getName()) ? CLI.root : type.getPackageName();
    }
  }

  @ParameterizedTest
  @EnumSource
  void modules_importOnlyWhatTheArrowsAllow(Module module) {
    classes()
        .that(describe("are in " + module, module::holds))
        .should()
        .onlyDependOnClassesThat(
            describe("are in " + module.modules + module.libraries, module::mayImport))
        .check(ALL);
  }

  @Test
  void packages_haveNoCycles() {
    slices().matching("dev.terse.(**)").should().beFreeOfCycles().check(ALL);
  }

  /** The trainer knows the seam only. */
  @Test
  void engines_areNamedByTheCommandLineOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.terse.engine..", "dev.terse.cli.engine")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.terse.engine.reference..", "dev.terse.engine.nd4j..", "dev.terse.engine.cuda..")
        .check(CLASSES);
  }

  @Test
  void names_thatUsersWroteIntoTheirFiles_stayWhatTheyAre() throws Exception {
    assertThat(Class.forName("dev.terse.trainer.cli.Main").getMethod("main", String[].class))
        .isNotNull();
    assertThat(Class.forName("dev.terse.reward.RewardTerm")).isInterface().isPublic();
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

  /** The seam of docs/architecture.md: a disk that fails can be put under all file work. */
  @Test
  void files_areUsedByPathsOfJavaNioOnly() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.io\\.(RandomAccessFile|File(Input|Output)Stream|FileReader|FileWriter)")
        .orShould()
        .callMethodWhere(target(name("toFile")))
        .orShould()
        .callConstructor(File.class, String.class)
        .orShould()
        .callConstructor(File.class, String.class, String.class)
        .orShould()
        .callConstructor(PrintStream.class, String.class)
        .orShould()
        .callConstructor(PrintWriter.class, String.class)
        .orShould()
        .callConstructor(Formatter.class, String.class)
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
        .doNotHaveFullyQualifiedName(Program.class.getName())
        .and()
        .doNotHaveFullyQualifiedName(REWARD_CHILD)
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

  private static DescribedPredicate<JavaCall<?>> owned(String type) {
    return target(HasOwner.Predicates.With.<JavaClass>owner(name(type)))
        .as("of " + type.toLowerCase(Locale.ROOT))
        .forSubtype();
  }
}
