package dev.terse.cli;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.summingLong;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.cli.SourceTree.Source;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Sizes and names of the main code, and who may catch everything. */
class SourceTreeTest {
  private static final int MOST_CLASSES = 20;
  private static final double LARGEST_SHARE = 0.18;

  /** Who may catch everything; what they do with it stands at the catch. */
  private static final Set<String> BORDERS =
      Set.of(
          "dev.terse.engine.nd4j.calls.ArrayCalls", // ND4J's contexts say "throws Exception" on
          // close
          "dev.terse.engine.nd4j.calls.WorkerThreads", // hands a worker's failure to the caller's
          // thread
          "dev.terse.reward.Rubric", // a term of the user's may throw anything
          "dev.terse.reward.isolate.RewardChild", // so may one in its own process
          "dev.terse.serve.ModelServer", // Jetty's start and stop say "throws Exception"
          "dev.terse.serve.model.ModelWorker"); // says why the thread ends that all wait for

  private static final List<Source> SOURCES = sources();

  private static List<Source> sources() {
    try {
      return SourceTree.read();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void packages_areSmall() {
    Map<String, Long> classes =
        SOURCES.stream()
            .filter(source -> !source.isPackageInfo())
            .collect(groupingBy(Source::packageName, counting()));
    assertThat(classes.values()).isNotEmpty();
    assertThat(classes)
        .allSatisfy((name, count) -> assertThat(count).isLessThanOrEqualTo(MOST_CLASSES));
  }

  @Test
  void modules_areASmallShareOfTheWhole() {
    Map<String, Long> lines =
        SOURCES.stream().collect(groupingBy(Source::module, summingLong(Source::lines)));
    long all = lines.values().stream().mapToLong(n -> n).sum();
    assertThat(lines)
        .allSatisfy(
            (module, count) -> assertThat(count / (double) all).isLessThanOrEqualTo(LARGEST_SHARE));
  }

  @Test
  void packages_sayWhatTheyAreFor() {
    Set<String> told =
        SOURCES.stream().filter(Source::isPackageInfo).map(Source::packageName).collect(toSet());
    assertThat(SOURCES).extracting(Source::packageName).isSubsetOf(told);
  }

  @Test
  void publicClasses_haveASimpleNameOfTheirOwn() {
    Map<String, Set<String>> packages =
        SOURCES.stream()
            .filter(Source::isPublic)
            .collect(groupingBy(Source::name, mapping(Source::packageName, toSet())));
    assertThat(packages).allSatisfy((name, all) -> assertThat(all).hasSize(1));
  }

  @Test
  void failuresOfAnyKind_areCaughtAtNamedBordersOnly() {
    Set<String> anything = Set.of("Throwable", "Exception", "Error");
    assertThat(SOURCES)
        .filteredOn(source -> source.caught().anyMatch(anything::contains))
        .extracting(Source::fullName)
        .containsExactlyInAnyOrderElementsOf(BORDERS);
  }
}
