package dev.terse.reward.terms;

import dev.terse.reward.RewardTerm;
import dev.terse.reward.Sample;

/**
 * Share of the token budget left unused, max(0, 1 - tokens / budget): a length term without a
 * cliff. A chain of skips only earns nothing.
 */
record TokenSaving(int budget) implements RewardTerm {

  @Override
  public String name() {
    return "token_saving";
  }

  @Override
  public double of(Sample sample) {
    boolean onlySkips = sample.steps() <= 0 && sample.skips() > 0;
    return onlySkips ? 0 : Math.max(0, 1 - (double) sample.tokens() / budget);
  }
}
