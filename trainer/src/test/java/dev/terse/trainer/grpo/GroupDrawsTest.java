package dev.terse.trainer.grpo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.Engine;
import dev.terse.engine.SeedTree;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.model.folder.ModelFolder;
import dev.terse.reward.Gate;
import dev.terse.reward.RewardTerm;
import dev.terse.reward.Rubric;
import dev.terse.reward.Sample;
import dev.terse.rollout.Completion;
import dev.terse.rollout.Group;
import dev.terse.rollout.Prompt;
import dev.terse.rollout.Rollouts;
import dev.terse.rollout.SamplingParams;
import dev.terse.testkit.TinyModels;
import dev.terse.traces.segment.ThinkingRule;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.data.CompletionReader;
import dev.terse.trainer.data.EpochOrder;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.grpo.episode.Judge;
import dev.terse.trainer.metrics.Phases;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Groups that teach nothing are drawn again, of other prompts. */
class GroupDrawsTest {

  /** A reward by a formula. */
  private record Formula(String name, ToDoubleFunction<Sample> value) implements RewardTerm {
    @Override
    public double of(Sample sample) {
      return value.applyAsDouble(sample);
    }
  }

  /** Completions of a problem whose number is a multiple of {@code of} differ; others earn 0.1. */
  private static double multiples(Sample sample, int of) {
    boolean differ = Integer.parseInt(sample.gold()) % of == 0;
    return differ ? Arrays.hashCode(sample.ids()) % 1000 : 0.1;
  }

  private static final RewardTerm RIGHT =
      new Formula("right", sample -> Integer.parseInt(sample.gold()) % 5 == 0 ? 1 : 0);

  /** Generation 2 of three prompts of three completions each, out of 40 problems. */
  private static GroupDraws.Drawn draw(ToDoubleFunction<Sample> reward, String... more)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model_name_or_path=" + TinyModels.folder("llama"),
                "--dataset_name=none.jsonl",
                "--per_device_train_batch_size=9",
                "--num_generations=3",
                "--max_completion_length=4",
                "--use_dynamic_sampling=true"));
    arguments.addAll(List.of(more));
    GrpoConfig config = ConfigReader.read(null, arguments, GrpoConfig.class).config();
    List<Problem> problems =
        IntStream.range(0, 40)
            .mapToObj(i -> new Problem("p" + i, "q", "" + i, new Prompt(i, new int[] {5, 6 + i})))
            .toList();
    BatchPlan plan = BatchPlan.of(config);
    EpochOrder order =
        new EpochOrder(
            42, 40, plan.prompts(), EpochOrder.Order.SHUFFLED, EpochOrder.LastUpdate.DROPPED);
    try (Engine engine = new ReferenceEngine();
        ModelFolder model = ModelFolder.load(TinyModels.folder("llama"), engine);
        Rubric rubric =
            new Rubric(
                List.of(new Rubric.Weighted(new Formula("own", reward), 1)), Gate.NONE, RIGHT)) {
      Judge judge =
          new Judge(
              new CompletionReader(model.tokenizer(), "[SKIP]", ThinkingRule.MARKS),
              rubric,
              Phases.QUIET);
      Rollouts rollouts =
          new Rollouts(model.decoder(), config.generation().stop(model.tokenizer()), 32);
      return new GroupDraws(
              config,
              plan,
              order,
              problems,
              judge,
              new Advantages(config, judge),
              rollouts,
              Phases.QUIET)
          .of(2, 4, config.reward().shaping());
    }
  }

  private static List<Integer> numbers(GroupDraws.Drawn drawn) {
    return drawn.prompts().stream().map(problem -> problem.prompt().index()).toList();
  }

  private static List<List<Integer>> ids(GroupDraws.Drawn drawn) {
    return drawn.completions().stream()
        .flatMap(group -> group.completions().stream())
        .map(Completion::ids)
        .map(ids -> IntStream.of(ids).boxed().toList())
        .toList();
  }

  /** Three rewards of 0.1 are equal although their deviation in doubles is 1.7e-17. */
  @Test
  void groupsOfEqualReward_areReplaced() throws IOException {
    GroupDraws.Drawn drawn = draw(sample -> multiples(sample, 3));
    assertThat(numbers(drawn)).hasSize(3).doesNotHaveDuplicates().allMatch(n -> n % 3 == 0);
    assertThat(drawn.rewards()).hasSize(9);
    for (int i = 0; i < 9; i++) { // each reward is that of the completion beside it
      Completion completion = drawn.completions().get(i / 3).completions().get(i % 3);
      assertThat(drawn.rewards().get(i).score().total())
          .isEqualTo(Arrays.hashCode(completion.ids()) % 1000);
    }
    assertThat(drawn.metrics().get("dynamic_sampling_num_gen_batches")).isBetween(2.0, 10.0);
    double all = drawn.metrics().get("dynamic_sampling/groups_drawn");
    double dropped = drawn.metrics().get("dynamic_sampling/groups_dropped");
    double surplus = drawn.metrics().get("dynamic_sampling_num_discarded_valid_samples") / 3;
    assertThat(all - dropped - surplus).isEqualTo(3);
    assertThat(drawn.metrics().get("dynamic_sampling/groups_missing")).isZero();
  }

  /** What a run does that goes on from before this generation. */
  @Test
  void draws_again_areTheSameToTheBit() throws IOException {
    GroupDraws.Drawn once = draw(sample -> multiples(sample, 3));
    GroupDraws.Drawn again = draw(sample -> multiples(sample, 3));
    assertThat(numbers(again)).isEqualTo(numbers(once));
    assertThat(ids(again)).isEqualTo(ids(once));
  }

  @Test
  void capReached_isFilledWithTheFirstDropped_andCounted() throws IOException {
    GroupDraws.Drawn flat = draw(sample -> 0.1, "--dynamic_sampling_max_gen_batches=2");
    GroupDraws.Drawn plain = draw(sample -> 0.1, "--use_dynamic_sampling=false");
    assertThat(numbers(flat)).isEqualTo(numbers(plain));
    assertThat(ids(flat)).isEqualTo(ids(plain));
    assertThat(flat.metrics())
        .containsEntry("dynamic_sampling_num_gen_batches", 2.0)
        .containsEntry("dynamic_sampling/groups_drawn", 6.0)
        .containsEntry("dynamic_sampling/groups_dropped", 6.0)
        .containsEntry("dynamic_sampling/groups_missing", 3.0);
    assertThat(plain.metrics()).isEmpty();
  }

  /** A generation may ask for each of the other problems once, and no more. */
  @Test
  void prompts_thatRunOut_endTheRefills() throws IOException {
    GroupDraws.Drawn drawn = draw(sample -> 0.1, "--dynamic_sampling_max_gen_batches=99");
    assertThat(drawn.metrics())
        .containsEntry("dynamic_sampling/groups_drawn", 40.0)
        .containsEntry("dynamic_sampling_num_gen_batches", 14.0);
  }

  /** The seeds that the docs promise: a refill's are its number's, and a draw's its prompt's. */
  @Test
  void refills_areDrawnByTheirOwnSeeds() throws IOException {
    GroupDraws.Drawn drawn =
        draw(sample -> multiples(sample, 2), "--dynamic_sampling_max_gen_batches=2");
    try (Engine engine = new ReferenceEngine();
        ModelFolder model = ModelFolder.load(TinyModels.folder("llama"), engine)) {
      Rollouts rollouts =
          new Rollouts(model.decoder(), Set.copyOf(model.tokenizer().stopIds()), 32);
      SamplingParams sampling = new SamplingParams(1, 0, 1, 0, 1, 4);
      List<Integer> refilled = new ArrayList<>();
      for (Group group : drawn.completions()) {
        int[] found = group.completions().get(0).ids();
        for (int refill = 0; refill < 2; refill++) {
          long seed =
              refill == 0 ? SeedTree.at(42, "rollout", 2) : SeedTree.at(42, "rollout", 2, 1);
          Group direct =
              rollouts.generate(List.of(group.prompt()), 3, sampling, seed, done -> {}).get(0);
          if (Arrays.equals(direct.completions().get(0).ids(), found)) {
            refilled.add(refill);
          }
        }
      }
      assertThat(refilled).hasSize(3).contains(0, 1);
    }
  }

  @Test
  void metricAccuracy_dropsGroupsThatAreAllRightOrAllWrong() throws IOException {
    GroupDraws.Drawn drawn =
        draw(
            sample -> multiples(sample, 1),
            "--dynamic_sampling_metric=accuracy",
            "--dynamic_sampling_max_gen_batches=2");
    assertThat(drawn.metrics()).containsEntry("dynamic_sampling/groups_dropped", 6.0);
    assertThat(draw(sample -> multiples(sample, 1)).metrics())
        .containsEntry("dynamic_sampling/groups_dropped", 0.0);
  }
}
