package dev.terse.engine;

/**
 * Head layout of grouped-query attention: query head {@code h} reads key-value head {@code h /
 * (heads / kvHeads)}.
 *
 * @param heads query heads, H
 * @param kvHeads key-value heads, K; divides H
 * @param headDim channels of one head, D
 * @param scale factor on the scores, 1/sqrt(D) in all supported models
 */
public record AttentionShape(int heads, int kvHeads, int headDim, double scale) {

  public AttentionShape {
    if (heads <= 0 || kvHeads <= 0 || headDim <= 0 || heads % kvHeads != 0) {
      throw new IllegalArgumentException(
          "kvHeads must divide heads, got heads="
              + heads
              + " kvHeads="
              + kvHeads
              + " headDim="
              + headDim);
    }
  }

  public static AttentionShape of(int heads, int kvHeads, int headDim) {
    return new AttentionShape(heads, kvHeads, headDim, 1 / Math.sqrt(headDim));
  }

  /** Query heads that share one key-value head. */
  public int group() {
    return heads / kvHeads;
  }
}
