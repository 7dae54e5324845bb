package dev.terse.rollout;

/**
 * One sampled continuation.
 *
 * @param ids drawn tokens, the stop token included where there is one; the truth, never
 *     re-tokenized; not copied
 * @param logProbs ln p of each drawn token under the unfiltered distribution at the sampling
 *     temperature, [ids]
 * @param finish why it ended
 */
public record Completion(int[] ids, float[] logProbs, FinishReason finish) {}
