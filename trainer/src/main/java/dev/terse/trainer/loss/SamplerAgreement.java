package dev.terse.trainer.loss;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How far the sampler's log-probabilities are from the trainer's for the same tokens under the same
 * weights. 0 in exact arithmetic; TRL logs it under these names where vLLM samples.
 */
public final class SamplerAgreement {
  private long tokens;
  private double sum;
  private double max;
  private double ratioSum;
  private double ratioMin = Double.POSITIVE_INFINITY;
  private double ratioMax = Double.NEGATIVE_INFINITY;

  /**
   * Adds the tokens of a pass.
   *
   * @param sampler log-probabilities as they were drawn, [T]
   * @param trainer the same under the weights that drew them, [T]
   */
  public void add(double[] sampler, double[] trainer) {
    for (int t = 0; t < trainer.length; t++) {
      double difference = Math.abs(trainer[t] - sampler[t]);
      double ratio = Math.exp(trainer[t] - sampler[t]);
      tokens++;
      sum += difference;
      max = Math.max(max, difference);
      ratioSum += ratio;
      ratioMin = Math.min(ratioMin, ratio);
      ratioMax = Math.max(ratioMax, ratio);
    }
  }

  /** Values under TRL's names; none where nothing was added. */
  public Map<String, Double> metrics() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    if (tokens > 0) {
      metrics.put("sampling/sampling_logp_difference/mean", sum / tokens);
      metrics.put("sampling/sampling_logp_difference/max", max);
      metrics.put("sampling/importance_sampling_ratio/min", ratioMin);
      metrics.put("sampling/importance_sampling_ratio/mean", ratioSum / tokens);
      metrics.put("sampling/importance_sampling_ratio/max", ratioMax);
    }
    return metrics;
  }
}
