package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.dl4j.ModelCatalogue;
import dev.terse.lab.quickstart.QuickstartConfig;
import dev.terse.model.adapter.LoraSettings;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.testkit.SharedData;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.grpo.GrpoRun;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.sft.SftConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every configuration that is committed can be used. */
class ConfigFilesTest {

  static Stream<Path> files() throws IOException {
    return Files.list(SharedData.projectRoot().resolve("configs"))
        .filter(file -> file.toString().endsWith(".yaml"))
        .sorted();
  }

  @ParameterizedTest
  @MethodSource("files")
  void config_committed_loadsWithoutANote(Path file) throws IOException {
    if (Files.readString(file).contains("trace_problems:")) {
      assertThat(ConfigReader.read(file, List.of(), QuickstartConfig.class).notes()).isEmpty();
    } else if (Files.readString(file).contains("num_generations:")) {
      Loaded<GrpoConfig> loaded = ConfigReader.read(file, List.of(), GrpoConfig.class);
      assertThat(loaded.notes()).isEmpty();
      new GrpoRun(loaded, null, null, Phases.QUIET); // checks the batch arithmetic
    } else {
      assertThat(ConfigReader.read(file, List.of(), SftConfig.class).notes()).isEmpty();
    }
  }

  @Test
  void config_r1_7b_isThePapersStage() throws IOException {
    SftConfig config =
        ConfigReader.read(
                SharedData.projectRoot().resolve("configs/r1-7b.yaml"), List.of(), SftConfig.class)
            .config();
    assertThat(config.model().modelNameOrPath()).endsWith("DeepSeek-R1-Distill-Qwen-7B");
    assertThat(config.model().skipToken()).isEqualTo("[SKIP]");
    assertThat(
            config.training().perDeviceTrainBatchSize()
                * config.training().gradientAccumulationSteps())
        .isEqualTo(128);
    LoraSettings adapter = config.model().lora().settings();
    assertThat(adapter.describe()).isEqualTo("rank 16, alpha 16 on q_proj, v_proj");
    assertThat(adapter.trainedParameterCount(r1(), 1)).isEqualTo(5_053_440);
  }

  @Test
  void config_r1_7b_grpo_trainsTheAdapterOfTheCode() throws IOException {
    GrpoConfig config =
        ConfigReader.read(
                SharedData.projectRoot().resolve("configs/r1-7b-grpo.yaml"),
                List.of(),
                GrpoConfig.class)
            .config();
    LoraSettings adapter = config.model().lora().settings();
    assertThat(adapter.describe())
        .isEqualTo(
            "rank 16, alpha 32 on q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj");
    assertThat(adapter.trainedParameterCount(r1(), 1)).isEqualTo(40_377_344);
  }

  private static DecoderConfig r1() {
    return ModelCatalogue.named("DeepSeek-R1-Distill-Qwen-7B").config();
  }
}
