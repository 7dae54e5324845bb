package dev.terse.trainer.grpo.sampling;

import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;

/**
 * Whether groups that teach nothing are drawn again of other prompts (DAPO, arXiv 2503.14476); keys
 * and defaults are NeMo RL's, but for the metric, which is verl's filter_groups.metric.
 *
 * @param useDynamicSampling whether they are
 * @param dynamicSamplingMaxGenBatches draws of a generation at most, the first one included
 * @param dynamicSamplingMetric what a group must differ in
 */
public record DynamicSamplingConfig(
    @Default("false") boolean useDynamicSampling,
    @Default("10") @Range("[1, inf)") int dynamicSamplingMaxGenBatches,
    @Default("reward") Metric dynamicSamplingMetric) {

  /** What a group must differ in. */
  public enum Metric {
    /** The reward that advantages are made of. */
    REWARD,
    /** Whether the answer is right: a group of right ones is dropped whatever its lengths earn. */
    ACCURACY
  }
}
