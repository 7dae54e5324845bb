package dev.terse.trainer.loss;

import dev.terse.engine.TokenScores;
import dev.terse.trainer.loss.policy.CappedRatio;
import dev.terse.trainer.loss.policy.ClippedSurrogate;
import dev.terse.trainer.loss.policy.GammaWeight;
import dev.terse.trainer.loss.policy.LogRatio;
import dev.terse.trainer.loss.policy.PolicyTerm;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Gathers what TRL logs of a policy update, over all its passes: entropy, kl and what the loss type
 * cuts, with TRL's definitions: means over tokens, at sequence level of the ratio over completions;
 * low_min and high_max over the completions' own shares.
 */
public final class PolicyStatistics {
  private final GrpoLoss.Objective objective;
  private final Map<String, Share> shares = new LinkedHashMap<>();
  private final Mean phi = new Mean();
  private long tokens;
  private long kept;
  private double entropy;
  private double keptEntropy;
  private double kl;
  private double loss;
  private double policyLoss;
  private double ratioMin = Double.POSITIVE_INFINITY;
  private double ratioMax = Double.NEGATIVE_INFINITY;

  public PolicyStatistics(GrpoLoss.Objective objective) {
    this.objective = objective;
    if (objective.term() instanceof ClippedSurrogate clip) {
      shares.put("low", new Share(token -> clip.clipsLow(token) ? 1 : 0));
      shares.put("high", new Share(token -> clip.clipsHigh(token) ? 1 : 0));
    } else if (objective.term() instanceof CappedRatio cispo) {
      shares.put("capped", new Share(token -> cispo.caps(token) ? 1 : 0));
    }
  }

  /** A mean of what is added. */
  private static final class Mean {
    private double sum;
    private long count;

    void add(double value, long times) {
      sum += value * times;
      count += times;
    }

    double value() {
      return sum / count;
    }
  }

  /** How large a share of tokens has a property, over all and completion by completion. */
  private static final class Share {
    private final ToDoubleFunction<PolicyTerm.Token> has;
    private final Mean mean = new Mean();
    private double own;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;

    Share(ToDoubleFunction<PolicyTerm.Token> has) {
      this.has = has;
    }

    void add(PolicyTerm.Token token) {
      own += has.applyAsDouble(token);
    }

    /**
     * Ends a completion of {@code length} tokens.
     *
     * @param ratios that it has: one, or one a token
     */
    void end(int length, int ratios) {
      mean.add(own / length, ratios);
      min = Math.min(min, own / length);
      max = Math.max(max, own / length);
      own = 0;
    }
  }

  /** Adds a pass. */
  public void add(GrpoLoss part, TokenScores scores) {
    int[] completion = part.tokens().completion();
    double[] logProbs = scores.logProbs();
    loss += part.value(scores);
    policyLoss += part.policyValue(logProbs);
    int begun = 0;
    for (int i = 0; i < logProbs.length; i++) {
      PolicyTerm.Token token = part.token(i, logProbs[i]);
      addToken(part, i, token, scores.entropies()[i]);
      if (i + 1 == logProbs.length || completion[i + 1] != completion[i]) {
        endCompletion(token, i + 1 - begun);
        begun = i + 1;
      }
    }
    tokens += logProbs.length;
  }

  private void addToken(GrpoLoss part, int index, PolicyTerm.Token token, double ofToken) {
    shares.values().forEach(share -> share.add(token));
    entropy += ofToken;
    if (part.isKept(index)) {
      kept++;
      keptEntropy += ofToken;
    }
    if (objective.beta() != 0) {
      kl += part.kl(index, token.logProb());
    }
    double ratio = LogRatio.ratio(token.logRatio());
    ratioMin = Math.min(ratioMin, ratio);
    ratioMax = Math.max(ratioMax, ratio);
  }

  /**
   * @param last token of it
   */
  private void endCompletion(PolicyTerm.Token last, int length) {
    // At sequence level a completion has one ratio, which all its tokens share.
    int ratios = objective.level() == GrpoLoss.RatioLevel.SEQUENCE ? 1 : length;
    shares.values().forEach(share -> share.end(length, ratios));
    if (objective.term() instanceof GammaWeight vespo) {
      phi.add(vespo.phi(last), 1);
    }
  }

  /** Mean entropy of the tokens in the entropy mask; NaN where there was none. */
  public double keptEntropy() {
    return keptEntropy / kept;
  }

  /** Σ w · l over everything added; no other metric where no token was. */
  public UpdateLoss loss() {
    return new UpdateLoss(loss, metrics());
  }

  private Map<String, Double> metrics() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("loss", loss);
    if (tokens == 0) {
      return metrics;
    }
    metrics.put("entropy", entropy / tokens);
    if (objective.beta() != 0) {
      metrics.put("kl", kl / tokens);
    }
    if (objective.term() instanceof ClippedSurrogate) {
      Share low = shares.get("low");
      Share high = shares.get("high");
      metrics.put("clip_ratio/low_mean", low.mean.value());
      metrics.put("clip_ratio/low_min", low.min);
      metrics.put("clip_ratio/high_mean", high.mean.value());
      metrics.put("clip_ratio/high_max", high.max);
      metrics.put("clip_ratio/region_mean", low.mean.value() + high.mean.value());
    } else if (objective.term() instanceof CappedRatio) {
      metrics.put("cispo_clip_ratio", shares.get("capped").mean.value());
    } else if (objective.term() instanceof GammaWeight) {
      metrics.put("vespo/phi_seq_mean", phi.value());
    }
    metrics.put("ratio/min", ratioMin);
    metrics.put("ratio/max", ratioMax);
    return metrics;
  }

  /** The loss without its entropy bonus (TRL: policy_loss). */
  public double policyLoss() {
    return policyLoss;
  }
}
