package dev.terse.trainer.optim;

import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import java.util.Map;

/**
 * AdamW, its schedule and its safety; keys and defaults are TRL's but the last.
 *
 * @param optim adamw_torch, adamw_torch_fused (moments in 32 bits), adamw_8bit, adamw_bnb_8bit (in
 *     8 bits) or adamw_bf16 (in bfloat16, ours)
 * @param lrSchedulerType a schedule of transformers: linear, cosine, cosine_with_restarts,
 *     polynomial, constant, constant_with_warmup, inverse_sqrt, cosine_with_min_lr,
 *     cosine_warmup_with_min_lr, warmup_stable_decay or reduce_lr_on_plateau
 * @param lrSchedulerKwargs parameters of the schedule, e.g. {min_lr_rate: 0.1}
 * @param warmupSteps updates of linear warmup; below 1 a share of all updates
 * @param warmupRatio the old spelling of that share
 * @param weightDecay decoupled decay; norms and biases get none
 * @param maxGradNorm gradients longer than this are scaled down to it; 0 switches that off
 * @param maxNonfiniteSteps updates in a row that may be skipped for NaN or infinite gradients
 *     before the run stops (ours)
 */
public record OptimizerConfig(
    @Default("adamw_torch_fused") Optim optim,
    @Default("linear") String lrSchedulerType,
    @Default(Default.UNSET) Map<String, String> lrSchedulerKwargs,
    @Default("0") @Range("[0, inf)") double warmupSteps,
    @Default(Default.UNSET) @Range("[0, 1)") Double warmupRatio,
    @Default("0.0") @Range("[0, inf)") double weightDecay,
    @Default("0.9") @Range("[0, 1)") double adamBeta1,
    @Default("0.999") @Range("[0, 1)") double adamBeta2,
    @Default("1e-8") @Range("(0, 1)") double adamEpsilon,
    @Default("1.0") @Range("[0, inf)") double maxGradNorm,
    @Default("5") @Range("[1, inf)") int maxNonfiniteSteps) {

  public OptimizerConfig {
    LearningRate.of(lrSchedulerType, 1, 0, 1, lrSchedulerKwargs); // refuses unknown names
    if (warmupRatio != null && warmupSteps != 0) {
      throw new IllegalArgumentException("give warmup_steps or warmup_ratio, not both");
    }
  }

  /** Whether the rate follows the evaluations. */
  public boolean followsEvaluations() {
    return lrSchedulerType.equals("reduce_lr_on_plateau");
  }

  /**
   * Updates of warmup in a run of {@code maxSteps}; a share is rounded up, as transformers does.
   */
  public int warmup(int maxSteps) {
    double setting = warmupRatio != null ? warmupRatio : warmupSteps;
    return setting >= 1 ? (int) setting : (int) Math.ceil(maxSteps * setting);
  }
}
