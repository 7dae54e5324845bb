package dev.terse.trainer.loss;

import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;

/**
 * The GRPO loss; keys and defaults are TRL's.
 *
 * @param beta weight of the divergence from the reference; 0 loads no reference
 * @param epsilon lower half of the clip range, and the upper where epsilon_high is unset
 * @param delta cap on the unclipped ratio; unset for none
 * @param scaleRewards what advantages are divided by; true and false are TRL's old spellings
 * @param lossType how token losses are averaged
 * @param maskTruncatedCompletions whether completions cut by the limit bear no loss
 * @param useBiasCorrectionKl whether the divergence is multiplied by the ratio
 */
public record GrpoLossConfig(
    @Default("0.0") @Range("[0, inf)") double beta,
    @Default("0.2") @Range("[0, 1)") double epsilon,
    @Default(Default.UNSET) @Range("[0, inf)") Double epsilonHigh,
    @Default(Default.UNSET) @Range("(0, inf)") Double delta,
    @Default("token") GrpoLoss.RatioLevel importanceSamplingLevel,
    @Default("group") ScaleRewards scaleRewards,
    @Default("dapo") LossType lossType,
    @Default("false") boolean maskTruncatedCompletions,
    @Default("true") boolean useBiasCorrectionKl) {

  public GrpoLossConfig {
    if (delta != null && epsilonHigh != null && delta <= 1 + epsilonHigh) {
      throw new IllegalArgumentException(
          "delta must be above 1 + epsilon_high, was " + delta + ": it caps what clipping leaves");
    }
  }

  /** TRL's spellings of {@link GroupAdvantage.Scale}. */
  public enum ScaleRewards {
    GROUP(GroupAdvantage.Scale.GROUP),
    BATCH(GroupAdvantage.Scale.BATCH),
    NONE(GroupAdvantage.Scale.NONE),
    TRUE(GroupAdvantage.Scale.GROUP),
    FALSE(GroupAdvantage.Scale.NONE);

    private final GroupAdvantage.Scale scale;

    ScaleRewards(GroupAdvantage.Scale scale) {
      this.scale = scale;
    }

    public GroupAdvantage.Scale scale() {
      return scale;
    }
  }

  /** What is minimised. */
  public GrpoLoss.Objective objective() {
    return new GrpoLoss.Objective(
        new ClippedSurrogate(
            epsilon,
            epsilonHigh == null ? epsilon : epsilonHigh,
            delta == null ? Double.POSITIVE_INFINITY : delta),
        beta,
        useBiasCorrectionKl,
        importanceSamplingLevel);
  }
}
