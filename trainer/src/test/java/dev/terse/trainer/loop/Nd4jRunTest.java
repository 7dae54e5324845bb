package dev.terse.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.Engine;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.testkit.TinyModels;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.fixtures.MemorySink;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.grpo.GrpoRun;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.sft.SftConfig;
import dev.terse.trainer.sft.SftRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The promises of exactness on the engine that people use. */
class Nd4jRunTest {
  @TempDir private Path folder;
  private MemorySink sink = new MemorySink();

  private int sft(String output, String... more) throws IOException {
    Path data = folder.resolve("sft.jsonl");
    StringBuilder lines = new StringBuilder();
    for (String completion : List.of("abbea", "eabab", "b", "aebea", "bae")) {
      lines.append("{\"prompt\":[{\"role\":\"user\",\"content\":\"1+1\"}],\"completion\":\"");
      lines.append(completion).append("\"}\n");
    }
    Files.writeString(data, lines);
    try (Engine engine = new Nd4jEngine()) {
      return new SftRun(
              ConfigReader.read(
                  null,
                  arguments(
                      List.of(
                          "--model_name_or_path=" + TinyModels.folder("qwen3"),
                          "--dataset_name=" + data,
                          "--output_dir=" + folder.resolve(output),
                          "--per_device_train_batch_size=2",
                          "--gradient_accumulation_steps=2",
                          "--learning_rate=2e-2",
                          "--skip_token=e",
                          "--logging_steps=1"),
                      more),
                  SftConfig.class),
              engine,
              sink,
              Phases.QUIET)
          .run(new StopSignal());
    }
  }

  private int grpo(String output, String... more) throws IOException {
    Path data = folder.resolve("problems.jsonl");
    Files.writeString(
        data,
        "{\"question\":\"1+1\",\"answer\":\"2\"}\n{\"question\":\"2+1\",\"answer\":\"3\"}\n"
            + "{\"question\":\"3+1\",\"answer\":\"4\"}\n");
    try (Engine engine = new Nd4jEngine()) {
      return new GrpoRun(
              ConfigReader.read(
                  null,
                  arguments(
                      List.of(
                          "--model_name_or_path=" + folder.resolve("policy"),
                          "--dataset_name=" + data,
                          "--output_dir=" + folder.resolve(output),
                          "--per_device_train_batch_size=4",
                          "--num_generations=4",
                          "--max_completion_length=8",
                          "--learning_rate=1e-3",
                          "--reward_funcs=[token_saving]",
                          "--reward_settings={tau_length: 10}",
                          "--skip_token=e",
                          "--logging_steps=1"),
                      more),
                  GrpoConfig.class),
              engine,
              sink,
              Phases.QUIET)
          .run(new StopSignal());
    }
  }

  private static List<String> arguments(List<String> base, String... more) {
    List<String> all = new ArrayList<>(base);
    all.addAll(List.of(more));
    return all;
  }

  /** All bytes of a run's model and of its last checkpoint's moments. */
  private void assertSameBits(String one, String other, int step) throws IOException {
    String state = "/checkpoint-" + step + "/trainer_state/optimizer.safetensors";
    for (String file : List.of("/model.safetensors", state)) {
      assertThat(Files.readAllBytes(folder.resolve(other + file)))
          .isEqualTo(Files.readAllBytes(folder.resolve(one + file)));
    }
  }

  @ParameterizedTest
  @CsvSource({"adamw_torch, F32", "adamw_bf16, BF16", "adamw_8bit, U8"})
  void sft_stoppedAfterEachStep_endsWithTheSameBits(String optim, String dtype) throws IOException {
    sft("whole", "--max_steps=4", "--save_steps=1", "--optim=" + optim);
    String state = "whole/checkpoint-4/trainer_state/optimizer.safetensors";
    assertThat(Files.readString(folder.resolve(state), StandardCharsets.ISO_8859_1))
        .contains("\"exp_avg_sq.model.embed_tokens.weight\":{\"dtype\":\"" + dtype);
    assertThat(sink.values("train/loss").get(3)).isLessThan(sink.values("train/loss").get(0));
    for (int stop = 1; stop < 4; stop++) {
      sft(
          "from" + stop,
          "--max_steps=4",
          "--save_steps=4",
          "--optim=" + optim,
          "--resume_from_checkpoint=" + folder.resolve("whole/checkpoint-" + stop));
      assertSameBits("whole", "from" + stop, 4);
    }
  }

  @Test
  void grpo_stoppedAfterEachStep_endsWithTheSameBitsAndSamplerAgrees() throws IOException {
    sft("policy", "--max_steps=12", "--save_strategy=no");
    sink = new MemorySink();
    grpo("whole", "--num_iterations=2", "--max_steps=4", "--save_steps=1");
    assertThat(sink.values("train/grad_norm")).anyMatch(norm -> norm > 0);
    assertThat(sink.values("train/sampling/sampling_logp_difference/max"))
        .hasSize(4)
        .allMatch(difference -> difference < 1e-3);
    for (int stop = 1; stop < 4; stop++) {
      grpo(
          "from" + stop,
          "--num_iterations=2",
          "--max_steps=4",
          "--save_steps=4",
          "--resume_from_checkpoint=" + folder.resolve("whole/checkpoint-" + stop));
      assertSameBits("whole", "from" + stop, 4);
    }
    // Completions of a resumed run are those of the uninterrupted one.
    try (Stream<Path> files = Files.list(folder.resolve("from1/completions"))) {
      for (Path file : files.toList()) {
        assertThat(Files.readString(file))
            .isEqualTo(
                Files.readString(folder.resolve("whole/completions").resolve(file.getFileName())));
      }
    }
  }
}
