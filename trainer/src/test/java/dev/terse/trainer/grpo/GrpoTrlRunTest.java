package dev.terse.trainer.grpo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.engine.Engine;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.engine.numbers.NumberType;
import dev.terse.model.folder.ModelFolder;
import dev.terse.reward.Rubric;
import dev.terse.reward.Score;
import dev.terse.rollout.Completion;
import dev.terse.rollout.FinishReason;
import dev.terse.rollout.Group;
import dev.terse.rollout.Prompt;
import dev.terse.testkit.SharedData;
import dev.terse.traces.segment.ThinkingRule;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.data.CompletionReader;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.fixtures.MemorySink;
import dev.terse.trainer.grpo.episode.CompletionLog;
import dev.terse.trainer.grpo.episode.Episode;
import dev.terse.trainer.grpo.episode.HealthWatch;
import dev.terse.trainer.grpo.episode.Judge;
import dev.terse.trainer.loop.Update;
import dev.terse.trainer.loss.advantage.GroupAdvantage;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.optim.Optimizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Twenty updates of a model that comes with Terse, on completions and rewards that are given, are
 * those of TRL on the same (src/test/python/golden_grpo_run.py): loss, gradient norm, divergence,
 * clip ratios and the weights at the end, in float32, within 1e-4 of each. Two updates go over a
 * generation, twice; completions have unequal lengths.
 */
class GrpoTrlRunTest {
  private static final double RELATIVE = 1e-4;

  /** A loss is a sum of advantages that nearly cancel: it is held to 1e-4 of its largest terms. */
  private static final double ABSOLUTE = 1e-5;

  private static final int UPDATES_OF_GENERATION = 4;

  @TempDir private Path folder;

  private static JsonNode golden() throws IOException {
    try (InputStream in = GrpoTrlRunTest.class.getResourceAsStream("/golden/grpo-run.json")) {
      return new ObjectMapper().readTree(in);
    }
  }

  static Stream<String> runs() throws IOException {
    return golden().get("runs").propertyStream().map(Map.Entry::getKey);
  }

  @ParameterizedTest
  @MethodSource("runs")
  void updates_onGivenCompletions_areTrls(String name) throws IOException {
    JsonNode golden = golden();
    JsonNode run = golden.get("runs").get(name);
    GrpoConfig config = config(run.get("settings"));
    try (Engine engine = new Nd4jEngine(NumberType.FLOAT32);
        ModelFolder model = open(config, engine);
        ReferenceModel reference = new ReferenceModel.Whole(open(config, engine));
        Rubric rubric = config.reward().rubric();
        Optimizer optimizer =
            new Optimizer(
                engine,
                model.decoder().trained(),
                config.training().optimizer(),
                config.training().seed())) {
      Map<String, double[]> begun = weights(model);
      GrpoTrainer trainer = trainer(config, model, rubric);
      FrozenPolicies frozen =
          new FrozenPolicies(
              model.decoder(),
              false,
              config.loss().beta() == 0 ? Optional.empty() : Optional.of(reference),
              Map.of(),
              config.generation().temperature(),
              GrpoPasses.of(config, model.decoder().config().rope()),
              Phases.QUIET);
      GrpoTrainer.State state = trainer.start();
      for (int i = 0; i < run.get("updates").size(); i++) {
        if (i % UPDATES_OF_GENERATION == 0) {
          List<Episode> episodes = episodes(golden, i / UPDATES_OF_GENERATION, model);
          state = new GrpoTrainer.State(frozen.scored(0, episodes), state.entropy(), state.guard());
        }
        // Updates 2, 3, … of one generation that never ends: none of them draws completions.
        Update<GrpoTrainer.State> update = trainer.step(2 + i, state, optimizer);
        state = update.state();
        check(name + ", update " + i, run.get("updates").get(i), update);
      }
      run.get("weights")
          .properties()
          .forEach(each -> checkWeights(each.getKey(), each.getValue(), begun, model));
    }
  }

  private static void check(String what, JsonNode expected, Update<?> update) {
    expected
        .properties()
        .forEach(
            each -> {
              double actual =
                  each.getKey().equals("grad_norm")
                      ? update.outcome().gradientNorm()
                      : update.metrics().get(each.getKey());
              double trl = each.getValue().asDouble();
              assertThat(Math.abs(actual - trl))
                  .as("%s, %s: %s, TRL %s", what, each.getKey(), actual, trl)
                  .isLessThanOrEqualTo(RELATIVE * Math.abs(trl) + ABSOLUTE);
            });
  }

  /** Every tensor has moved as far as TRL's, and eight of its numbers are TRL's. */
  private static void checkWeights(
      String name, JsonNode expected, Map<String, double[]> begun, ModelFolder model) {
    double[] now = model.decoder().trained().get(name).toDoubles();
    double[] before = begun.get(name);
    double squares = 0;
    for (int i = 0; i < now.length; i++) {
      squares += (now[i] - before[i]) * (now[i] - before[i]);
    }
    double change = expected.get("change").asDouble();
    assertThat(Math.abs(Math.sqrt(squares) - change))
        .as("change of %s: %s, TRL %s", name, Math.sqrt(squares), change)
        .isLessThanOrEqualTo(1e-3 * change);
    double size = Math.sqrt(IntStream.range(0, now.length).mapToDouble(i -> now[i] * now[i]).sum());
    int step = Math.max(1, now.length / 8);
    for (int k = 0; k < expected.get("values").size(); k++) {
      double trl = expected.get("values").get(k).asDouble();
      assertThat(Math.abs(now[k * step] - trl))
          .as("%s[%s]: %s, TRL %s", name, k * step, now[k * step], trl)
          .isLessThanOrEqualTo(RELATIVE * Math.max(Math.abs(trl), size / Math.sqrt(now.length)));
    }
  }

  private GrpoConfig config(JsonNode settings) {
    int accumulation = settings.get("gradient_accumulation_steps").asInt();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model_name_or_path="
                    + SharedData.projectRoot().resolve("checkpoints/arithmetic-skip"),
                "--dataset_name=given",
                "--output_dir=" + folder,
                "--per_device_train_batch_size=" + 4 / accumulation,
                "--steps_per_generation=" + 2 * accumulation,
                "--num_generations=4",
                "--num_iterations=1000", // so that no update begins a generation by itself
                "--max_completion_length=60",
                "--learning_rate=2e-4",
                "--lr_scheduler_type=constant",
                "--max_steps=100"));
    settings
        .properties()
        .forEach(each -> arguments.add("--" + each.getKey() + "=" + each.getValue().asText()));
    return ConfigReader.parse("golden", "", arguments, GrpoConfig.class).config();
  }

  private static ModelFolder open(GrpoConfig config, Engine engine) {
    return ModelFolder.load(Path.of(config.model().modelNameOrPath()), engine);
  }

  private GrpoTrainer trainer(GrpoConfig config, ModelFolder model, Rubric rubric) {
    List<Problem> problems =
        IntStream.range(0, 8).mapToObj(i -> problem(i, new int[] {1, 2})).toList();
    return new GrpoTrainer(
        model,
        Optional.empty(), // completions come scored
        config,
        new GrpoTrainer.GrpoProblems(problems, List.of()),
        new Judge(reader(model), rubric, Phases.QUIET),
        new CompletionLog(folder, new MemorySink(), "[SKIP]", 0, new HealthWatch(rubric::failures)),
        Phases.QUIET);
  }

  private static CompletionReader reader(ModelFolder model) {
    return new CompletionReader(model.tokenizer(), "[SKIP]", ThinkingRule.MARKS);
  }

  private static Problem problem(int index, int[] ids) {
    return new Problem("p" + index, "given", "given", new Prompt(index, ids));
  }

  /** The episodes of generation {@code g}: two prompts, four completions of each. */
  private static List<Episode> episodes(JsonNode golden, int g, ModelFolder model) {
    int groupSize = golden.get("group").asInt();
    List<Problem> problems = new ArrayList<>();
    List<Group> groups = new ArrayList<>();
    List<Judge.Reward> rewards = new ArrayList<>();
    double[] totals = new double[2 * groupSize];
    for (int p = 2 * g; p < 2 * g + 2; p++) {
      Problem problem = problem(p, ints(golden.get("prompts").get(p)));
      List<Completion> completions = new ArrayList<>();
      for (int i = p * groupSize; i < (p + 1) * groupSize; i++) {
        int[] ids = ints(golden.get("completions").get(i));
        boolean ended = model.tokenizer().stopIds().contains(ids[ids.length - 1]);
        Completion completion =
            new Completion(
                ids, new float[ids.length], ended ? FinishReason.STOP : FinishReason.LENGTH);
        completions.add(completion);
        double reward = golden.get("rewards").get(i).asDouble();
        totals[i - 2 * g * groupSize] = reward;
        rewards.add(
            new Judge.Reward(reader(model).read(completion), new Score(reward, Map.of(), false)));
      }
      problems.add(problem);
      groups.add(new Group(problem.prompt(), completions));
    }
    double[] advantages = GroupAdvantage.of(totals, groupSize, GroupAdvantage.Scale.GROUP);
    return Episode.of(problems, groups, rewards, advantages);
  }

  private static Map<String, double[]> weights(ModelFolder model) {
    Map<String, double[]> all = new HashMap<>();
    var trained = model.decoder().trained();
    trained.names().forEach(name -> all.put(name, trained.get(name).toDoubles()));
    return all;
  }

  private static int[] ints(JsonNode array) {
    return array.valueStream().mapToInt(JsonNode::asInt).toArray();
  }
}
