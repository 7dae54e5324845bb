package dev.terse.trainer.loss.advantage;

import java.util.Arrays;

/**
 * Advantages of decoupled reward policy optimization (DRPO, arXiv 2510.04474): length decides how
 * much each right completion of a prompt counts, and never whether it counts for or against. With s
 * the mean log-probability of a completion's tokens, over a prompt that has right and wrong ones:
 *
 * <pre>
 * maximise   Σ_right w·s / Σ_right w  -  τ · log mean_wrong exp(s/τ)
 * w = exp((1 - L / max_completion_length) / λ)
 * A = G · w / Σ_right w                     right
 * A = -G · exp(s/τ) / Σ_wrong exp(s/τ)      wrong
 * </pre>
 *
 * <p>With these and the mean of the completions' means ({@code loss_type: grpo}) the gradient of
 * one update is that of the objective, averaged over the prompts. Prompts without right or without
 * wrong completions get 0, as in the authors' code. Their bound on the divergence is {@link
 * dev.terse.trainer.loss.policy.KlBound}.
 */
public final class DecoupledAdvantage {
  private DecoupledAdvantage() {}

  /** What a completion is. */
  public enum Outcome {
    RIGHT,
    WRONG,
    /** It has no reward. */
    ABSENT
  }

  /**
   * The advantages of one prompt's completions, [G].
   *
   * @param outcomes [G]
   * @param lengths in tokens, [G]
   * @param meanLogProbs s, [G]
   * @param lambda λ, the smaller the more the shortest counts
   * @param tau τ
   * @param limit max_completion_length
   */
  public static double[] of(
      Outcome[] outcomes,
      int[] lengths,
      double[] meanLogProbs,
      double lambda,
      double tau,
      int limit) {
    int size = outcomes.length;
    double shortest = shortest(outcomes, lengths);
    double likeliest = likeliest(outcomes, meanLogProbs);
    double[] weights = new double[size]; // of the largest of its side
    double right = 0;
    double wrong = 0;
    for (int i = 0; i < size; i++) {
      if (outcomes[i] == Outcome.RIGHT) {
        weights[i] = Math.exp((shortest - lengths[i]) / limit / lambda);
        right += weights[i];
      } else if (outcomes[i] == Outcome.WRONG) {
        weights[i] = Math.exp((meanLogProbs[i] - likeliest) / tau);
        wrong += weights[i];
      }
    }
    double[] advantages = new double[size];
    if (right > 0 && wrong > 0) {
      double ofRight = size / right;
      double ofWrong = -size / wrong;
      Arrays.setAll(
          advantages, i -> weights[i] * (outcomes[i] == Outcome.RIGHT ? ofRight : ofWrong));
    }
    return advantages;
  }

  private static double shortest(Outcome[] outcomes, int[] lengths) {
    double shortest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < lengths.length; i++) {
      shortest = outcomes[i] == Outcome.RIGHT ? Math.min(shortest, lengths[i]) : shortest;
    }
    return shortest;
  }

  private static double likeliest(Outcome[] outcomes, double[] meanLogProbs) {
    double likeliest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < meanLogProbs.length; i++) {
      likeliest = outcomes[i] == Outcome.WRONG ? Math.max(likeliest, meanLogProbs[i]) : likeliest;
    }
    return likeliest;
  }
}
