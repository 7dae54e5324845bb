package dev.terse.trainer.loss;

import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.loss.advantage.GroupAdvantage;
import dev.terse.trainer.loss.policy.CappedRatio;
import dev.terse.trainer.loss.policy.ClippedSurrogate;
import dev.terse.trainer.loss.policy.GammaWeight;
import dev.terse.trainer.loss.policy.PolicyTerm;
import dev.terse.trainer.loss.policy.SoftGate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The GRPO loss; keys and defaults are TRL's.
 *
 * @param beta weight of the divergence from the reference; 0 loads no reference
 * @param epsilon lower half of the clip range, and the upper where epsilon_high is unset
 * @param epsilonHigh upper half; for cispo the greatest weight itself
 * @param delta cap on the unclipped ratio; unset for none
 * @param scaleRewards what advantages are divided by; true and false are TRL's old spellings,
 *     whiten is ours
 * @param multiObjectiveAggregation whether rewards are summed and then normalised, or the other way
 * @param lossType what a token loses, and how token losses are averaged
 * @param maskTruncatedCompletions whether completions cut by the limit bear no loss
 * @param useBiasCorrectionKl whether the divergence is multiplied by the ratio
 * @param offPolicyMaskThreshold completions of negative advantage bear no policy loss where they
 *     are further than this from the policy that drew them, in nats a token; unset for any distance
 * @param topEntropyQuantile share of the tokens that move the policy, the most uncertain ones
 */
public record GrpoLossConfig(
    @Default("0.0") @Range("[0, inf)") double beta,
    @Default("0.2") @Range("[0, inf)") double epsilon,
    @Default(Default.UNSET) @Range("[0, inf)") Double epsilonHigh,
    @Default(Default.UNSET) @Range("(0, inf)") Double delta,
    @Default("token") GrpoLoss.RatioLevel importanceSamplingLevel,
    @Default("group") ScaleRewards scaleRewards,
    @Default("sum_then_normalize") GroupAdvantage.Aggregation multiObjectiveAggregation,
    @Default("dapo") LossType lossType,
    @Default("false") boolean maskTruncatedCompletions,
    @Default("true") boolean useBiasCorrectionKl,
    @Default(Default.UNSET) Double offPolicyMaskThreshold,
    @Default("1.0") @Range("[0, 1]") double topEntropyQuantile,
    EntropyBonusConfig entropyBonus,
    SapoConfig sapo,
    VespoConfig vespo) {

  public GrpoLossConfig {
    if (delta != null && epsilonHigh != null && delta <= 1 + epsilonHigh) {
      throw new IllegalArgumentException(
          "delta must be above 1 + epsilon_high, was " + delta + ": it caps what clipping leaves");
    }
  }

  /**
   * How soft loss_type sapo gates.
   *
   * @param sapoTemperatureNeg sharpness where the advantage is not above 0
   * @param sapoTemperaturePos sharpness where it is
   */
  public record SapoConfig(
      @Default("1.05") @Range("(0, inf)") double sapoTemperatureNeg,
      @Default("1.0") @Range("(0, inf)") double sapoTemperaturePos) {}

  /**
   * The weight of loss_type vespo.
   *
   * @param vespoKPos power of the completion's ratio where the advantage is 0 or more
   * @param vespoLambdaPos how fast a large ratio is damped there
   * @param vespoKNeg the power where the advantage is below 0
   * @param vespoLambdaNeg the damping there
   */
  public record VespoConfig(
      @Default("2.0") double vespoKPos,
      @Default("3.0") double vespoLambdaPos,
      @Default("3.0") double vespoKNeg,
      @Default("2.0") double vespoLambdaNeg) {}

  /** TRL's spellings of {@link GroupAdvantage.Scale}; whiten is ours. */
  public enum ScaleRewards {
    GROUP(GroupAdvantage.Scale.GROUP),
    BATCH(GroupAdvantage.Scale.BATCH),
    NONE(GroupAdvantage.Scale.NONE),
    WHITEN(GroupAdvantage.Scale.WHITEN),
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
        term(),
        beta,
        useBiasCorrectionKl,
        importanceSamplingLevel,
        offPolicyMaskThreshold == null ? Double.POSITIVE_INFINITY : offPolicyMaskThreshold,
        topEntropyQuantile);
  }

  private PolicyTerm term() {
    double high = epsilonHigh == null ? epsilon : epsilonHigh;
    return switch (lossType) {
      case GRPO, DAPO, DR_GRPO, BNPO, LUSPO ->
          new ClippedSurrogate(epsilon, high, delta == null ? Double.POSITIVE_INFINITY : delta);
      case CISPO -> new CappedRatio(high);
      case SAPO -> new SoftGate(sapo.sapoTemperaturePos, sapo.sapoTemperatureNeg);
      case VESPO ->
          new GammaWeight(
              new GammaWeight.Shape(vespo.vespoKPos, vespo.vespoLambdaPos),
              new GammaWeight.Shape(vespo.vespoKNeg, vespo.vespoLambdaNeg));
    };
  }

  /** What is allowed and is not what the papers did; TRL warns of the same, but for the first. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    boolean ofSequences = importanceSamplingLevel == GrpoLoss.RatioLevel.SEQUENCE;
    if (lossType == LossType.CISPO && epsilonHigh == null) {
      warnings.add(
          "loss_type cispo caps the ratio at epsilon_high itself, not at 1 + epsilon_high; unset it"
              + " is epsilon "
              + epsilon
              + ", which scales every gradient down: ScaleRL (arXiv 2510.13786) and TRL's docs have 5.0");
    }
    if (lossType == LossType.LUSPO && !ofSequences) {
      warnings.add(
          "loss_type luspo is the paper's with importance_sampling_level sequence, here it is token");
    }
    if (lossType == LossType.VESPO && ofSequences) {
      warnings.add(
          "loss_type vespo makes ratios of sequences by itself: leave importance_sampling_level"
              + " token");
    }
    if (ofSequences
        && List.of(LossType.BNPO, LossType.DR_GRPO, LossType.DAPO, LossType.CISPO)
            .contains(lossType)) {
      warnings.add(
          "importance_sampling_level sequence with loss_type "
              + lossType.name().toLowerCase(Locale.ROOT)
              + " weights a completion by its length: GSPO is loss_type grpo");
    }
    return warnings;
  }
}
