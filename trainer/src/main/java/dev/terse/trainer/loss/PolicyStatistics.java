package dev.terse.trainer.loss;

import dev.terse.engine.TokenScores;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Gathers what TRL logs of a policy update, over all its passes: entropy, kl and the clip ratios,
 * with TRL's definitions: means over tokens, at sequence level of the ratio over completions;
 * low_min and high_max over the completions' own shares.
 */
public final class PolicyStatistics {
  private final GrpoLoss.Objective objective;
  private long tokens;
  private long ratios;
  private double entropy;
  private double kl;
  private double loss;
  private double clippedLow;
  private double clippedHigh;
  private double lowMin = Double.POSITIVE_INFINITY;
  private double highMax = Double.NEGATIVE_INFINITY;
  private double ratioMin = Double.POSITIVE_INFINITY;
  private double ratioMax = Double.NEGATIVE_INFINITY;

  public PolicyStatistics(GrpoLoss.Objective objective) {
    this.objective = objective;
  }

  /** Adds a pass. */
  public void add(GrpoLoss part, TokenScores scores) {
    GrpoLoss.Tokens of = part.tokens();
    int[] lengths = new int[of.advantages().length];
    double[] low = new double[lengths.length]; // clipped tokens of each completion
    double[] high = new double[lengths.length];
    double[] logProbs = scores.logProbs();
    loss += part.value(logProbs);
    for (int i = 0; i < logProbs.length; i++) {
      int completion = of.completion()[i];
      double advantage = of.advantages()[completion];
      double logRatio = part.logRatio(i, logProbs[i]);
      lengths[completion]++;
      low[completion] += objective.surrogate().clipsLow(logRatio, advantage) ? 1 : 0;
      high[completion] += objective.surrogate().clipsHigh(logRatio, advantage) ? 1 : 0;
      entropy += scores.entropies()[i];
      if (objective.beta() != 0) {
        kl += part.kl(i, logProbs[i], logRatio);
      }
      double ratio = ClippedSurrogate.ratio(logRatio);
      ratioMin = Math.min(ratioMin, ratio);
      ratioMax = Math.max(ratioMax, ratio);
    }
    for (int c = 0; c < lengths.length; c++) {
      if (lengths[c] > 0) {
        addCompletion(lengths[c], low[c], high[c]);
      }
    }
    tokens += logProbs.length;
  }

  private void addCompletion(int length, double low, double high) {
    // At sequence level a completion has one ratio, which all its tokens share.
    int own = objective.level() == GrpoLoss.RatioLevel.SEQUENCE ? 1 : length;
    ratios += own;
    clippedLow += own * low / length;
    clippedHigh += own * high / length;
    lowMin = Math.min(lowMin, low / length);
    highMax = Math.max(highMax, high / length);
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
    metrics.put("clip_ratio/low_mean", clippedLow / ratios);
    metrics.put("clip_ratio/low_min", lowMin);
    metrics.put("clip_ratio/high_mean", clippedHigh / ratios);
    metrics.put("clip_ratio/high_max", highMax);
    metrics.put("clip_ratio/region_mean", (clippedLow + clippedHigh) / ratios);
    metrics.put("ratio/min", ratioMin);
    metrics.put("ratio/max", ratioMax);
    return metrics;
  }
}
