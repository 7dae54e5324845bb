package dev.terse.reward.terms;

import dev.terse.reward.RewardTerm;
import dev.terse.reward.Sample;

/** The paper's length reward: {@code penalty} for more than {@code tau} tokens, else 0. */
record LengthLimit(int tau, double penalty) implements RewardTerm {

  @Override
  public String name() {
    return "length_limit";
  }

  @Override
  public double of(Sample sample) {
    return sample.tokens() > tau ? penalty : 0;
  }
}
