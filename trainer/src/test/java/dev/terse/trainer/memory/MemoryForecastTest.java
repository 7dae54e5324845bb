package dev.terse.trainer.memory;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.terse.engine.Engine;
import dev.terse.engine.Segments;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.engine.numbers.NumberType;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.io.rows.RowSource;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.testkit.TinyModels;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.fixtures.MemorySink;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.grpo.GrpoRun;
import dev.terse.trainer.loop.StopSignal;
import dev.terse.trainer.memory.RunShape.Pass;
import dev.terse.trainer.memory.RunShape.Rollout;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.optim.Optim;
import dev.terse.trainer.sft.SftConfig;
import dev.terse.trainer.sft.SftRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryForecastTest {
  /** SmolLM2-135M. */
  private static final DecoderConfig SMOL =
      DecoderConfig.of(
          JsonNodeFactory.instance
              .objectNode()
              .put("model_type", "llama")
              .put("vocab_size", 49152)
              .put("hidden_size", 576)
              .put("intermediate_size", 1536)
              .put("num_hidden_layers", 30)
              .put("num_attention_heads", 9)
              .put("num_key_value_heads", 3)
              .put("rms_norm_eps", 1e-5)
              .put("rope_theta", 100000.0)
              .put("max_position_embeddings", 8192)
              .put("tie_word_embeddings", true));

  private static final long WEIGHTS = 134_515_008;

  @TempDir private Path folder;
  private final Nd4jEngine engine = new Nd4jEngine();
  private final MemorySink sink = new MemorySink();

  @AfterEach
  void close() {
    engine.close();
  }

  private MemoryForecast forecast(Optim optim, boolean recompute, Pass... passes) {
    return MemoryForecast.of(
        new RunShape(SMOL, null, optim, recompute, false, List.of(passes), List.of(), List.of()),
        engine,
        0);
  }

  @Test
  void forecast_weightsGradientsMoments_areTheirBytes() {
    MemoryForecast full = forecast(Optim.ADAMW_TORCH, true);
    assertThat(full.gradients()).isEqualTo(4 * WEIGHTS);
    assertThat(full.moments()).isEqualTo(8 * WEIGHTS);
    assertThat(full.weights()).isBetween(4 * WEIGHTS, 4 * WEIGHTS + 20_000_000);
    assertThat(forecast(Optim.ADAMW_BF16, true).moments())
        .isBetween(4 * WEIGHTS, 4 * WEIGHTS + 300_000);
    assertThat(forecast(Optim.ADAMW_8BIT, true).moments())
        .isBetween(2 * WEIGHTS, 2 * WEIGHTS + 8 * WEIGHTS / 256 + 300_000);
  }

  @Test
  void forecast_activations_growWithTokensAndShrinkWhenRecomputed() {
    Pass one = new Pass(Segments.ofLengths(1024), 900);
    Pass four = new Pass(Segments.ofLengths(1024, 1024, 1024, 1024), 3600);
    long kept = forecast(Optim.ADAMW_TORCH, false, four).activations();
    // Each of 30 layers keeps 2 C + 2 Q + 2 K + 2 F numbers a token, the stream C for each.
    long expected = 4L * 4096 * (30 * (2 * 576 + 2 * 576 + 2 * 192 + 2 * 1536));
    // Two of the largest tensors fill 50 of a chunk's 64 MB; the rest of it is lost.
    assertThat(kept).isBetween(expected, expected * 4 / 3);
    assertThat(forecast(Optim.ADAMW_TORCH, true, four).activations()).isLessThan(kept / 3);
    assertThat(forecast(Optim.ADAMW_TORCH, false, one).activations()).isLessThan(kept / 2);
  }

  @Test
  void forecast_bfloat16Matmuls_holdACopyOfTheWeights() {
    assumeOneDnn();
    try (Nd4jEngine half = new Nd4jEngine(NumberType.BFLOAT16)) {
      RunShape run = RunShape.recomputing(SMOL, null, null);
      MemoryForecast told = MemoryForecast.of(run, half, 0);
      int copy = half.description().contains("computed in float32") ? Float.BYTES : Short.BYTES;
      long expected = (Float.BYTES + copy) * WEIGHTS;
      assertThat(told.weights()).isBetween(expected - 1_000_000, expected + 20_000_000);
      assertThat(told.gradients() + told.moments()).isZero();
    }
  }

  @Test
  void forecast_rollouts_holdKeysAndValuesOfEverySequenceAndPackedWeights() {
    assumeOneDnn();
    RunShape run =
        RunShape.recomputing(SMOL, null, null)
            .withRollouts(List.of(new Rollout(new int[] {100, 60}, 8, 256)));
    long keysAndValues = 4L * 30 * 2 * 192 * (160 + 16 * 255);
    assertThat(MemoryForecast.of(run, engine, 0).total() - 8 * WEIGHTS)
        .isBetween(keysAndValues, keysAndValues * 3 / 2 + 300_000_000);
  }

  /** The engine of a real run has held what was told before it. */
  @ParameterizedTest
  @CsvSource({
    "true, adamw_torch, false",
    "false, adamw_8bit, false",
    "false, adamw_bf16, false",
    "true, adamw_torch, true"
  })
  void sft_realRun_holdsWhatWasForecast(boolean recompute, String optim, boolean adapters)
      throws IOException {
    Path data = folder.resolve("sft.jsonl");
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 9; i++) {
      lines
          .append("{\"prompt\":\"a b\",\"completion\":\"")
          .append("abe a ".repeat(3 + 7 * i))
          .append("\"}\n");
    }
    Files.writeString(data, lines);
    List<String> arguments =
        List.of(
            "--model_name_or_path=" + TinyModels.folder("qwen3"),
            "--dataset_name=" + data,
            "--output_dir=" + folder.resolve("out"),
            "--per_device_train_batch_size=3",
            "--max_tokens_per_pass=150",
            "--max_steps=6",
            "--max_length=200",
            "--save_strategy=no",
            "--gradient_checkpointing=" + recompute,
            "--optim=" + optim,
            "--use_peft=" + adapters,
            "--logging_steps=1");
    new SftRun(ConfigReader.read(null, arguments, SftConfig.class), engine, sink, Phases.QUIET)
        .run(new StopSignal());
    assertForecast();
  }

  @Test
  void grpo_realRun_holdsWhatWasForecast() throws IOException {
    Path data = folder.resolve("problems.jsonl");
    Files.writeString(data, "{\"question\":\"1+1\",\"answer\":\"2\"}\n".repeat(6));
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model_name_or_path=" + TinyModels.folder("qwen3"),
                "--dataset_name=" + data,
                "--output_dir=" + folder.resolve("out"),
                "--per_device_train_batch_size=8",
                "--num_generations=4",
                "--max_completion_length=40",
                "--reward_funcs=[token_saving]",
                "--reward_settings={tau_length: 10}",
                "--max_steps=2",
                "--save_strategy=no"));
    new GrpoRun(ConfigReader.read(null, arguments, GrpoConfig.class), engine, sink, Phases.QUIET)
        .run(new StopSignal());
    assertForecast();
  }

  /** The reference reads a longer prompt than the policy does, and its pass is the largest. */
  @Test
  void grpo_longTeacherPrompt_isForecast() throws IOException {
    Path data = folder.resolve("problems.jsonl");
    Files.writeString(data, "{\"question\":\"1+1\",\"answer\":\"2\"}\n".repeat(6));
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model_name_or_path=" + TinyModels.folder("qwen3"),
                "--dataset_name=" + data,
                "--output_dir=" + folder.resolve("out"),
                "--per_device_train_batch_size=2",
                "--num_generations=2",
                "--max_completion_length=4",
                "--advantage=none",
                "--beta=1",
                "--reward_funcs=[token_saving]",
                "--max_steps=1",
                "--save_strategy=no"));
    ConfigReader.Loaded<GrpoConfig> plain = ConfigReader.read(null, arguments, GrpoConfig.class);
    arguments.add("--teacher_prompt_suffix=" + " abea".repeat(25));
    ConfigReader.Loaded<GrpoConfig> told = ConfigReader.read(null, arguments, GrpoConfig.class);
    assertThat(scored(told)).isGreaterThan(scored(plain) + 50);
    new GrpoRun(told, engine, sink, Phases.QUIET).run(new StopSignal());
    assertForecast();
  }

  /** Tokens of the largest pass that is only read. */
  private static int scored(ConfigReader.Loaded<GrpoConfig> loaded) throws IOException {
    GrpoConfig config = loaded.config();
    RowSource rows = config.training().rows().train();
    try (Engine counting = new ReferenceEngine();
        ModelFolder model = ModelFolder.load(TinyModels.folder("qwen3"), counting)) {
      List<Problem> train = GrpoRun.problems(config, model, rows).problems();
      Workload run =
          GrpoRun.workload(
              config,
              model.decoder().config(),
              train,
              GrpoRun.teacher(config, rows, model, train),
              List.of());
      return run.shape(run.settings()).scored().stream()
          .mapToInt(pass -> pass.segments().tokens())
          .max()
          .orElseThrow();
    }
  }

  private void assertForecast() {
    double told = sink.values("train/memory_tensors_forecast_gb").get(0);
    double held = sink.values("train/memory_tensors_peak_gb").get(0);
    System.out.printf(Locale.ROOT, "tensors: forecast %.4f GB, held %.4f GB%n", told, held);
    assertThat(held).isPositive();
    assertThat(told).isBetween(0.999 * held, 1.1 * held);
    assertThat(sink.values("train/memory_peak_gb").get(0)).isGreaterThan(held);
    assertThat(sink.values("train/memory_forecast_gb").get(0)).isGreaterThan(told);
  }

  private void assumeOneDnn() {
    Assumptions.assumeTrue(
        engine.description().contains("oneDNN"), () -> "no oneDNN here: " + engine.description());
  }
}
