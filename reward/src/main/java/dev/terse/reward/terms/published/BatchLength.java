package dev.terse.reward.terms.published;

import dev.terse.reward.BatchReward;
import dev.terse.reward.RewardTerm;
import dev.terse.reward.Sample;
import java.util.Arrays;
import java.util.List;

/**
 * Kimi k1.5's reward of short answers (arXiv 2501.12599; open-r1: len_reward), over all completions
 * that are drawn together, as open-r1 has it; the report compares those of one prompt. With lengths
 * in characters:
 *
 * <pre>
 * λ = 1/2 - (length - shortest) / (longest - shortest)
 * reward = λ for a right answer, min(0, λ) for a wrong one; 0 where all are equally long
 * </pre>
 *
 * Where the right answer is not understood, every completion is right.
 *
 * @param accuracy above 0 for a right answer, NaN where the right one is not understood
 */
public record BatchLength(RewardTerm accuracy) implements BatchReward {

  @Override
  public String name() {
    return "len_reward";
  }

  @Override
  public double[] of(List<Sample> batch) {
    int[] lengths =
        batch.stream()
            .map(Sample::completion)
            .mapToInt(text -> text.codePointCount(0, text.length()))
            .toArray(); // [B]
    int shortest = Arrays.stream(lengths).min().orElse(0);
    int longest = Arrays.stream(lengths).max().orElse(0);
    double[] rewards = new double[lengths.length]; // [B]
    for (int i = 0; i < rewards.length && longest > shortest; i++) {
      double lambda = 0.5 - (lengths[i] - shortest) / (double) (longest - shortest);
      rewards[i] = isRight(batch.get(i)) ? lambda : Math.min(0, lambda);
    }
    return rewards;
  }

  private boolean isRight(Sample sample) {
    double correct = accuracy.of(sample);
    return Double.isNaN(correct) || correct > 0;
  }
}
