package dev.terse.rollout;

import java.util.function.IntToDoubleFunction;

/**
 * The likeliest tokens at a position, the likeliest first, of equal ones the lowest id first.
 *
 * @param ids [k]; not copied
 * @param logProbs ln p of each, [k]; not copied
 */
public record TopTokens(int[] ids, float[] logProbs) {
  private static final TopTokens NONE = new TopTokens(new int[0], new float[0]);

  /**
   * The tokens with the largest scores.
   *
   * @param scores that rise with the probability, [V]
   * @param count how many; 0 for none
   * @param logProb ln p of a token
   */
  static TopTokens of(float[] scores, int count, IntToDoubleFunction logProb) {
    int size = Math.min(count, scores.length);
    if (size == 0) {
      return NONE;
    }
    int[] ids = new int[size];
    int found = 0;
    for (int id = 0; id < scores.length; id++) {
      if (found == size && scores[id] <= scores[ids[size - 1]]) {
        continue;
      }
      int at = found < size ? found++ : size - 1;
      for (; at > 0 && scores[ids[at - 1]] < scores[id]; at--) {
        ids[at] = ids[at - 1];
      }
      ids[at] = id;
    }
    float[] logProbs = new float[size];
    for (int i = 0; i < size; i++) {
      logProbs[i] = (float) logProb.applyAsDouble(ids[i]);
    }
    return new TopTokens(ids, logProbs);
  }
}
