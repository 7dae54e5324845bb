package dev.terse.trainer.loss;

import java.util.Arrays;

/**
 * How the token losses of an update become one number: loss = Σ w · l, where all tokens of a
 * completion have the same weight w (TRL's {@code loss_type}). With n_i the length of completion i,
 * B the completions of the update and M those of its micro-batch:
 *
 * <pre>
 * grpo, sapo:          1 / (B · n_i)                    mean of the completions' means
 * dapo, cispo, vespo:  1 / tokens of an update          mean of the tokens
 * dr_grpo:             1 / (B · max_completion_length)  a constant: no length bias
 * bnpo:                1 / (Σ n over M · number of M)   mean of the micro-batches' means
 * luspo:               1 / B                            mean of the completions' sums (arXiv 2602.05261)
 * </pre>
 *
 * <p>Where a generation makes several updates, the tokens of an update are the generation's, shared
 * out evenly: the same number in each of them, however long its own completions are (as in TRL).
 *
 * <p>All but bnpo, which is defined by the micro-batch, are the same however the update is split. A
 * completion that is masked (TRL: mask_truncated_completions) has length 0 here: it keeps its place
 * in B and brings no tokens, as in TRL.
 *
 * <p>A new loss type is a constant here, with its line above; the compiler then asks {@link
 * #weights} for its formula, and {@link GrpoLossConfig#objective} for its l.
 */
public enum LossType {
  GRPO,
  DAPO,
  DR_GRPO,
  BNPO,
  CISPO,
  SAPO,
  LUSPO,
  VESPO;

  /**
   * The completions of an update.
   *
   * @param lengths tokens of each, 0 where masked, [B]
   * @param updateTokens tokens of an update of the generation that each was drawn with, [B]
   * @param microBatch completions of a micro-batch; the last may be smaller
   * @param maxCompletionLength TRL: max_completion_length
   */
  public record Batch(
      int[] lengths, double[] updateTokens, int microBatch, int maxCompletionLength) {

    /** An update that uses up its generation. */
    public static Batch whole(int[] lengths, int microBatch, int maxCompletionLength) {
      double[] tokens = new double[lengths.length];
      Arrays.fill(tokens, Arrays.stream(lengths).sum());
      return new Batch(lengths, tokens, microBatch, maxCompletionLength);
    }

    private int microBatches() {
      return (lengths.length + microBatch - 1) / microBatch;
    }

    /** Tokens of the micro-batch of completion {@code index}. */
    private int tokensAround(int index) {
      int start = index / microBatch * microBatch;
      int end = Math.min(lengths.length, start + microBatch);
      return Arrays.stream(lengths, start, end).sum();
    }
  }

  /**
   * The weight of each completion's tokens.
   *
   * @return [B]; 0 where masked
   */
  public double[] weights(Batch batch) {
    double completions = batch.lengths.length;
    double[] weights = new double[batch.lengths.length];
    for (int i = 0; i < weights.length; i++) {
      int length = batch.lengths[i];
      if (length == 0) {
        continue;
      }
      weights[i] =
          switch (this) {
            case GRPO, SAPO -> 1 / (completions * length);
            case DAPO, CISPO, VESPO -> 1 / batch.updateTokens[i];
            case DR_GRPO -> 1 / (completions * batch.maxCompletionLength);
            case BNPO -> meanOfMicroBatch(batch, i);
            case LUSPO -> 1 / completions;
          };
    }
    return weights;
  }

  /**
   * The weight of a token in the mean of the micro-batches' means, which bnpo and the entropy bonus
   * are.
   *
   * @param index of its completion, which is not masked
   */
  static double meanOfMicroBatch(Batch batch, int index) {
    return 1.0 / ((double) batch.microBatches() * batch.tokensAround(index));
  }
}
