package dev.terse.trainer.loss;

import dev.terse.engine.LogProbGradient;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The GRPO loss of one pass, and its derivative by each token's log-probability. With ℓ the
 * log-probability now, ℓ° the one of the policy that drew the token, all at the sampling
 * temperature, and the weights w of {@link LossType}:
 *
 * <pre>
 * d_t = 0                                on policy, where ℓ° is ℓ taken as a constant: ρ is exactly 1
 * d_t = ℓ_t - ℓ°_t                       token level
 * d_t = mean over the completion         sequence level (GSPO, arXiv 2507.18071)
 * loss = Σ_t w_t · ( l(d_t, A) + β · k3_t · [ρ_t if biasCorrectedKl] )
 * </pre>
 *
 * <p>l and the clip are {@link ClippedSurrogate}, k3 is {@link KlEstimator}.
 */
public final class GrpoLoss implements LogProbGradient {
  private final Objective objective;
  private final Tokens tokens;
  private final LogRatio logRatio;
  private final Optional<double[]> reference;

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
   * @param oldLogProbs ℓ°, [tokens]; none on policy
   * @param referenceLogProbs ln π_ref, [tokens]; none where β is 0
   */
  public record Tokens(
      int[] completion,
      double[] advantages,
      double[] weights,
      Optional<double[]> oldLogProbs,
      Optional<double[]> referenceLogProbs) {}

  /** d of a token, given its ℓ. */
  @FunctionalInterface
  private interface LogRatio {
    double of(int index, double logProb);
  }

  /**
   * @param current ℓ of every token, from a forward before this pass; asked for at sequence level
   *     and off policy, where a token's derivative depends on its whole completion
   */
  public GrpoLoss(Objective objective, Tokens tokens, Supplier<double[]> current) {
    this.objective = objective;
    this.tokens = tokens;
    this.logRatio =
        tokens
            .oldLogProbs()
            .map(old -> offPolicy(objective.level(), tokens, old, current))
            .orElse((index, logProb) -> 0);
    this.reference = tokens.referenceLogProbs();
    if (objective.beta() != 0 && reference.isEmpty()) {
      throw new IllegalStateException("beta is not 0 but there are no reference log-probabilities");
    }
  }

  private static LogRatio offPolicy(
      RatioLevel level, Tokens tokens, double[] old, Supplier<double[]> current) {
    if (level == RatioLevel.TOKEN) {
      return (index, logProb) -> logProb - old[index];
    }
    double[] means = sequenceRatios(tokens, old, current.get());
    return (index, logProb) -> means[tokens.completion[index]];
  }

  /**
   * Mean d of each completion, [completions]: its derivative by each of n tokens is 1/n, summed
   * over n.
   */
  private static double[] sequenceRatios(Tokens tokens, double[] old, double[] logProbs) {
    double[] sums = new double[tokens.advantages.length];
    int[] counts = new int[sums.length];
    for (int i = 0; i < logProbs.length; i++) {
      sums[tokens.completion[i]] += logProbs[i] - old[i];
      counts[tokens.completion[i]]++;
    }
    for (int c = 0; c < sums.length; c++) {
      sums[c] /= Math.max(1, counts[c]);
    }
    return sums;
  }

  Tokens tokens() {
    return tokens;
  }

  /** d loss / d ℓ of token {@code index}. */
  @Override
  public double of(int index, double logProb) {
    int completion = tokens.completion[index];
    double advantage = tokens.advantages[completion];
    double logRatio = logRatio(index, logProb);
    double derivative = objective.surrogate.derivative(logRatio, advantage);
    if (objective.beta != 0) {
      derivative += objective.beta * klDerivative(index, logProb, logRatio);
    }
    return tokens.weights[completion] * derivative;
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
    return logRatio.of(index, logProb);
  }

  /** The divergence term of token {@code index}, as it stands in the loss. */
  public double kl(int index, double logProb, double logRatio) {
    double k3 = KlEstimator.k3(logProb, reference.orElseThrow()[index]);
    return objective.biasCorrectedKl ? k3 * ClippedSurrogate.ratio(logRatio) : k3;
  }

  private double klDerivative(int index, double logProb, double logRatio) {
    double ofReference = reference.orElseThrow()[index];
    double derivative = KlEstimator.derivative(logProb, ofReference);
    if (!objective.biasCorrectedKl) {
      return derivative;
    }
    double ratio = ClippedSurrogate.ratio(logRatio);
    double ratioDerivative = Math.abs(logRatio) > ClippedSurrogate.MAX_LOG_RATIO ? 0 : ratio;
    return derivative * ratio + KlEstimator.k3(logProb, ofReference) * ratioDerivative;
  }
}
