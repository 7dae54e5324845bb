package dev.terse.reward;

import java.util.List;
import java.util.Map;

/** A term whose value of a completion depends on the others that were drawn with it. */
public interface BatchReward extends RewardTerm {

  /**
   * The values for the completions of a generation, [B]; NaN where the term has nothing to say.
   *
   * @param batch all of them, groups one after another, [B]
   */
  double[] of(List<Sample> batch);

  /**
   * What a reward says of a generation.
   *
   * @param values as {@link #of(List)}, [B]
   * @param metrics numbers of the generation (TRL: log_metric)
   * @param columns entries of the completions' rows in the log, [B] each (TRL: log_extra)
   */
  record Said(double[] values, Map<String, Double> metrics, Map<String, List<Object>> columns) {}

  /** The values, and what else is to be seen. */
  default Said say(List<Sample> batch) {
    return new Said(of(batch), Map.of(), Map.of());
  }

  /** The value of a completion that was drawn alone. */
  @Override
  default double of(Sample sample) {
    return of(List.of(sample))[0];
  }
}
