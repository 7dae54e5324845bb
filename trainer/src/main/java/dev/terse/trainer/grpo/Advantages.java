package dev.terse.trainer.grpo;

import dev.terse.rollout.Completion;
import dev.terse.rollout.Group;
import dev.terse.trainer.grpo.episode.Judge;
import dev.terse.trainer.grpo.sampling.DynamicSamplingConfig.Metric;
import dev.terse.trainer.loss.advantage.DecoupledAdvantage;
import dev.terse.trainer.loss.advantage.DecoupledAdvantage.Outcome;
import dev.terse.trainer.loss.advantage.GroupAdvantage;
import dev.terse.trainer.loss.advantage.GroupAdvantage.Aggregation;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** The advantages of judged completions, and which groups have any. */
record Advantages(GrpoConfig config, Judge judge) {

  /**
   * The advantages of a generation, each of its parts by itself.
   *
   * @param completions [P][G]
   * @param rewards groups one after another, [P·G]
   * @param part completions of a part of a generation, a multiple of the group's size
   * @return [P·G]
   */
  double[] of(List<Group> completions, List<Judge.Reward> rewards, int part) {
    int groupSize = rewards.size() / completions.size();
    return switch (config.advantage().advantage()) {
      case NONE -> new double[rewards.size()];
      case CORRECT -> rewards.stream().mapToDouble(reward -> reward.isRight() ? 1 : 0).toArray();
      case DRPO ->
          IntStream.range(0, completions.size())
              .mapToObj(
                  p ->
                      decoupled(
                          completions.get(p), rewards.subList(p * groupSize, (p + 1) * groupSize)))
              .flatMapToDouble(DoubleStream::of)
              .toArray();
      case GROUP ->
          IntStream.iterate(0, from -> from < rewards.size(), from -> from + part)
              .mapToObj(from -> rewards.subList(from, Math.min(rewards.size(), from + part)))
              .flatMapToDouble(own -> DoubleStream.of(ofPart(own, groupSize)))
              .toArray();
    };
  }

  private double[] decoupled(Group group, List<Judge.Reward> rewards) {
    return DecoupledAdvantage.of(
        rewards.stream()
            .map(
                reward ->
                    reward.isRight()
                        ? Outcome.RIGHT
                        : Double.isNaN(reward.score().total()) ? Outcome.ABSENT : Outcome.WRONG)
            .toArray(Outcome[]::new),
        rewards.stream().mapToInt(reward -> reward.reading().tokens()).toArray(),
        group.completions().stream().mapToDouble(Advantages::meanLogProb).toArray(),
        config.advantage().drpoLambda(),
        config.advantage().drpoTau(),
        config.generation().maxCompletionLength());
  }

  /** As its sampler had it, which is the policy that is trained. */
  private static double meanLogProb(Completion completion) {
    double sum = 0;
    for (float logProb : completion.logProbs()) {
      sum += logProb;
    }
    return sum / completion.logProbs().length;
  }

  private double[] ofPart(List<Judge.Reward> rewards, int groupSize) {
    double[] advantages = // [part]
        config.loss().multiObjectiveAggregation() == Aggregation.NORMALIZE_THEN_SUM
            ? GroupAdvantage.normalizeThenSum(judge.terms(rewards), judge.weights(), groupSize)
            : GroupAdvantage.of(
                totals(rewards),
                rewards.stream().mapToInt(reward -> reward.reading().tokens()).toArray(),
                groupSize,
                config.loss().scaleRewards().scale());
    double boost = config.advantage().correctSampleAdvantageBoostValue();
    for (int i = 0; i < advantages.length; i++) {
      advantages[i] += isPresentAndCorrect(rewards.get(i)) ? boost : 0;
    }
    return advantages;
  }

  /** Whether there is something to learn from a group. */
  boolean teach(List<Judge.Reward> group) {
    boolean byReward = config.dynamicSampling().dynamicSamplingMetric() == Metric.REWARD;
    return switch (config.advantage().advantage()) {
      case NONE -> true;
      case CORRECT -> group.stream().anyMatch(Judge.Reward::isRight);
      case DRPO -> group.stream().map(Judge.Reward::isRight).distinct().count() > 1;
      case GROUP ->
          byReward
              ? !GroupAdvantage.areEqual(totals(group))
              : group.stream().map(Advantages::isPresentAndCorrect).distinct().count() > 1;
    };
  }

  private static boolean isPresentAndCorrect(Judge.Reward reward) {
    return !Double.isNaN(reward.score().total()) && reward.score().correct();
  }

  private static double[] totals(List<Judge.Reward> rewards) {
    return rewards.stream().mapToDouble(reward -> reward.score().total()).toArray();
  }
}
