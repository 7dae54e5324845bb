package dev.terse.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.terse.engine.Engine;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.engine.numbers.NumberType;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.safetensors.SafetensorsWeights;
import dev.terse.model.safetensors.WeightSource;
import dev.terse.testkit.TinyModels;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.fixtures.MemorySink;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.grpo.GrpoRun;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.sft.SftConfig;
import dev.terse.trainer.sft.SftRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.TestAbortedException;

/** Runs that train adapters: what they leave, and that they can be stopped anywhere. */
class LoraRunTest {
  private static final String ADAPTER = "adapter_model.safetensors";

  @TempDir private Path folder;
  private MemorySink sink = new MemorySink();

  enum OnEngine {
    REFERENCE(ReferenceEngine::new),
    ND4J(Nd4jEngine::new),
    BF16(
        () -> {
          try {
            return new Nd4jEngine(NumberType.BFLOAT16);
          } catch (IllegalArgumentException e) {
            throw new TestAbortedException("skipped: " + e.getMessage());
          }
        });

    private final Supplier<Engine> open;

    OnEngine(Supplier<Engine> open) {
      this.open = open;
    }
  }

  @BeforeEach
  void data() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String completion : List.of("abbea", "eabab", "b", "aebea", "bae")) {
      lines.append("{\"prompt\":[{\"role\":\"user\",\"content\":\"1+1\"}],\"completion\":\"");
      lines.append(completion).append("\"}\n");
    }
    Files.writeString(folder.resolve("sft.jsonl"), lines);
    Files.writeString(
        folder.resolve("problems.jsonl"),
        "{\"question\":\"1+1\",\"answer\":\"2\"}\n{\"question\":\"2+1\",\"answer\":\"3\"}\n"
            + "{\"question\":\"3+1\",\"answer\":\"4\"}\n");
  }

  private void sft(OnEngine on, String output, String... more) throws IOException {
    List<String> arguments =
        arguments(
            List.of(
                "--model_name_or_path=" + TinyModels.folder("qwen2"),
                "--dataset_name=" + folder.resolve("sft.jsonl"),
                "--output_dir=" + folder.resolve(output),
                "--use_peft",
                "--lora_r=4",
                "--lora_dropout=0.2",
                "--per_device_train_batch_size=2",
                "--gradient_accumulation_steps=2",
                "--learning_rate=5e-2",
                "--skip_token=e",
                "--logging_steps=1",
                "--max_steps=4"),
            more);
    try (Engine engine = on.open.get()) {
      new SftRun(ConfigReader.read(null, arguments, SftConfig.class), engine, sink, Phases.QUIET)
          .run(new StopSignal());
    }
  }

  private void grpo(OnEngine on, String output, String... more) throws IOException {
    List<String> arguments =
        arguments(
            List.of(
                "--model_name_or_path=" + folder.resolve("policy"),
                "--dataset_name=" + folder.resolve("problems.jsonl"),
                "--output_dir=" + folder.resolve(output),
                "--use_peft",
                "--lora_r=4",
                "--per_device_train_batch_size=4",
                "--num_generations=4",
                "--max_completion_length=8",
                "--learning_rate=1e-2",
                "--reward_funcs=[token_saving]",
                "--reward_settings={tau_length: 10}",
                "--skip_token=e",
                "--logging_steps=1",
                "--max_steps=4"),
            more);
    try (Engine engine = on.open.get()) {
      new GrpoRun(ConfigReader.read(null, arguments, GrpoConfig.class), engine, sink, Phases.QUIET)
          .run(new StopSignal());
    }
  }

  /** A policy whose completions end, at various lengths. */
  private void policy(OnEngine on) throws IOException {
    sft(on, "policy", "--use_peft=false", "--learning_rate=2e-2", "--max_steps=12");
    sink = new MemorySink();
  }

  private static List<String> arguments(List<String> base, String... more) {
    List<String> all = new ArrayList<>(base);
    all.addAll(List.of(more));
    return all;
  }

  private void assertSameBits(String one, String other, String... files) throws IOException {
    for (String file : files) {
      assertThat(Files.readAllBytes(folder.resolve(other).resolve(file)))
          .as(file)
          .isEqualTo(Files.readAllBytes(folder.resolve(one).resolve(file)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "REFERENCE, --lora_target_modules=all-linear, --use_dora",
    "REFERENCE, --lora_target_modules=q_proj, --use_rslora",
    "REFERENCE, --lora_target_modules=[q_proj lm_head], --lora_modules_to_save=[embed_tokens norm]",
    "ND4J, --lora_target_modules=[embed_tokens up_proj], --use_rslora",
    "ND4J, --lora_target_modules=all-linear, --use_dora",
    "ND4J, --lora_target_modules=[v_proj up_proj], --use_rslora",
    "BF16, --lora_target_modules=all-linear, --use_dora"
  })
  void sft_stoppedAfterEachStep_endsWithTheSameBits(OnEngine on, String targets, String more)
      throws IOException {
    String modules = targets.replace(' ', ',');
    String kind = more.replace(' ', ',');
    // Nothing can be left out of the input of the head.
    String dropout = "--lora_dropout=" + (targets.contains("lm_head") ? 0 : 0.2);
    sft(on, "whole", modules, kind, dropout, "--save_steps=1");
    for (int stop = 1; stop < 4; stop++) {
      String name = "from" + stop;
      sft(
          on,
          name,
          modules,
          kind,
          dropout,
          "--save_steps=4",
          "--gradient_checkpointing=false", // the same masks are drawn again, or were kept
          "--resume_from_checkpoint=" + folder.resolve("whole/checkpoint-" + stop));
      String state = "checkpoint-4/trainer_state/";
      assertSameBits("whole", name, ADAPTER, state + "optimizer.safetensors");
      if (on == OnEngine.REFERENCE) {
        assertSameBits("whole", name, state + "weights.safetensors");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void grpo_stoppedAfterEachStep_endsWithTheSameBits(OnEngine on) throws IOException {
    policy(on);
    String[] settings = {"--num_iterations=2", "--beta=0.1", "--lora_dropout=0.1"};
    grpo(on, "whole", arguments(List.of(settings), "--save_steps=1").toArray(String[]::new));
    assertThat(sink.values("train/grad_norm")).anyMatch(norm -> norm > 0);
    // The same masks before and in the first update of a generation: the weights have not moved.
    assertThat(sink.values("train/ratio/max").get(0)).isCloseTo(1, within(1e-5));
    assertThat(sink.values("train/ratio/max").get(1)).isGreaterThan(1 + 1e-5);
    assertThat(sink.names(1)).noneMatch(name -> name.contains("sampling_logp_difference"));
    for (int stop = 1; stop < 4; stop++) {
      String name = "from" + stop;
      String from = "--resume_from_checkpoint=" + folder.resolve("whole/checkpoint-" + stop);
      grpo(on, name, arguments(List.of(settings), from, "--save_steps=4").toArray(String[]::new));
      assertSameBits("whole", name, ADAPTER, "checkpoint-4/trainer_state/optimizer.safetensors");
    }
  }

  @Test
  void sft_withAdapters_learnsAndLeavesThemAlone() throws IOException {
    sft(OnEngine.REFERENCE, "out", "--max_steps=20", "--save_steps=20", "--skip_token=<skip>");
    List<Double> losses = sink.values("train/loss");
    assertThat(losses.get(19)).isLessThan(losses.get(0) * 0.7);
    Path out = folder.resolve("out");
    assertThat(out.resolve("model.safetensors")).doesNotExist();
    assertThat(out.resolve("config.json")).doesNotExist();
    assertThat(Files.readString(out.resolve("adapter_config.json")))
        .contains("\"peft_type\" : \"LORA\"", "\"r\" : 4", "\"lora_alpha\" : 32")
        .contains("\"target_modules\" : [ \"q_proj\", \"v_proj\" ]", "\"lm_head\" : [ 290 ]")
        .contains("\"base_model_name_or_path\" : \"" + TinyModels.folder("qwen2"));
    Path moments = out.resolve("checkpoint-20/trainer_state/weights.safetensors");
    long bytes = Files.size(moments);
    assertThat(bytes).as("the trainer's state holds no frozen weight").isLessThan(20_000);
    try (WeightSource adapter = SafetensorsWeights.open(out.resolve(ADAPTER));
        Engine engine = new ReferenceEngine();
        ModelFolder merged = ModelFolder.load(out, engine)) {
      assertThat(adapter.names()).hasSize(2 + 2 * 2 * 2);
      assertThat(merged.tokenizer().id("<skip>")).hasValue(290);
    }
  }

  @Test
  void update_splitIntoOtherMicroBatches_hasTheSameLossAndNormDropoutIncluded() throws IOException {
    sft(OnEngine.REFERENCE, "one", "--max_steps=2", "--use_dora");
    MemorySink first = sink;
    sink = new MemorySink();
    sft(
        OnEngine.REFERENCE,
        "other",
        "--max_steps=2",
        "--use_dora",
        "--per_device_train_batch_size=1",
        "--gradient_accumulation_steps=4");
    for (String metric : List.of("train/loss", "train/grad_norm")) {
      for (int step = 0; step < 2; step++) {
        assertThat(sink.values(metric).get(step))
            .as(metric)
            .isCloseTo(first.values(metric).get(step), within(1e-9));
      }
    }
  }

  @Test
  void grpo_onPolicy_hasRatioOneAndASamplerThatAgrees() throws IOException {
    policy(OnEngine.ND4J);
    grpo(OnEngine.ND4J, "out", "--lora_dropout=0", "--max_steps=3", "--beta=0.05");
    assertThat(sink.values("train/ratio/min")).containsOnly(1.0);
    assertThat(sink.values("train/ratio/max")).containsOnly(1.0);
    assertThat(sink.values("train/sampling/sampling_logp_difference/max"))
        .hasSize(3)
        .allMatch(difference -> difference < 1e-3);
    assertThat(sink.values("train/kl").get(0)).as("the reference is the start").isZero();
    assertThat(sink.values("train/kl").get(2)).isPositive();
  }

  @Test
  void grpo_disableDropout_trainsWithout() throws IOException {
    policy(OnEngine.REFERENCE);
    grpo(OnEngine.REFERENCE, "off", "--disable_dropout", "--lora_dropout=0.5");
    grpo(OnEngine.REFERENCE, "none", "--lora_dropout=0");
    assertSameBits("off", "none", ADAPTER);
  }

  @Test
  void adapter_asStartOfAnotherRun_isMergedOrTrainedOn() throws IOException {
    sft(OnEngine.REFERENCE, "policy", "--max_steps=12");
    String start = "--model_name_or_path=" + folder.resolve("policy");

    sink = new MemorySink();
    grpo(OnEngine.REFERENCE, "on", "--max_steps=2", "--beta=0.1", "--lora_dropout=0");
    assertThat(sink.values("train/kl").get(0)).as("the reference is the start").isZero();
    assertThat(Files.readString(folder.resolve("on/adapter_config.json")))
        .as("the base stays the base")
        .contains("\"base_model_name_or_path\" : \"" + TinyModels.folder("qwen2"));

    sft(OnEngine.REFERENCE, "merged", start, "--use_peft=false", "--max_steps=1");
    assertThat(folder.resolve("merged/model.safetensors")).exists();

    assertThatThrownBy(() -> grpo(OnEngine.REFERENCE, "no", "--lora_r=8", "--use_dora"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            folder.resolve("policy")
                + " is an adapter of rank 4, alpha 32 on q_proj, v_proj, but the run is to train"
                + " one of rank 8, alpha 32, DoRA on q_proj, v_proj: give lora_r, lora_alpha,"
                + " lora_target_modules, use_rslora and use_dora as the adapter has them to train"
                + " it on, or merge it first (convert --model "
                + folder.resolve("policy")
                + " --output FOLDER) and start from there");
    assertThatThrownBy(() -> grpo(OnEngine.REFERENCE, "no", "--skip_token=<skip>"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is an adapter that does not train the row of <skip>");
  }

  @Test
  void resume_withAnotherRank_isRefused() throws IOException {
    sft(OnEngine.REFERENCE, "out", "--save_steps=2");
    assertThatThrownBy(
            () -> sft(OnEngine.REFERENCE, "out", "--lora_r=5", "--resume_from_checkpoint=true"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lora_r was 4, is 5");
  }

  /** Patterns and adapters of others are seen when the model is known. */
  @Test
  void dropout_whereTheHeadHasAnAdapter_isRefused() throws IOException {
    assertThatThrownBy(
            () -> sft(OnEngine.REFERENCE, "out", "--lora_target_modules=.*(lm_head|q_proj)"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "lora_dropout 0.2 cannot be had where lm_head has an adapter, since nothing is left out"
                + " of the input of the head: set lora_dropout to 0");
    String[] of = {"--lora_target_modules=.*(lm_head|q_proj)", "--lora_dropout=0"};
    sft(OnEngine.REFERENCE, "head", of);
    assertThat(sink.values("train/loss").get(3)).isLessThan(sink.values("train/loss").get(0));
    String start = "--model_name_or_path=" + folder.resolve("head");
    assertThatThrownBy(() -> sft(OnEngine.REFERENCE, "on", start))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be had where lm_head has an adapter");
    sft(OnEngine.REFERENCE, "on", start, "--lora_dropout=0");
    assertThat(Files.readString(folder.resolve("on/adapter_config.json")))
        .contains("\"target_modules\" : \".*(lm_head|q_proj)\"");
  }
}
