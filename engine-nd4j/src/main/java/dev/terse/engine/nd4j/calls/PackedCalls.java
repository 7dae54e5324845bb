package dev.terse.engine.nd4j.calls;

import dev.terse.engine.nd4j.memory.Matrix;
import dev.terse.engine.nd4j.onednn.OneDnnPacking;

/**
 * {@link NativeCalls} with what only oneDNN's have: matmuls by weights that were put in order
 * before, and bfloat16 numbers held in float32 memory.
 */
public interface PackedCalls extends NativeCalls {

  /**
   * Puts weights in the order in which {@link #matmulPacked} reads them.
   *
   * @param w [O, I], float32 or bfloat16
   * @param out as many rows and columns, in memory of {@link OneDnnPacking#packedBytes}
   */
  void pack(Matrix w, Matrix out);

  /** {@code c} [N, O] {@code = a} [N, I] {@code · w} [O, I]ᵀ, by packed weights. */
  void matmulPacked(Matrix a, Matrix w, Matrix c);

  /** Rounds float32 numbers to the nearest bfloat16, where they are. */
  void round(Matrix x);

  /** Copies bfloat16 numbers to float32 ones; both without gaps. */
  void widen(Matrix x, Matrix out);

  /** Bytes that weights [O, I] take in the order in which oneDNN reads them; some are padding. */
  long packedBytes(Matrix w);
}
