package dev.terse.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.testkit.SharedData;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.grpo.GrpoConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands beneath a command line without a file. */
class GrpoCommandTest {
  private final GrpoCommand command = new GrpoCommand();

  @ParameterizedTest
  @ValueSource(
      strings = {"", "--engine cuda", "--seed=3", "--no_eval_on_start", "--dataset_name null"})
  void file_withoutModelOrData_isTheProjects(String line) {
    List<String> keys = line.isEmpty() ? List.of() : List.of(line.split(" "));
    assertThat(command.defaultFile(keys)).isEqualTo("configs/grpo.yaml");
    assertThat(ConfiguredCommand.describe("configs/grpo.yaml", keys))
        .isEqualTo(
            keys.isEmpty()
                ? "configs/grpo.yaml"
                : "configs/grpo.yaml, with the command line on top");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--model_name_or_path m",
        "--model-name-or-path=m",
        "--model_init c.json",
        "--seed 1 --dataset_name d.jsonl",
        "--dataset_id_or_path d.jsonl"
      })
  void file_withModelOrData_isNone(String line) {
    assertThat(command.defaultFile(List.of(line.split(" ")))).isNull();
    assertThat(ConfiguredCommand.describe(null, List.of()))
        .isEqualTo("the command line alone; TRL's defaults for the rest");
  }

  @Test
  void keys_onTopOfTheFile_takeThePlaceOfTheirCounterparts() throws IOException {
    Path file = SharedData.projectRoot().resolve("configs/grpo.yaml");
    List<String> keys = List.of("--reward_funcs", "accuracy", "--warmup_ratio", "0.1");
    GrpoConfig config = ConfigReader.read(file, keys, GrpoConfig.class).config();
    assertThat(config.reward().rewardFuncs()).containsExactly("accuracy");
    assertThat(config.training().optimizer().warmup(60)).isEqualTo(6);
    assertThat(config.learningRate()).isEqualTo(2e-4);
  }
}
