package dev.terse.engine.nd4j;

/**
 * {@link NativeCalls} with what only oneDNN's have: products by weights that were put in order
 * before, and bfloat16 numbers held in float32 memory.
 */
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

  /** Rounds float32 numbers to the nearest bfloat16, where they are. */
  void round(Matrix x);

  /** Copies bfloat16 numbers to float32 ones; both without gaps. */
  void widen(Matrix x, Matrix out);
}
