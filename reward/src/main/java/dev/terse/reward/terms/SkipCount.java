package dev.terse.reward.terms;

import dev.terse.reward.RewardTerm;
import dev.terse.reward.Sample;

/** The paper's skip number reward: {@code penalty} for more than {@code tau} skips, else 0. */
record SkipCount(int tau, double penalty) implements RewardTerm {

  @Override
  public String name() {
    return "skip_count";
  }

  @Override
  public double of(Sample sample) {
    return PaperThinking.of(sample.completion()).skips() > tau ? penalty : 0;
  }
}
