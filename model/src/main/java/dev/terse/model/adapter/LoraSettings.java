package dev.terse.model.adapter;

import dev.terse.model.weights.DecoderConfig;
import dev.terse.model.weights.LayerProjection;
import dev.terse.model.weights.WeightShapes;
import dev.terse.model.weights.WeightUse;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What kind of adapter is trained (Hu et al., arXiv 2106.09685), as PEFT's LoraConfig has it.
 *
 * @param rank r
 * @param alpha α (lora_alpha)
 * @param dropout share of an adapter's inputs left out in training (lora_dropout)
 * @param targets the projections that get an adapter, in every layer (target_modules)
 * @param useRslora whether the scale is α/√r (Kalajdzievski, arXiv 2312.03732) instead of α/r
 * @param useDora whether each row of the adapted weight has a trained length of its own (Liu et
 *     al., arXiv 2402.09353)
 */
public record LoraSettings(
    int rank,
    double alpha,
    double dropout,
    Set<LayerProjection> targets,
    boolean useRslora,
    boolean useDora) {

  public LoraSettings {
    if (rank < 1 || !(dropout >= 0 && dropout < 1) || targets.isEmpty()) {
      throw new IllegalArgumentException(
          "an adapter needs a rank of 1 or more, a dropout in [0, 1) and a target, got rank "
              + rank
              + ", dropout "
              + dropout
              + ", targets "
              + targets);
    }
    targets = EnumSet.copyOf(targets);
  }

  /** s, the factor on the low-rank matmul. */
  public double scale() {
    return useRslora ? alpha / Math.sqrt(rank) : alpha / rank;
  }

  /** The same with another dropout, which is no part of what an adapter is. */
  public LoraSettings withDropout(double other) {
    return new LoraSettings(rank, alpha, other, targets, useRslora, useDora);
  }

  /** What becomes of the weights below the adapter; DoRA measures and scales their rows. */
  public WeightUse baseUse() {
    return useDora ? WeightUse.CHANGED : WeightUse.READ;
  }

  /** In words, for logs and error sentences; without the dropout. */
  public String describe() {
    return "rank "
        + rank
        + ", alpha "
        + (alpha == Math.rint(alpha) ? String.valueOf((long) alpha) : String.valueOf(alpha))
        + (useRslora ? ", rsLoRA" : "")
        + (useDora ? ", DoRA" : "")
        + " on "
        + targets.stream().map(LayerProjection::peftName).collect(Collectors.joining(", "));
  }

  /**
   * Numbers that are trained: what gradients and moments are held of.
   *
   * @param trainedTokens token rows trained beside the adapter
   */
  public long trainedParameterCount(DecoderConfig config, int trainedTokens) {
    long count = (long) trainedTokens * config.channels() * (config.tiedHead() ? 1 : 2);
    for (LayerProjection target : targets) {
      int[] shape = WeightShapes.of(config).get(target.module(0) + ".weight");
      long ofOne = (long) rank * (shape[0] + shape[1]) + (useDora ? shape[0] : 0);
      count += config.layers() * ofOne;
    }
    return count;
  }
}
