package dev.terse.engine;

import dev.terse.engine.numbers.StochasticRounding;
import dev.terse.engine.numbers.Storage;

/**
 * The operations that a decoder and its training need, each with its backward. Three engines exist:
 * {@link dev.terse.engine.reference.ReferenceEngine}, plain loops in double, the specification;
 * {@code Nd4jEngine} for CPUs, and by the build's profile {@code cuda} for older NVIDIA GPUs; and
 * {@code CudaEngine} for NVIDIA GPUs. One conformance suite runs against all, and lists what is
 * abstract here by reflection: an operation without tests fails it. A new engine subclasses {@link
 * dev.terse.engine.spi.CheckedEngine}.
 *
 * <p>Rules for all operations. The caller gives the outputs; an output is overwritten unless its
 * comment says "adds". Outputs may not overlap inputs except where said. Shapes are checked and an
 * {@link IllegalArgumentException} names the argument. Ids are checked against the table before
 * anything is read. Nothing of size N×N or N×V is ever held. An engine serves one caller at a time.
 * Letters: see {@link Shapes}.
 */
public interface Engine extends AutoCloseable {

  /** What an operation does with what its output held. */
  enum Write {
    OVERWRITE,
    ADD;

    /** Factor on what the output held; 0 overwrites, whatever it held. */
    public double beta() {
      return this == ADD ? 1 : 0;
    }
  }

  /** One line for the log: backend, number type, threads, what serves the matmuls. */
  String description();

  /** Bytes of one number of a tensor: what it takes to keep a state without loss. */
  default int numberBytes() {
    return Float.BYTES;
  }

  // Memory ----------------------------------------------------------------------------------------

  /** A tensor of zeros that belongs to the caller. */
  default Tensor allocate(int... shape) {
    return allocate(Storage.FULL, shape);
  }

  /**
   * The same in another storage. Such a tensor is read, written, closed, and given to {@link
   * #adamW} as a moment or, in bfloat16, to matmuls as a weight ({@link #roundsWeights}); other
   * operations refuse it.
   */
  Tensor allocate(Storage storage, int... shape);

  /**
   * Whether matmuls read weights rounded to bfloat16. Then {@link #linear} and {@link
   * #linearBackwardInput} also take a weight stored as {@link Storage#BFLOAT16}, and the results
   * have the bits that they have with the full weight. The reference takes such a weight too; other
   * engines may refuse it.
   */
  default boolean roundsWeights() {
    return false;
  }

  /** The root arena of a new pool. */
  Arena arena();

  /** {@code to = from}, same size. */
  void copy(Tensor from, Tensor to);

  /** {@code t = 0}. */
  void clear(Tensor t);

  /** {@code to += factor * x}, same size. */
  void add(Tensor x, double factor, Tensor to);

  // Embedding -------------------------------------------------------------------------------------

  /**
   * Rows {@code ids} of {@code table} [V, C] into {@code out} [N, C].
   *
   * @throws IndexOutOfBoundsException if an id is outside the table
   */
  void embed(Tensor table, int[] ids, Tensor out);

  /**
   * Adds row i of {@code dOut} [N, C] to row ids[i] of {@code dTable} [V, C], in rising i.
   *
   * @throws IndexOutOfBoundsException if an id is outside the table
   */
  void embedBackward(int[] ids, Tensor dOut, Tensor dTable);

  // Linear ----------------------------------------------------------------------------------------

  /**
   * {@code out} [N, O] {@code = x} [N, I] {@code · w} [O, I]ᵀ {@code + bias} [O] (or null); w may
   * be stored in bfloat16 ({@link #roundsWeights}).
   */
  void linear(Tensor x, Tensor w, Tensor bias, Tensor out);

  /**
   * {@code dx} [N, I] {@code = dy} [N, O] {@code · w} [O, I], or added to dx; w as in {@link
   * #linear}.
   */
  void linearBackwardInput(Tensor dy, Tensor w, Tensor dx, Write write);

  /**
   * Adds {@code dyᵀ · x} to {@code dw} [O, I] and the column sums of dy to {@code dBias} (or null).
   */
  void linearBackwardWeight(Tensor dy, Tensor x, Tensor dw, Tensor dBias);

  // Columns and elements --------------------------------------------------------------------------

  /**
   * {@code out = x ∘ scale + bias}: each column times its own factor, plus its own bias (or null).
   *
   * @param x [R, C]
   * @param scale [C]
   * @param bias [C], or null
   * @param out [R, C]; may be x itself
   */
  void scaleColumns(Tensor x, Tensor scale, Tensor bias, Tensor out);

  /** Adds {@code Σ_r x[r, c] y[r, c]} to {@code sums} [C]; x and y are [R, C]. */
  void addColumnDots(Tensor x, Tensor y, Tensor sums);

  /**
   * Inverted dropout: element c of row r is {@code x / (1 - rate)} if {@link DropoutMask#keeps}
   * says so, else 0. The same seeds leave out the same elements on every engine, so the operation
   * is its own backward and nothing is saved.
   *
   * @param x [R, C]
   * @param rate share of elements left out, in [0, 1)
   * @param rowSeeds [R]
   * @param out [R, C]; may be x itself
   */
  void dropout(Tensor x, double rate, long[] rowSeeds, Tensor out);

  // Rows ------------------------------------------------------------------------------------------

  /**
   * Root-mean-square norm of each row: {@code y = x / sqrt(mean(x²) + eps) * w}. For Qwen3's norms
   * of q and k, x is [N*H, D].
   *
   * @param x [R, C]
   * @param w [C]
   * @param y [R, C]; may be x itself
   */
  void rmsNorm(Tensor x, Tensor w, double eps, Tensor y);

  /**
   * Backward of {@link #rmsNorm}.
   *
   * @param x the input of the forward, [R, C]
   * @param dx [R, C]; may be dy itself where it is overwritten
   * @param dw [C], added to
   */
  void rmsNormBackward(
      Tensor x, Tensor w, double eps, Tensor dy, Tensor dx, Write write, Tensor dw);

  /** Turns each head of {@code x} [N, heads*D] in place by its token's position. */
  void rope(Tensor x, int[] positions, Rotary rotary);

  /** Backward of {@link #rope}, in place: turns each head of {@code dx} [N, heads*D] back. */
  void ropeBackward(Tensor dx, int[] positions, Rotary rotary);

  /** {@code out = silu(gate) * up}, all [N, F]; out may be gate or up. */
  void swiglu(Tensor gate, Tensor up, Tensor out);

  /** Backward of {@link #swiglu}; dGate may be gate, dUp may be up. */
  void swigluBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp);

  /** Softmax of {@code factor * x} along each row of {@code x} [R, V], told to {@code reader}. */
  void softmaxRows(Tensor x, double factor, RowReader reader);

  // Attention -------------------------------------------------------------------------------------

  /**
   * Causal grouped-query attention inside each segment and to its prefix. Saves nothing for the
   * backward, which computes the probabilities again block by block.
   *
   * @param out [N, H*D]
   */
  void attention(Qkv<?> in, Segments segments, AttentionShape shape, Tensor out);

  /**
   * Backward of {@link #attention}.
   *
   * @param dOut [N, H*D]
   * @param gradients of q, k and v, overwritten
   */
  void attentionBackward(
      Qkv<?> in, Segments segments, AttentionShape shape, Tensor dOut, Qkv<?> gradients);

  /**
   * A cache for decoding, without sequences.
   *
   * @param maxNewTokens positions a sequence may add to its prompt
   */
  KvCache kvCache(int layers, AttentionShape shape, int maxNewTokens);

  // Head ------------------------------------------------------------------------------------------

  /**
   * Log-probability of each target and entropy of each row under {@code softmax(hidden · headᵀ /
   * temperature)}, through the vocabulary in chunks.
   *
   * @param hidden [N, C]
   * @param head [V, C]
   * @throws IndexOutOfBoundsException if a target is outside the head
   */
  TokenScores tokenLogProbs(Tensor hidden, Tensor head, HeadRows rows, double temperature);

  /**
   * The same, and in the same pass the backward: with z the scaled logits, p their softmax and H
   * its entropy, {@code dz_v = dLogProb (1[v = target] - p_v) - dEntropy p_v (ln p_v + H)}.
   */
  TokenScores tokenLogProbs(
      Tensor hidden, Tensor head, HeadRows rows, double temperature, HeadBackward<?> backward);

  // Optimizer -------------------------------------------------------------------------------------

  /**
   * Updates {@code weight} and its moments {@code m}, {@code v}; all of one size. The weight moves
   * by the new moments before these are rounded to their storage.
   *
   * @param m FULL, BFLOAT16 (rounded by {@link StochasticRounding}) or INT8
   * @param v FULL, BFLOAT16 or UINT8
   */
  void adamW(AdamW update, Tensor weight, Tensor gradient, Tensor m, Tensor v);

  /** Sum of the squared elements, accumulated in double in a fixed order; NaN and Inf survive. */
  double sumOfSquares(Tensor t);

  @Override
  void close();
}
