package dev.terse.trainer.loss;

import dev.terse.engine.LogProbGradient;
import dev.terse.engine.TokenScores;
import dev.terse.trainer.loss.policy.EntropyQuantile;
import dev.terse.trainer.loss.policy.GammaWeight;
import dev.terse.trainer.loss.policy.KlBound;
import dev.terse.trainer.loss.policy.LogRatio;
import dev.terse.trainer.loss.policy.PolicyTerm;
import java.util.Optional;

/**
 * The GRPO loss of one pass, and its derivative by each token's log-probability and entropy. With ℓ
 * the log-probability now, ℓ° the one of the policy that drew the token, all at the sampling
 * temperature, and the weights w of {@link LossType}:
 *
 * <pre>
 * d_t = 0                                on policy, where ℓ° is ℓ taken as a constant: ρ is exactly 1
 * d_t = ℓ_t - ℓ°_t                       token level
 * d_t = mean over the completion         sequence level (GSPO, arXiv 2507.18071)
 * loss = Σ_t w_t · ( k_t · l(d_t, A) + β · k3_t · [ρ_t if biasCorrectedKl] + c · (ℓ°_t - ℓ_t) )
 *        - Σ_t u_t · h_t · H_t
 * u_t = entropy_coef / (micro-batches · tokens with h = 1 in the micro-batch)
 * </pre>
 *
 * <p>l is the {@link PolicyTerm} of the loss type, k3 is {@link KlEstimator}, H the entropy of the
 * policy where it drew the token, c what {@link KlBound} makes of the micro-batch. k_t is 0 where a
 * mask takes the token out of the policy term:
 *
 * <pre>
 * off-policy mask   A &lt; 0 and mean over the completion of (ℓ° - ℓ) above the threshold
 * entropy mask      H_t below the micro-batch's quantile ({@link Forward#kept}); h_t likewise
 * </pre>
 */
public final class GrpoLoss implements LogProbGradient {
  private final Objective objective;
  private final Tokens tokens;
  private final Optional<Forward> before;
  private final Whole[] wholes;

  /**
   * What is minimised, from the configuration.
   *
   * @param term the policy term
   * @param beta β, weight of the divergence from the reference (TRL: beta)
   * @param biasCorrectedKl whether k3 is multiplied by the ratio (DeepSeek-V3.2; TRL:
   *     use_bias_correction_kl)
   * @param level token or sequence (TRL: importance_sampling_level)
   * @param offPolicyThreshold how far a completion of negative advantage may have left the policy
   *     that drew it, infinite for any distance (DeepSeek-V3.2; TRL: off_policy_mask_threshold)
   * @param topEntropy share of a micro-batch's tokens that move the policy, the most uncertain ones
   *     (TRL: top_entropy_quantile)
   * @param klBound on the distance from the policy that drew the completions
   */
  public record Objective(
      PolicyTerm term,
      double beta,
      boolean biasCorrectedKl,
      RatioLevel level,
      double offPolicyThreshold,
      double topEntropy,
      KlBound klBound) {

    /** One without a bound. */
    public Objective(
        PolicyTerm term,
        double beta,
        boolean biasCorrectedKl,
        RatioLevel level,
        double offPolicyThreshold,
        double topEntropy) {
      this(term, beta, biasCorrectedKl, level, offPolicyThreshold, topEntropy, KlBound.NONE);
    }

    /** The same with a bound. */
    public Objective within(KlBound bound) {
      return new Objective(
          term, beta, biasCorrectedKl, level, offPolicyThreshold, topEntropy, bound);
    }

    /** Whether all tokens move the policy, whatever their entropy. */
    boolean keepsAllTokens() {
      return topEntropy == 1;
    }

    /** The least entropy that the mask keeps, given those of all tokens of a micro-batch. */
    public double leastEntropy(double[] entropies) {
      return keepsAllTokens()
          ? Double.NEGATIVE_INFINITY
          : EntropyQuantile.threshold(entropies, topEntropy);
    }

    /**
     * Whether a token's derivative depends on other tokens, so that all of them have to be known
     * before it is asked for.
     */
    public boolean needsForward(boolean onPolicy) {
      boolean ratiosOfWholes =
          level == RatioLevel.SEQUENCE
              || term instanceof GammaWeight
              || klBound.isOn()
              || offPolicyThreshold < Double.POSITIVE_INFINITY;
      boolean correctionOfWholes = level == RatioLevel.SEQUENCE && beta != 0 && biasCorrectedKl;
      return !keepsAllTokens() || (onPolicy ? correctionOfWholes : ratiosOfWholes);
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
   * @param penalties what is taken off A of single tokens, [tokens]; none for nothing
   * @param weights w of each completion's tokens, [completions]
   * @param entropyWeights u of each completion's tokens, [completions]; 0 without an entropy bonus
   * @param oldLogProbs ℓ°, [tokens]; none on policy
   * @param referenceLogProbs ln π_ref, [tokens]; none where β is 0
   */
  public record Tokens(
      int[] completion,
      double[] advantages,
      Optional<double[]> penalties,
      double[] weights,
      double[] entropyWeights,
      Optional<double[]> oldLogProbs,
      Optional<double[]> referenceLogProbs) {

    /** Tokens that all have their completion's advantage. */
    public Tokens(
        int[] completion,
        double[] advantages,
        double[] weights,
        double[] entropyWeights,
        Optional<double[]> oldLogProbs,
        Optional<double[]> referenceLogProbs) {
      this(
          completion,
          advantages,
          Optional.empty(),
          weights,
          entropyWeights,
          oldLogProbs,
          referenceLogProbs);
    }
  }

  /**
   * What a forward before this pass has told of its tokens.
   *
   * @param logProbs ℓ, [tokens]
   * @param kept whether the entropy mask keeps them, [tokens]
   * @param pull c, towards the policy that drew them; 0 for none
   */
  public record Forward(double[] logProbs, boolean[] kept, double pull) {

    /** One that nothing pulls. */
    public Forward(double[] logProbs, boolean[] kept) {
      this(logProbs, kept, 0);
    }

    /** Tokens that it keeps. */
    public int count() {
      int count = 0;
      for (boolean each : kept) {
        count += each ? 1 : 0;
      }
      return count;
    }
  }

  /**
   * What the tokens of a completion say together.
   *
   * @param meanLogRatio mean of d; its derivative by each of n tokens is 1/n, summed over n
   * @param sumLogRatio Σ d, each held in ±20
   * @param offPolicy whether the off-policy mask takes it
   * @param keptShare of its tokens in the entropy mask
   * @param meanKl mean of k3; 0 where β is 0
   */
  private record Whole(
      double meanLogRatio,
      double sumLogRatio,
      boolean offPolicy,
      double keptShare,
      double meanKl) {}

  /**
   * @param before needed where {@link Objective#needsForward}
   */
  public GrpoLoss(Objective objective, Tokens tokens, Optional<Forward> before) {
    this.objective = objective;
    this.tokens = tokens;
    this.before = before;
    if (objective.beta() != 0 && tokens.referenceLogProbs().isEmpty()) {
      throw new IllegalStateException("beta is not 0 but there are no reference log-probabilities");
    }
    if (before.isEmpty() && objective.needsForward(tokens.oldLogProbs().isEmpty())) {
      throw new IllegalStateException("this objective needs a forward before the backward");
    }
    this.wholes = before.map(this::wholes).orElse(null);
  }

  private Whole[] wholes(Forward forward) {
    int completions = tokens.advantages.length;
    int[] counts = new int[completions];
    int[] kept = new int[completions];
    double[] sums = new double[completions];
    double[] heldSums = new double[completions];
    double[] kl = new double[completions];
    for (int i = 0; i < forward.logProbs.length; i++) {
      int c = tokens.completion[i];
      int index = i;
      double logProb = forward.logProbs[i];
      double logRatio = tokens.oldLogProbs.map(old -> logProb - old[index]).orElse(0.0);
      counts[c]++;
      kept[c] += forward.kept[i] ? 1 : 0;
      sums[c] += logRatio;
      heldSums[c] += LogRatio.held(logRatio);
      kl[c] += objective.beta == 0 ? 0 : k3(i, logProb);
    }
    Whole[] all = new Whole[completions];
    for (int c = 0; c < completions; c++) {
      double n = Math.max(1, counts[c]);
      boolean offPolicy = tokens.advantages[c] < 0 && -sums[c] / n > objective.offPolicyThreshold;
      all[c] = new Whole(sums[c] / n, heldSums[c], offPolicy, kept[c] / n, kl[c] / n);
    }
    return all;
  }

  Tokens tokens() {
    return tokens;
  }

  /** d loss / d ℓ of token {@code index}. */
  @Override
  public double of(int index, double logProb) {
    double derivative = moved(index) * objective.term.derivative(token(index, logProb));
    if (objective.beta != 0) {
      derivative += objective.beta * klDerivative(index, logProb);
    }
    derivative -= pull();
    return tokens.weights[tokens.completion[index]] * derivative;
  }

  /** d loss / d H of token {@code index}. */
  @Override
  public double ofEntropy(int index, double entropy) {
    return isKept(index) ? -tokens.entropyWeights[tokens.completion[index]] : 0;
  }

  /** The loss of the pass without its entropy bonus, given ℓ of each token. */
  public double policyValue(double[] logProbs) {
    double loss = 0;
    for (int i = 0; i < logProbs.length; i++) {
      double token = counts(i) ? objective.term.loss(token(i, logProbs[i])) : 0;
      if (objective.beta != 0) {
        token += objective.beta * kl(i, logProbs[i]);
      }
      if (pull() != 0) {
        token += pull() * (tokens.oldLogProbs.orElseThrow()[i] - logProbs[i]);
      }
      loss += tokens.weights[tokens.completion[i]] * token;
    }
    return loss;
  }

  /** The loss of the pass. */
  public double value(TokenScores scores) {
    double bonus = 0;
    for (int i = 0; i < scores.entropies().length; i++) {
      bonus -= ofEntropy(i, scores.entropies()[i]) * scores.entropies()[i];
    }
    return policyValue(scores.logProbs()) - bonus;
  }

  /** Token {@code index} as the policy term sees it; its ratio is 1 on policy. */
  PolicyTerm.Token token(int index, double logProb) {
    int completion = tokens.completion[index];
    return new PolicyTerm.Token(
        logProb,
        logRatio(index, logProb),
        wholes == null ? 0 : wholes[completion].sumLogRatio,
        tokens.advantages[completion] - tokens.penalties.map(p -> p[index]).orElse(0.0));
  }

  private double logRatio(int index, double logProb) {
    if (tokens.oldLogProbs.isEmpty()) {
      return 0;
    }
    return objective.level == RatioLevel.SEQUENCE
        ? wholes[tokens.completion[index]].meanLogRatio
        : logProb - tokens.oldLogProbs.get()[index];
  }

  private double pull() {
    return before.map(Forward::pull).orElse(0.0);
  }

  /** Whether the entropy mask keeps a token. */
  boolean isKept(int index) {
    return before.isEmpty() || before.get().kept[index];
  }

  /** k: whether a token is in the policy term. */
  private boolean counts(int index) {
    return isKept(index) && !isOffPolicy(index);
  }

  private boolean isOffPolicy(int index) {
    return wholes != null && wholes[tokens.completion[index]].offPolicy;
  }

  /**
   * How often token {@code index} moves a policy term: by itself if it counts; where ratios speak
   * of sequences, by its n-th part of each token that counts.
   */
  private double moved(int index) {
    if (isOffPolicy(index)) {
      return 0;
    }
    boolean shared =
        wholes != null && objective.level == RatioLevel.SEQUENCE && objective.term.isOfRatio();
    return shared ? wholes[tokens.completion[index]].keptShare : isKept(index) ? 1 : 0;
  }

  /** The divergence term of token {@code index}, as it stands in the loss. */
  double kl(int index, double logProb) {
    double k3 = k3(index, logProb);
    return objective.biasCorrectedKl ? k3 * LogRatio.ratio(logRatio(index, logProb)) : k3;
  }

  private double k3(int index, double logProb) {
    return KlEstimator.k3(logProb, tokens.referenceLogProbs.orElseThrow()[index]);
  }

  private double klDerivative(int index, double logProb) {
    double ofReference = tokens.referenceLogProbs.orElseThrow()[index];
    double derivative = KlEstimator.derivative(logProb, ofReference);
    if (!objective.biasCorrectedKl) {
      return derivative;
    }
    double logRatio = logRatio(index, logProb);
    boolean shared = objective.level == RatioLevel.SEQUENCE;
    double moved = shared ? wholes[tokens.completion[index]].meanKl : k3(index, logProb);
    return derivative * LogRatio.ratio(logRatio) + moved * LogRatio.derivative(logRatio);
  }
}
