package dev.terse.model.weights;

import dev.terse.engine.Segments;

/**
 * Floating-point operations of a decoder's matmuls, from shapes alone, two for each product that is
 * added. Norms, rotary turns, softmax and the optimizer are not counted, nor is a forward that is
 * done again in the backward: as in arXiv 2204.02311, appendix B (model FLOPs utilization).
 */
public final class Flops {
  private Flops() {}

  /**
   * Operations of a forward over N packed tokens.
   *
   * <pre>
   * 2 · N · W + 4 · layers · H·D · K + 2 · T · V · C
   *
   * W = layers · (2·C·H·D + 2·C·G·D + 3·C·F)      weights of the projections; G key heads
   * K = Σ n·p + n·(n + 1)/2                       keys that the tokens see: segments of n behind p
   * T                                             rows that the head is asked for
   * </pre>
   */
  public static double forward(DecoderConfig model, Segments segments, long headRows) {
    double c = model.channels();
    double projections =
        model.layers()
            * c
            * (2.0 * model.queryChannels() + 2.0 * model.keyChannels() + 3.0 * model.ffn());
    double keys = 0;
    for (int s = 0; s < segments.count(); s++) {
      double n = segments.length(s);
      keys += n * segments.prefixLength(s) + n * (n + 1) / 2;
    }
    return 2.0 * segments.tokens() * projections
        + 4.0 * model.layers() * model.queryChannels() * keys
        + 2.0 * headRows * model.vocabSize() * c;
  }

  /**
   * Forwards that a forward and a backward count for: the backward is two, by inputs and by
   * weights; where only adapters are trained, by inputs alone. The adapters' own are left out.
   */
  public static int training(boolean adaptersOnly) {
    return adaptersOnly ? 2 : 3;
  }
}
