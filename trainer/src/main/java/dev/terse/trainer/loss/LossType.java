package dev.terse.trainer.loss;

import java.util.Arrays;

/**
 * How the token losses of an update become one number: loss = Σ w · l, where all tokens of a
 * completion have the same weight w (TRL's {@code loss_type}). With n_i the length of completion i,
 * B the completions of the update and M those of its micro-batch:
 *
 * <pre>
 * grpo:    1 / (B · n_i)                       mean of the completions' means
 * dapo:    1 / Σ n over the update             mean of the tokens
 * dr_grpo: 1 / (B · max_completion_length)     a constant: no length bias
 * bnpo:    1 / (Σ n over M · number of M)      mean of the micro-batches' means
 * </pre>
 *
 * <p>All but bnpo, which is defined by the micro-batch, are the same however the update is split. A
 * completion that is masked (TRL: mask_truncated_completions) has length 0 here: it keeps its place
 * in B and brings no tokens, as in TRL.
 *
 * <p>A new loss type is a constant here, with its line above; the compiler then asks {@link
 * #weights} for its formula. One whose l is not the clipped one needs more: {@link
 * GrpoLoss.Objective} holds a {@link ClippedSurrogate} by its class, {@link GrpoLoss} takes ratio
 * and {@link ClippedSurrogate#MAX_LOG_RATIO} from it for the divergence, and {@link
 * PolicyStatistics} counts what it clips.
 */
public enum LossType {
  GRPO,
  DAPO,
  DR_GRPO,
  BNPO;

  /**
   * The weight of each completion's tokens.
   *
   * @param lengths tokens of each completion of the update, 0 where masked, [B]
   * @param microBatch completions of a micro-batch; the last may be smaller
   * @param maxCompletionLength TRL: max_completion_length
   * @return [B]; 0 where masked
   */
  public double[] weights(int[] lengths, int microBatch, int maxCompletionLength) {
    int total = Arrays.stream(lengths).sum();
    int microBatches = (lengths.length + microBatch - 1) / microBatch;
    double[] weights = new double[lengths.length];
    for (int i = 0; i < lengths.length; i++) {
      if (lengths[i] == 0) {
        continue;
      }
      weights[i] =
          switch (this) {
            case GRPO -> 1.0 / ((double) lengths.length * lengths[i]);
            case DAPO -> 1.0 / total;
            case DR_GRPO -> 1.0 / ((double) lengths.length * maxCompletionLength);
            case BNPO -> 1.0 / ((double) microBatches * sumAround(lengths, i, microBatch));
          };
    }
    return weights;
  }

  /** Tokens of the micro-batch of completion {@code index}. */
  private static int sumAround(int[] lengths, int index, int microBatch) {
    int start = index / microBatch * microBatch;
    int end = Math.min(lengths.length, start + microBatch);
    return Arrays.stream(lengths, start, end).sum();
  }
}
