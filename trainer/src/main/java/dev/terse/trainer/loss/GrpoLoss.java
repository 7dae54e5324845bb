package dev.terse.trainer.loss;

import dev.terse.engine.LogProbGradient;

/**
 * The GRPO loss of one pass, and its derivative by each token's log-probability. With ℓ the
 * log-probability now, ℓ° the one of the policy that drew the token, all at the sampling
 * temperature, and {@link TokenWeights} w:
 *
 * <pre>
 * d_t = ℓ_t - ℓ°_t                       token level
 * d_t = mean over the completion         sequence level (GSPO, arXiv 2507.18071)
 * loss = Σ_t w_t · ( l(d_t, A) + β · k3_t · [ρ_t if biasCorrectedKl] )
 * </pre>
 *
 * <p>On policy ℓ° is ℓ itself, taken as a constant: ρ is exactly 1 and only its slope matters.
 */
public final class GrpoLoss implements LogProbGradient {
  private final Objective objective;
  private final Tokens tokens;
  private final SequenceRatios sequences;

  /**
   * What is minimised, from the configuration.
   *
   * @param surrogate the clipped policy term
   * @param beta β, weight of the divergence from the reference (TRL: beta)
   * @param biasCorrectedKl whether k3 is multiplied by the ratio (DeepSeek-V3.2; TRL:
   *     use_bias_correction_kl)
   * @param level token or sequence (TRL: importance_sampling_level)
   */
  public record Objective(
      ClippedSurrogate surrogate, double beta, boolean biasCorrectedKl, RatioLevel level) {
    public Objective {
      if (level == RatioLevel.SEQUENCE && beta != 0 && biasCorrectedKl) {
        throw new IllegalArgumentException(
            "importance_sampling_level sequence with beta "
                + beta
                + " needs use_bias_correction_kl false: k3 stays a term of single tokens");
      }
    }
  }

  /** What one ratio speaks of. */
  public enum RatioLevel {
    TOKEN,
    SEQUENCE
  }

  /**
   * The completion tokens of a pass, in the order of the head's rows; arrays are not copied.
   *
   * @param completion for each token the completion it belongs to, rising from 0, [tokens]
   * @param advantages A of each completion, [completions]
   * @param weights w of each completion's tokens, [completions]
   * @param oldLogProbs ℓ°, [tokens]; null on policy
   * @param referenceLogProbs ln π_ref, [tokens]; null where β is 0
   */
  public record Tokens(
      int[] completion,
      double[] advantages,
      double[] weights,
      double[] oldLogProbs,
      double[] referenceLogProbs) {}

  /**
   * @param currentLogProbs ℓ, from a forward pass before this one; null unless {@link
   *     #needsCurrent}
   */
  public GrpoLoss(Objective objective, Tokens tokens, double[] currentLogProbs) {
    this.objective = objective;
    this.tokens = tokens;
    this.sequences =
        needsCurrent(objective, tokens) ? SequenceRatios.of(tokens, currentLogProbs) : null;
    if (objective.beta() != 0 && tokens.referenceLogProbs() == null) {
      throw new IllegalStateException("beta is not 0 but there are no reference log-probabilities");
    }
  }

  /**
   * Whether the loss must know ℓ before the backward pass: at sequence level and off policy, where
   * a token's slope depends on its whole completion.
   */
  public static boolean needsCurrent(Objective objective, Tokens tokens) {
    return objective.level() == RatioLevel.SEQUENCE && tokens.oldLogProbs() != null;
  }

  /** d loss / d ℓ of token {@code index}. */
  @Override
  public double of(int index, double logProb) {
    int completion = tokens.completion[index];
    double advantage = tokens.advantages[completion];
    double logRatio = logRatio(index, logProb);
    double slope = objective.surrogate.slope(logRatio, advantage);
    if (objective.beta != 0) {
      slope += objective.beta * klSlope(index, logProb, logRatio);
    }
    return tokens.weights[completion] * slope;
  }

  /** The loss of the pass, given ℓ of each token. */
  public double value(double[] logProbs) {
    double loss = 0;
    for (int i = 0; i < logProbs.length; i++) {
      int completion = tokens.completion[i];
      double logRatio = logRatio(i, logProbs[i]);
      double token = objective.surrogate.loss(logRatio, tokens.advantages[completion]);
      if (objective.beta != 0) {
        token += objective.beta * kl(i, logProbs[i], logRatio);
      }
      loss += tokens.weights[completion] * token;
    }
    return loss;
  }

  /** d of token {@code index}: 0 on policy. */
  public double logRatio(int index, double logProb) {
    if (tokens.oldLogProbs == null) {
      return 0;
    }
    return sequences == null
        ? logProb - tokens.oldLogProbs[index]
        : sequences.means()[tokens.completion[index]];
  }

  /** The divergence term of token {@code index}, as it stands in the loss. */
  public double kl(int index, double logProb, double logRatio) {
    double k3 = KlEstimator.k3(logProb, tokens.referenceLogProbs[index]);
    return objective.biasCorrectedKl ? k3 * ClippedSurrogate.ratio(logRatio) : k3;
  }

  private double klSlope(int index, double logProb, double logRatio) {
    double reference = tokens.referenceLogProbs[index];
    double slope = KlEstimator.slope(logProb, reference);
    if (!objective.biasCorrectedKl) {
      return slope;
    }
    double ratio = ClippedSurrogate.ratio(logRatio);
    double ratioSlope = Math.abs(logRatio) > ClippedSurrogate.MAX_LOG_RATIO ? 0 : ratio;
    return slope * ratio + KlEstimator.k3(logProb, reference) * ratioSlope;
  }

  /** Mean log-ratio of each completion; its slope by each of n tokens is 1/n, summed over n. */
  private record SequenceRatios(double[] means) {
    static SequenceRatios of(Tokens tokens, double[] logProbs) {
      double[] sums = new double[tokens.advantages.length];
      int[] counts = new int[sums.length];
      for (int i = 0; i < logProbs.length; i++) {
        sums[tokens.completion[i]] += logProbs[i] - tokens.oldLogProbs[i];
        counts[tokens.completion[i]]++;
      }
      for (int c = 0; c < sums.length; c++) {
        sums[c] /= Math.max(1, counts[c]);
      }
      return new SequenceRatios(sums);
    }
  }
}
