package dev.terse.reward.isolate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.terse.reward.Gate;
import dev.terse.reward.Rubric;
import dev.terse.reward.Sample;
import dev.terse.reward.Score;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IsolatedRewardTest {
  private static final Duration START = Duration.ofSeconds(60);

  private final IsolatedReward reward = reward(Duration.ofMillis(1500), 1);

  @AfterEach
  void close() {
    reward.close();
  }

  @Test
  void of_fairReward_isTheRewardsNumber() {
    assertThat(reward.of(sample("abc", 250))).isEqualTo(3.25);
    String unicode = "ä\ud83d\ude00\u0000x";
    assertThat(reward.of(sample(unicode, 0))).isEqualTo(unicode.length());
    assertThat(reward.of(sample("x".repeat(1_000_000), 0))).isEqualTo(1e6);
    assertThat(reward.starts()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "throw, IllegalStateException: boom",
    "error, AssertionError: bad",
    "null, NullPointerException",
    "recurse, StackOverflowError"
  })
  void of_rewardThatThrows_failsAndTheChildLives(String kind, String cause) {
    assertThatThrownBy(() -> reward.of(sample(kind, 0)))
        .isInstanceOf(RewardFailure.class)
        .hasMessageContaining(cause);
    assertThat(reward.of(sample("fair", 0))).isEqualTo(4);
    assertThat(reward.starts()).isEqualTo(1);
  }

  /** A completion's text in an error neither steers a terminal nor looks like a line of the log. */
  @Test
  void of_rewardThatThrowsControlCharacters_isToldWithTheirNumbers() {
    assertThatThrownBy(() -> reward.of(sample("throw controls", 0)))
        .isInstanceOf(RewardFailure.class)
        .hasMessageContaining("a\\u001b[2J\\u009b\\u202e\\u000d\n  ERROR  forged\\u0000");
    assertThat(reward.of(sample("fair", 0))).isEqualTo(4);
  }

  /** What a reward has started does not outlive it, though it ended itself before. */
  @Test
  void of_rewardThatStartsProcessesAndEnds_leavesNone() {
    Assumptions.assumeTrue(Files.isDirectory(Path.of("/proc/self")), "skipped: there is no /proc");
    int seconds = 100_000 + (int) (System.nanoTime() % 100_000); // known by their argument
    assertThatThrownBy(() -> reward.of(sample("orphan", seconds)))
        .isInstanceOf(RewardFailure.class)
        .hasMessageContaining("the child process ended with code 7");
    assertThat(
            ProcessHandle.allProcesses()
                .flatMap(process -> process.info().commandLine().stream())
                .filter(line -> line.contains(String.valueOf(seconds))))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sleep", "spin", "deadlock", "allocate", "exit", "halt"})
  void of_rewardThatHangsOrDies_isReplaced(String kind) {
    assertThatThrownBy(() -> reward.of(sample(kind, 0)))
        .isInstanceOf(RewardFailure.class)
        .hasMessageMatching(
            "the reward took too long \\(limit 1500 ms\\)|the child process ended with code .*");
    assertThat(reward.of(sample("fair", 0))).isEqualTo(4);
    assertThat(reward.starts()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"print", "forge", "close", "threads"})
  void of_rewardThatMeddles_neitherBlocksNorForges(String kind) {
    try (var patient = reward(Duration.ofSeconds(20), 1)) {
      assertThat(patient.of(sample(kind, 0))).isEqualTo(kind.length());
      assertThat(patient.of(sample("fair", 0))).isEqualTo(4);
    }
  }

  @Test
  void of_nanAndInfinity_areLeftToTheRubric() {
    assertThat(reward.of(sample("nan", 0))).isNaN();
    assertThat(reward.of(sample("infinity", 0))).isInfinite();
  }

  @Test
  void rubric_rewardThatLogs_isHeard() {
    var rubric = new Rubric(List.of(new Rubric.Weighted(reward, 1)), Gate.NONE, reward);
    var said = rubric.score(sample("log", 0)).logged();
    assertThat(said.metrics()).containsOnly(entry("level", 3.0), entry("nan", Double.NaN));
    assertThat(said.columns())
        .containsOnly(entry("note", Map.of("of", List.of("ä", 1, true))), entry("none", null));
    assertThat(rubric.score(sample("fair", 0)).logged()).isEqualTo(Score.Logged.NOTHING);
    assertThat(rubric.score(sample("log and throw", 0)).logged()).isEqualTo(Score.Logged.NOTHING);
    assertThat(rubric.failures().count()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "log much, bytes of one completion; at most 1048576",
    "log what is no data, No serializer found for class java.lang.Object"
  })
  void of_rewardThatLogsWhatCannotBeWritten_failsAndTheChildLives(String kind, String cause) {
    assertThatThrownBy(() -> reward.of(sample(kind, 0)))
        .isInstanceOf(RewardFailure.class)
        .hasMessageContaining(cause);
    assertThat(reward.of(sample("fair", 0))).isEqualTo(4);
    assertThat(reward.starts()).isEqualTo(1);
  }

  @Test
  void rubric_failedReward_isAbsentCountedAndNamed() {
    var rubric = new Rubric(List.of(new Rubric.Weighted(reward, 1)), Gate.NONE, reward);
    assertThat(rubric.score(sample("throw", 0)).total()).isNaN();
    assertThat(rubric.score(sample("fair", 0)).total()).isEqualTo(4);
    assertThat(rubric.failures().count()).isEqualTo(1);
    assertThat(rubric.failures().firstCause()).contains("reward 'faulty' failed", "boom");
  }

  @Test
  void of_classThatIsNoReward_saysSo() {
    var limits = new IsolationLimits(Duration.ofSeconds(1), START, 32, 1);
    try (var none = new IsolatedReward("none", "no.such.Reward", limits)) {
      assertThatThrownBy(() -> none.of(sample("fair", 0)))
          .hasMessageContaining("cannot make no.such.Reward")
          .hasMessageContaining("ClassNotFoundException");
    }
  }

  @Test
  void of_hungRewardsInARow_loseNoCapacity() throws Exception {
    hang(6, 2, Duration.ofMillis(300));
  }

  @Tag("soak")
  @Test
  void of_hundredHungRewardsInARow_loseNoCapacity() throws Exception {
    hang(100, 4, Duration.ofMillis(500));
  }

  private static void hang(int count, int workers, Duration limit) throws Exception {
    var callers = Executors.newFixedThreadPool(workers);
    try (var many = reward(limit, workers)) {
      for (int i = 0; i < count; i++) {
        callers.submit(() -> many.of(sample("spin", 0)));
      }
      callers.shutdown();
      assertThat(callers.awaitTermination(5, TimeUnit.MINUTES)).isTrue();
      long children = ProcessHandle.current().children().filter(ProcessHandle::isAlive).count();
      for (int i = 0; i < 2 * workers; i++) {
        assertThat(many.of(sample("fair", 0))).isEqualTo(4);
      }
      assertThat(children).isLessThanOrEqualTo(workers + 1);
      assertThat(many.starts()).isBetween((long) count, (long) count + workers);
    } finally {
      callers.shutdownNow();
    }
    long left = ProcessHandle.current().children().filter(ProcessHandle::isAlive).count();
    assertThat(left).isLessThanOrEqualTo(1); // the reward of this test's own field
  }

  private static IsolatedReward reward(Duration call, int workers) {
    var limits = new IsolationLimits(call, START, 64, workers);
    return new IsolatedReward("faulty", FaultyReward.class.getName(), limits);
  }

  private static Sample sample(String completion, int tokens) {
    return new Sample(completion, null, new int[tokens], true, 0, 0, 0);
  }
}
