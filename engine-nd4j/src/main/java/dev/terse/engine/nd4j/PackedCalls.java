package dev.terse.engine.nd4j;

/** {@link NativeCalls} with products by weights that were put in order before: oneDNN only. */
interface PackedCalls extends NativeCalls {

  /**
   * Puts weights in the order in which {@link #productPacked} reads them.
   *
   * @param w [O, I], float32 or bfloat16
   * @param out as many rows and columns, in memory of {@link OneDnnPacking#packedBytes}
   */
  void pack(Matrix w, Matrix out);

  /** {@code c} [N, O] {@code = a} [N, I] {@code · w} [O, I]ᵀ, by packed weights. */
  void productPacked(Matrix a, Matrix w, Matrix c);
}
