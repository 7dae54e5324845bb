package dev.terse.engine.spi;

import dev.terse.engine.Segments;
import dev.terse.engine.Tensor;
import java.util.function.Function;

/**
 * The rows that each segment's tokens see, its prefix's and its own, in one piece: M rows for the N
 * of the batch. Copies are made only where segments have prefixes; without, M is N.
 *
 * @param <T> the engine's own tensor
 */
public final class SeenRows<T extends Tensor> {

  /** How an engine moves rows. */
  public interface Moves<T> {

    void clear(T t);

    /** Rows {@code ids} of table [V, C] into out [N, C]. */
    void gather(T table, int[] ids, T out);

    /** Adds row i of x [N, C] to row ids[i] of sums [V, C], in rising i. */
    void scatterAdd(int[] ids, T x, T sums);
  }

  private final Moves<T> moves;
  private final Function<int[], T> memory;
  private final Segments segments;
  private final int[] sources; // [M]; null where nothing is shared

  /**
   * @param memory gives tensors of the wanted shapes
   */
  public SeenRows(Segments batch, Moves<T> moves, Function<int[], T> memory) {
    this.moves = moves;
    this.memory = memory;
    boolean shares = batch.sharesPrefixes();
    this.segments = shares ? batch.unshared() : batch;
    this.sources = shares ? batch.allSeenRows() : null;
  }

  /** Where the rows lie for each segment, over M tokens. */
  public Segments segments() {
    return segments;
  }

  /** {@code x} [N, W] as it is seen, [M, W]. */
  public T of(T x) {
    if (sources == null) {
      return x;
    }
    T out = gradients(x);
    moves.gather(x, sources, out);
    return out;
  }

  /** Memory for gradients of what is seen, [M, W], which {@link #addUp} brings to {@code to}. */
  public T gradients(T to) {
    return sources == null ? to : memory.apply(new int[] {sources.length, to.rowSize()});
  }

  /** Overwrites row i of {@code to} [N, W] by the sum of the gradients of all who see it. */
  public void addUp(T gradients, T to) {
    if (sources != null) {
      moves.clear(to);
      moves.scatterAdd(sources, gradients, to);
    }
  }
}
