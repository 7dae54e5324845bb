package dev.terse.trainer.grpo;

import dev.terse.trainer.grpo.episode.Judge;
import dev.terse.trainer.grpo.sampling.DynamicSamplingConfig.Metric;
import dev.terse.trainer.loss.advantage.AdvantageConfig.Kind;
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
   * @param rewards groups one after another, [P·G]
   * @param part completions of a part of a generation, a multiple of the group's size
   * @return [P·G]
   */
  double[] of(List<Judge.Reward> rewards, int groupSize, int part) {
    return IntStream.iterate(0, from -> from < rewards.size(), from -> from + part)
        .mapToObj(from -> rewards.subList(from, Math.min(rewards.size(), from + part)))
        .flatMapToDouble(own -> DoubleStream.of(ofPart(own, groupSize)))
        .toArray();
  }

  private double[] ofPart(List<Judge.Reward> rewards, int groupSize) {
    if (config.advantage().advantage() == Kind.CORRECT) {
      return rewards.stream().mapToDouble(reward -> reward.isRight() ? 1 : 0).toArray();
    }
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
    if (config.advantage().advantage() == Kind.CORRECT) {
      return group.stream().anyMatch(Judge.Reward::isRight);
    }
    return config.dynamicSampling().dynamicSamplingMetric() == Metric.REWARD
        ? !GroupAdvantage.areEqual(totals(group))
        : group.stream().map(Advantages::isPresentAndCorrect).distinct().count() > 1;
  }

  private static boolean isPresentAndCorrect(Judge.Reward reward) {
    return !Double.isNaN(reward.score().total()) && reward.score().correct();
  }

  private static double[] totals(List<Judge.Reward> rewards) {
    return rewards.stream().mapToDouble(reward -> reward.score().total()).toArray();
  }
}
