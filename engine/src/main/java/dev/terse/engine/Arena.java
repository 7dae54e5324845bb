package dev.terse.engine;

/**
 * Owner of short-lived tensors, used like a stack: what was taken since {@link #open} goes back to
 * the pool, all at once, when the nested arena is closed. A warm step allocates nothing.
 *
 * <pre>{@code
 * Tensor out = arena.floats(n, c);            // lives as long as arena
 * try (Arena scratch = arena.open()) {        // arena itself rests until scratch is closed
 *   Tensor wide = scratch.floats(n, f);
 *   ...
 * }
 * }</pre>
 */
public interface Arena extends AutoCloseable {

  /** A tensor with undefined contents. */
  Tensor floats(int... shape);

  /** A tensor of zeros. */
  Tensor zeros(int... shape);

  /**
   * A nested arena. Until it is closed this one gives out nothing.
   *
   * @throws IllegalStateException if a nested arena is open already
   */
  Arena open();

  /** Returns everything taken from this arena; its tensors must not be used any more. */
  @Override
  void close();
}
