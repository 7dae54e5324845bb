package dev.terse.reward.isolate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.reward.BatchReward;
import dev.terse.reward.Gate;
import dev.terse.reward.RewardTerm;
import dev.terse.reward.Rubric;
import dev.terse.reward.Sample;
import dev.terse.reward.Score;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reward as an executable: a shell script, or Python where there is one. */
class CommandRewardTest {
  private static final Duration CALL = Duration.ofSeconds(10);

  @TempDir private Path folder;

  @BeforeEach
  void requireShell() {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "skipped: there is no /bin/sh");
  }

  private CommandReward command(String script, Duration call) throws IOException {
    Path file = Files.writeString(folder.resolve("my reward.sh"), script);
    return CommandReward.of("/bin/sh '" + file + "'", call);
  }

  private static Sample sample(Object prompt, String completion, Map<String, Object> columns) {
    return new Sample(
        completion, null, new int[] {7, 8}, true, 0, 0, 0, new Sample.Source(prompt, columns));
  }

  private static List<Sample> two() {
    return List.of(
        sample("1+1", "2", Map.of("level", 3)),
        sample(
            List.of(Map.of("role", "user", "content", "2+2")), "4", Map.of("tags", List.of("a"))));
  }

  @Test
  void request_isOneLineOfTrlsArguments() throws IOException {
    String script =
        "while read -r line; do printf '%s' \"$line\" > 'HEARD'; echo '[1, null]'; done";
    Path heard = folder.resolve("heard.json");
    try (CommandReward reward = command(script.replace("HEARD", heard.toString()), CALL)) {
      assertThat(reward.name()).isEqualTo("my reward");
      reward.open();
      BatchReward.Said said = reward.say(two());
      assertThat(said.values()).containsExactly(1, Double.NaN);
      assertThat(Files.readString(heard))
          .startsWith("{\"prompts\":[\"1+1\",[{")
          .contains("\"completions\":[\"2\",[{")
          .contains("\"completion_ids\":[[7,8],[7,8]]")
          .contains("\"level\":[3,null]")
          .contains("\"tags\":[null,[\"a\"]]");
    }
  }

  @Test
  void metricsAndExtra_reachTheScore() throws IOException {
    String script =
        "while read -r line; do echo '{\"rewards\": [1, 0.5], \"metrics\": {\"shape\": 0.25},"
            + " \"extra\": {\"note\": [\"a\", null]}}'; done";
    try (CommandReward reward = command(script, CALL);
        Rubric rubric =
            new Rubric(List.of(new Rubric.Weighted(reward, 2)), Gate.NONE, new Never())) {
      List<Score> scores = rubric.score(two());
      assertThat(scores.get(0).total()).isEqualTo(2);
      assertThat(scores.get(1).total()).isEqualTo(1);
      assertThat(scores.get(1).logged().metrics()).containsEntry("shape", 0.25);
      assertThat(scores.get(0).logged().columns()).containsEntry("note", "a");
    }
  }

  private static final class Never implements RewardTerm {
    @Override
    public String name() {
      return "never";
    }

    @Override
    public double of(Sample sample) {
      return 0;
    }
  }

  /** The child ends after each answer: the next batch has a new one, and nothing is lost. */
  @Test
  void childThatDies_isReplaced_andItsBatchAskedAgain() throws IOException {
    Path starts = folder.resolve("starts");
    String script = "echo x >> '" + starts + "'; read -r line; echo '[1, 2]'";
    try (CommandReward reward = command(script, CALL)) {
      for (int batch = 0; batch < 3; batch++) {
        assertThat(reward.of(two())).containsExactly(1, 2);
      }
    }
    assertThat(Files.readAllLines(starts)).hasSize(3);
  }

  @Test
  void childThatHangs_isKilledAndTold() throws IOException {
    try (CommandReward reward = command("read -r line; sleep 100", Duration.ofMillis(200))) {
      assertThatThrownBy(() -> reward.of(two()))
          .isInstanceOf(RewardFailure.class)
          .hasMessage("the command took too long (limit 400 ms)");
    }
  }

  @Test
  void badReplies_areTold() throws IOException {
    try (CommandReward reward = command("while read -r l; do echo '[1]'; done", CALL)) {
      assertThatThrownBy(() -> reward.of(two()))
          .hasMessageContaining("expected a list of 2 rewards, one a completion, found 1 of them");
    }
    try (CommandReward reward = command("while read -r l; do echo '[1, \"x\"]'; done", CALL)) {
      assertThatThrownBy(() -> reward.of(two()))
          .hasMessageContaining("a reward must be a number or null, found '\"x\"'");
    }
    try (CommandReward reward = command("echo no such module >&2; exit 4", CALL)) {
      assertThatThrownBy(reward::open)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("ended at once: no such module");
      assertThatThrownBy(() -> reward.of(two()))
          .hasMessageContaining("with code 4: no such module");
    }
    assertThatThrownBy(() -> CommandReward.of(" ", CALL)).hasMessageContaining("without a command");
    assertThatThrownBy(() -> CommandReward.of("a 'b", CALL)).hasMessageContaining("not closed");
    assertThatThrownBy(() -> CommandReward.of("/no/such/file", CALL).open())
        .hasMessageContaining("cannot be started");
  }

  @Test
  void names_areThoseOfTheLastFile() {
    assertThat(CommandReward.of("python rewards/my_reward.py", CALL).name()).isEqualTo("my_reward");
    assertThat(CommandReward.of("python w.py trl.rewards.think_format_reward", CALL).name())
        .isEqualTo("think_format_reward");
    assertThat(CommandReward.of("python w.py my_rewards.py:shape -u", CALL).name())
        .isEqualTo("shape");
  }

  /** The example that wraps a function written for TRL. */
  @Test
  void example_callsAFunctionOfTrlsKind() throws IOException {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/python3")), "skipped: there is no python3");
    Path function =
        Files.writeString(
            folder.resolve("mine.py"),
            """
            def shape(prompts, completions, completion_ids, level, log_metric, log_extra, **kwargs):
                print("printing is harmless")
                log_metric("mean_level", 2)
                log_extra("ids", [len(ids) for ids in completion_ids])
                return [None if l is None else float(l) * len(c) for l, c in zip(level, completions)]
            """);
    Path example = SharedData.projectRoot().resolve("examples/trl_reward.py");
    try (CommandReward reward =
        CommandReward.of("/usr/bin/python3 " + example + " " + function + ":shape", CALL)) {
      BatchReward.Said said = reward.say(two());
      assertThat(said.values()).containsExactly(3, Double.NaN);
      assertThat(said.metrics()).containsEntry("mean_level", 2.0);
      assertThat(said.columns()).containsEntry("ids", List.of(2, 2));
    }
  }
}
