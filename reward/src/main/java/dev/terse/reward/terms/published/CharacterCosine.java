package dev.terse.reward.terms.published;

import dev.terse.reward.RewardTerm;
import dev.terse.reward.Sample;

/**
 * Correctness along a cosine of the length in characters (open-r1: cosine_scaled_reward). With
 * progress p = characters / maxLen, not held to 1, and (from, to) = (maxCorrect, minCorrect) for a
 * right answer and (minWrong, maxWrong) for a wrong one:
 *
 * <pre>
 * reward = to + (from - to) · (1 + cos πp) / 2        1 where the right answer is not understood
 * </pre>
 *
 * TRL's reward of that name counts tokens and holds p to 1; it is {@code get_cosine_scaled_reward}.
 *
 * @param accuracy above 0 for a right answer, NaN where the right one is not understood
 */
public record CharacterCosine(
    RewardTerm accuracy,
    int maxLen,
    double minWrong,
    double maxWrong,
    double minCorrect,
    double maxCorrect)
    implements RewardTerm {

  @Override
  public String name() {
    return "cosine_scaled_reward";
  }

  @Override
  public double of(Sample sample) {
    double correct = accuracy.of(sample);
    if (Double.isNaN(correct)) {
      return 1;
    }
    boolean right = correct > 0;
    double from = right ? maxCorrect : minWrong;
    double to = right ? minCorrect : maxWrong;
    String text = sample.completion();
    double progress = text.codePointCount(0, text.length()) / (double) maxLen;
    return to + 0.5 * (from - to) * (1 + Math.cos(progress * Math.PI));
  }
}
