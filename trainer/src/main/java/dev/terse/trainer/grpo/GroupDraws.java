package dev.terse.trainer.grpo;

import dev.terse.engine.SeedTree;
import dev.terse.reward.length.RewardShaping;
import dev.terse.rollout.Group;
import dev.terse.rollout.Rollouts;
import dev.terse.trainer.data.EpochOrder;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.grpo.episode.Judge;
import dev.terse.trainer.grpo.sampling.DynamicSamplingConfig;
import dev.terse.trainer.grpo.sampling.RefillOrder;
import dev.terse.trainer.metrics.Phases;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Draws the groups of a generation and has them judged. With dynamic sampling (DAPO, arXiv
 * 2503.14476; DLER) groups that teach nothing are dropped, and groups of other prompts are drawn
 * until the generation is full, {@code dynamic_sampling_max_gen_batches} times at most. What is
 * then missing is filled with dropped groups, the first ones: they move nothing, and the batch
 * keeps its size.
 *
 * <p>Prompts and draws are functions of the seed, the generation and the number of the refill, so a
 * run that was killed between two refills draws both again, to the bit.
 */
final class GroupDraws {
  private static final Logger LOG = LoggerFactory.getLogger(GroupDraws.class);

  private final GrpoConfig config;
  private final BatchPlan plan;
  private final EpochOrder order;
  private final List<Problem> problems;
  private final Judge judge;
  private final Advantages advantages;
  private final Rollouts rollouts;
  private final Phases phases;
  private boolean shortageTold;

  /**
   * @param problems to train on
   * @param advantages tell which groups teach
   */
  GroupDraws(
      GrpoConfig config,
      BatchPlan plan,
      EpochOrder order,
      List<Problem> problems,
      Judge judge,
      Advantages advantages,
      Rollouts rollouts,
      Phases phases) {
    this.config = config;
    this.plan = plan;
    this.order = order;
    this.problems = problems;
    this.judge = judge;
    this.advantages = advantages;
    this.rollouts = rollouts;
    this.phases = phases;
  }

  /**
   * The groups of a generation.
   *
   * @param prompts [P]
   * @param completions of each, [P][G]
   * @param rewards [P·G]
   * @param metrics of dynamic sampling; empty without it
   * @param seconds that sampling took
   * @param flops of its matmuls, those of dropped groups too
   */
  record Drawn(
      List<Problem> prompts,
      List<Group> completions,
      List<Judge.Reward> rewards,
      Map<String, Double> metrics,
      double seconds,
      double flops) {}

  /** What all draws of a generation have in common. */
  private record Draw(int generation, int limit, RewardShaping shaping) {}

  /**
   * A group with its rewards.
   *
   * @param rewards [G]
   */
  private record Judged(Problem problem, Group group, List<Judge.Reward> rewards) {}

  /**
   * Draws generation {@code number}.
   *
   * @param limit most tokens of a completion
   * @param shaping from raw rewards to those that advantages are made of
   */
  Drawn of(int number, int limit, RewardShaping shaping) {
    Draw draw = new Draw(number, limit, shaping);
    int[] first = order.rows(number); // [P]
    DynamicSamplingConfig dynamic = config.dynamicSampling();
    Tally all = new Tally();
    List<Judged> kept = new ArrayList<>();
    List<Judged> dropped = new ArrayList<>();
    for (Judged group : judged(draw, first, 0, all)) {
      boolean keeps = !dynamic.useDynamicSampling() || advantages.teach(group.rewards());
      (keeps ? kept : dropped).add(group);
    }
    if (!dynamic.useDynamicSampling()) {
      return drawn(kept, Map.of(), all);
    }
    RefillOrder spare =
        RefillOrder.of(config.training().orderSeed(), number, problems.size(), first);
    int used = 0;
    while (kept.size() < plan.prompts() && all.batches < dynamic.dynamicSamplingMaxGenBatches()) {
      int next = spare.next(kept.size(), kept.size() + dropped.size(), plan.prompts(), used);
      if (next == 0) {
        break;
      }
      int[] rows = Arrays.copyOfRange(spare.rows(), used, used + next);
      used += next;
      for (Judged group : judged(draw, rows, all.batches, all)) {
        (advantages.teach(group.rewards()) ? kept : dropped).add(group);
      }
    }
    Map<String, Double> metrics = all.metrics(kept, dropped);
    List<Judged> full =
        Stream.concat(kept.stream(), dropped.stream()).limit(plan.prompts()).toList();
    tellShortage(number, kept.size(), all.batches);
    return drawn(full, metrics, all);
  }

  /** What all draws of a generation came to, those of dropped groups too. */
  private final class Tally {
    private int batches;
    private double seconds;
    private double flops;

    Map<String, Double> metrics(List<Judged> kept, List<Judged> dropped) {
      int wanted = plan.prompts();
      Map<String, Double> metrics = new LinkedHashMap<>();
      List<Judge.Reward> rewards =
          Stream.concat(kept.stream(), dropped.stream())
              .flatMap(group -> group.rewards().stream())
              .toList();
      int surplus = Math.max(0, kept.size() - wanted);
      metrics.put("dynamic_sampling_num_gen_batches", (double) batches);
      metrics.put(
          "dynamic_sampling_num_discarded_valid_samples", (double) surplus * plan.groupSize());
      metrics.put("dynamic_sampling/groups_drawn", (double) kept.size() + dropped.size());
      metrics.put("dynamic_sampling/groups_dropped", (double) dropped.size());
      metrics.put("dynamic_sampling/groups_missing", (double) Math.max(0, wanted - kept.size()));
      metrics.put("dynamic_sampling/accuracy", mean(rewards, r -> r.score().correct() ? 1 : 0));
      metrics.put("dynamic_sampling/mean_length", mean(rewards, r -> r.reading().tokens()));
      return metrics;
    }

    private double mean(List<Judge.Reward> of, ToDoubleFunction<Judge.Reward> value) {
      return of.stream().mapToDouble(value).average().orElse(0);
    }
  }

  private void tellShortage(int number, int kept, int batches) {
    if (kept < plan.prompts() && !shortageTold) {
      shortageTold = true;
      LOG.warn(
          "generation {}: after {} draws {} of {} groups teach; the rest is filled with groups that"
              + " do not. dynamic_sampling/groups_missing counts it from here on; give problems of"
              + " middle difficulty, or raise dynamic_sampling_max_gen_batches",
          number + 1,
          batches,
          kept,
          plan.prompts());
    }
  }

  private static Drawn drawn(List<Judged> groups, Map<String, Double> metrics, Tally all) {
    return new Drawn(
        groups.stream().map(Judged::problem).toList(),
        groups.stream().map(Judged::group).toList(),
        groups.stream().flatMap(group -> group.rewards().stream()).toList(),
        metrics,
        all.seconds,
        all.flops);
  }

  /**
   * One draw.
   *
   * @param rows of the training set
   * @param refill its number, 0 for what the generation begins with
   */
  private List<Judged> judged(Draw draw, int[] rows, int refill, Tally tally) {
    List<Problem> prompts = Arrays.stream(rows).mapToObj(problems::get).toList();
    long begun = System.nanoTime();
    List<Group> groups = sample(draw, prompts, refill);
    tally.seconds += (System.nanoTime() - begun) / 1e9;
    tally.batches++;
    tally.flops += rollouts.flops(groups);
    List<Judge.Reward> rewards =
        Judge.shaped(judge.rewards(prompts, groups), plan.groupSize(), draw.shaping());
    List<Judged> judged = new ArrayList<>();
    for (int p = 0; p < prompts.size(); p++) {
      int from = p * plan.groupSize();
      judged.add(
          new Judged(
              prompts.get(p), groups.get(p), rewards.subList(from, from + plan.groupSize())));
    }
    return judged;
  }

  private List<Group> sample(Draw draw, List<Problem> prompts, int refill) {
    int generation = draw.generation();
    long most = (long) prompts.size() * plan.groupSize() * draw.limit();
    String name = "rollout " + (generation + 1) + (refill == 0 ? "" : ", refill " + refill);
    long seed = config.training().seed();
    try (var phase = phases.start(name, "tokens", most)) {
      return rollouts.generate(
          prompts.stream().map(Problem::prompt).toList(),
          plan.groupSize(),
          config.generation().sampling(draw.limit()),
          refill == 0
              ? SeedTree.at(seed, "rollout", generation)
              : SeedTree.at(seed, "rollout", generation, refill),
          phase);
    }
  }
}
