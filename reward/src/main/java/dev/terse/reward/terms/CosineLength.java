package dev.terse.reward.terms;

import dev.terse.reward.RewardTerm;
import dev.terse.reward.Sample;

/**
 * Correctness scaled by length along a cosine (arXiv 2502.03373, C.1; TRL:
 * get_cosine_scaled_reward): right and short is best, wrong and short is worst.
 */
record CosineLength(
    String name,
    RewardTerm correctness,
    int maxLen,
    double minWrong,
    double maxWrong,
    double minCorrect,
    double maxCorrect)
    implements RewardTerm {

  @Override
  public double of(Sample sample) {
    double correct = correctness.of(sample);
    if (Double.isNaN(correct)) {
      return Double.NaN;
    }
    // The cosine is periodic: without the limit very long completions would earn more again.
    double progress = Math.min((double) sample.tokens() / maxLen, 1);
    double atEnd = correct > 0 ? minCorrect : maxWrong;
    double atStart = correct > 0 ? maxCorrect : minWrong;
    return atEnd + 0.5 * (atStart - atEnd) * (1 + Math.cos(progress * Math.PI));
  }
}
