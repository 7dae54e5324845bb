package dev.terse.trainer.grpo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.Engine;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.engine.numbers.NumberType;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.model.folder.ModelFolder;
import dev.terse.reward.Rubric;
import dev.terse.testkit.SharedData;
import dev.terse.traces.segment.ThinkingRule;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.data.CompletionReader;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.data.ProblemSet;
import dev.terse.trainer.data.PromptEncoder;
import dev.terse.trainer.fixtures.MemorySink;
import dev.terse.trainer.grpo.episode.CompletionLog;
import dev.terse.trainer.grpo.episode.HealthWatch;
import dev.terse.trainer.grpo.episode.Judge;
import dev.terse.trainer.loop.StopSignal;
import dev.terse.trainer.loop.Update;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.optim.Optimizer;
import dev.terse.trainer.sft.SftConfig;
import dev.terse.trainer.sft.SftRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Training of a model that comes with Terse follows the committed loss curves, {@code
 * losses/METHOD-ENGINE.txt}: lines of an update and its loss. {@code -Dterse.losses=record} with
 * the tag soak writes them anew.
 *
 * <p>GRPO learns from committed completions ({@code losses/generation.jsonl}), in 30 updates after
 * the one that would draw them: a drawn token is a step function of the last bits, a loss is not.
 *
 * <p>Tolerance: bits differ between processors and thread counts, so a curve is held to what
 * rounding may do to it. The largest distance between an engine's committed curve and the one in
 * float64 is what its rounding did on the machine that recorded both. Another machine's rounding
 * may do as much on the other side, and twice that is allowed: 4 distances. float64 is allowed what
 * float32 is, scaled by the two formats' precision, and the rounding of its own sums of fewer than
 * 2^9 numbers below 1.
 */
class LossCurveTest {
  private static final Path FOLDER =
      SharedData.projectRoot().resolve("trainer/src/test/resources/losses");
  private static final boolean RECORDS = "record".equals(System.getProperty("terse.losses"));
  private static final int UPDATES = 30;
  private static final double SIDES = 4;

  @TempDir private Path folder;

  private enum Method {
    SFT,
    GRPO
  }

  private enum Curve {
    FLOAT64,
    FLOAT32,
    BFLOAT16;

    Engine open() {
      return switch (this) {
        case FLOAT64 -> new ReferenceEngine();
        case FLOAT32 -> new Nd4jEngine(NumberType.FLOAT32);
        case BFLOAT16 -> new Nd4jEngine(NumberType.BFLOAT16);
      };
    }

    Path file(Method method) {
      return FOLDER.resolve((method + "-" + this + ".txt").toLowerCase(Locale.ROOT));
    }

    List<Double> committed(Method method) throws IOException {
      try (Stream<String> lines = Files.lines(file(method))) {
        return lines.map(line -> Double.parseDouble(line.split(" ")[1])).toList();
      }
    }

    /** What a loss may differ by. */
    double tolerance(Method method) throws IOException {
      List<Double> exact = FLOAT64.committed(method);
      List<Double> rounded = (this == FLOAT64 ? FLOAT32 : this).committed(method);
      double distance =
          IntStream.range(0, UPDATES)
              .mapToDouble(i -> Math.abs(rounded.get(i) - exact.get(i)))
              .max()
              .orElseThrow();
      return SIDES * (this == FLOAT64 ? distance * 0x1p-29 + 0x1p-44 : distance);
    }
  }

  private List<Double> losses(Method method, Curve curve, int updates, String... more)
      throws IOException {
    try (Engine engine = curve.open()) {
      return method == Method.SFT
          ? sft(engine, updates, List.of(more))
          : grpo(engine, updates, List.of(more));
    }
  }

  private List<String> arguments(String data, List<String> more) {
    Path root = SharedData.projectRoot();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model_name_or_path=" + root.resolve("checkpoints/arithmetic-skip"),
                "--dataset_name=" + root.resolve(data),
                "--output_dir=" + folder,
                "--per_device_train_batch_size=4",
                "--learning_rate=1e-4",
                "--lr_scheduler_type=constant",
                "--max_steps=" + UPDATES,
                "--logging_steps=1",
                "--save_strategy=no"));
    arguments.addAll(more);
    return arguments;
  }

  private List<Double> sft(Engine engine, int updates, List<String> more) throws IOException {
    List<String> arguments = arguments("trainer/src/test/resources/losses/sft.jsonl", more);
    arguments.add("--max_steps=" + updates);
    MemorySink sink = new MemorySink();
    new SftRun(ConfigReader.read(null, arguments, SftConfig.class), engine, sink, Phases.QUIET)
        .run(new StopSignal());
    return sink.values("train/loss");
  }

  /** Updates 1 to {@code updates} of a generation that is there already. */
  private List<Double> grpo(Engine engine, int updates, List<String> more) throws IOException {
    List<String> own =
        new ArrayList<>(
            List.of(
                "--num_generations=4",
                "--steps_per_generation=2",
                "--num_iterations=16",
                "--beta=0.05",
                "--max_completion_length=128",
                "--reward_preset=safe"));
    own.addAll(more);
    GrpoConfig config =
        ConfigReader.read(
                null, arguments("configs/arithmetic/problems-train.jsonl", own), GrpoConfig.class)
            .config();
    try (ModelFolder model = ModelFolder.load(Path.of(config.model().modelNameOrPath()), engine);
        Rubric rubric = config.reward().rubric();
        Optimizer optimizer =
            new Optimizer(
                engine,
                model.decoder().trained(),
                config.training().optimizer(),
                config.training().seed())) {
      List<Problem> problems =
          ProblemSet.load(
                  Path.of(config.training().datasetName().get(0)),
                  new PromptEncoder(model.tokenizer(), model.template()),
                  config.prompt(),
                  model.decoder().config().maxPositions())
              .problems();
      GrpoTrainer trainer =
          new GrpoTrainer(
              model,
              Optional.empty(), // its log-probabilities are in the file
              config,
              new GrpoTrainer.GrpoProblems(problems, List.of()),
              new Judge(
                  new CompletionReader(model.tokenizer(), "[SKIP]", ThinkingRule.MARKS),
                  rubric,
                  Phases.QUIET),
              new CompletionLog(
                  folder, new MemorySink(), "[SKIP]", 0, new HealthWatch(rubric::failures)),
              Phases.QUIET);
      GrpoTrainer.State state = trainer.read(1, FOLDER);
      List<Double> losses = new ArrayList<>();
      for (int update = 1; update <= updates; update++) {
        Update<GrpoTrainer.State> step = trainer.step(update, state, optimizer);
        state = step.state();
        losses.add(step.loss());
      }
      return losses;
    }
  }

  private void follow(Method method, Curve curve, int updates) throws IOException {
    List<Double> losses = losses(method, curve, updates);
    List<Double> committed = curve.committed(method);
    double tolerance = curve.tolerance(method);
    for (int i = 0; i < updates; i++) {
      assertThat(Math.abs(losses.get(i) - committed.get(i)))
          .as(
              "%s in %s, update %d: loss %s, committed %s",
              method, curve, i + 1, losses.get(i), committed.get(i))
          .isLessThanOrEqualTo(tolerance);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SFT, FLOAT64, 2",
    "SFT, FLOAT32, 8",
    "SFT, BFLOAT16, 8",
    "GRPO, FLOAT64, 2",
    "GRPO, FLOAT32, 8",
    "GRPO, BFLOAT16, 8"
  })
  void losses_firstUpdates_followTheCommittedCurve(Method method, Curve curve, int updates)
      throws IOException {
    follow(method, curve, updates);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("soak")
  void losses_allUpdates_followTheCommittedCurve(Method method) throws IOException {
    for (Curve curve : Curve.values()) {
      if (RECORDS) {
        StringBuilder lines = new StringBuilder();
        for (double loss : losses(method, curve, UPDATES)) {
          long step = lines.chars().filter(c -> c == '\n').count() + 1;
          lines.append(step).append(' ').append(loss).append('\n');
        }
        Files.writeString(curve.file(method), lines);
      } else {
        follow(method, curve, UPDATES);
      }
    }
  }

  /** A tolerance that would let a hundredth of the learning rate pass would be none. */
  @ParameterizedTest
  @EnumSource
  void losses_learningRateOneHundredthHigher_leaveTheCurve(Method method) throws IOException {
    List<Double> losses = losses(method, Curve.FLOAT32, 8, "--learning_rate=1.01e-4");
    double distance = Math.abs(losses.get(7) - Curve.FLOAT32.committed(method).get(7));
    assertThat(distance).isGreaterThan(Curve.FLOAT32.tolerance(method));
  }

  @Test
  void curves_ofAllEngines_endWhereLearningLeads() throws IOException {
    for (Method method : Method.values()) {
      for (Curve curve : Curve.values()) {
        List<Double> losses = curve.committed(method);
        assertThat(losses).hasSize(UPDATES);
        // Two updates go over the whole generation.
        assertThat(losses.get(UPDATES - 1) + losses.get(UPDATES - 2))
            .isLessThan(losses.get(0) + losses.get(1));
      }
    }
  }
}
