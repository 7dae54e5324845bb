package dev.terse.reward;

import java.util.List;

/** A term whose value of a completion depends on the others that were drawn with it. */
public interface BatchReward extends RewardTerm {

  /**
   * The values for the completions of a generation, [B]; NaN where the term has nothing to say.
   *
   * @param batch all of them, groups one after another, [B]
   */
  double[] of(List<Sample> batch);

  /** The value of a completion that was drawn alone. */
  @Override
  default double of(Sample sample) {
    return of(List.of(sample))[0];
  }
}
