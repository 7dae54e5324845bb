package dev.terse.reward.terms;

import dev.terse.reward.RewardTerm;
import dev.terse.reward.Sample;

/**
 * The paper's skip ratio reward: rho = k / max(1, b + k) with k skips and b blank lines; 1 where
 * rho &ge; kappaHigh, 0.5 where rho &ge; kappaLow, else 0. A chain of skips only earns 1: that is
 * the paper's rule; preset {@code safe} does not pay it.
 */
record SkipRatio(double kappaHigh, double kappaLow) implements RewardTerm {

  @Override
  public String name() {
    return "skip_ratio";
  }

  @Override
  public double of(Sample sample) {
    var thinking = PaperThinking.of(sample.completion());
    double rho = (double) thinking.skips() / Math.max(1, thinking.blankLines() + thinking.skips());
    return rho >= kappaHigh ? 1 : rho >= kappaLow ? 0.5 : 0;
  }
}
