package dev.terse.model;

import dev.terse.engine.Tensor;

/** Sequences being decoded together: one token each a step. */
public interface Decoding extends AutoCloseable {

  /**
   * Raw logits of each live sequence's next token, [B, V]; valid until the next call of any method.
   */
  Tensor logits();

  /** Number of live sequences, B. */
  int live();

  /**
   * Feeds one token to each live sequence; {@link #logits} then speaks of the token after it.
   *
   * @param ids [B]
   */
  void step(int[] ids);

  /**
   * Drops finished sequences; call before {@link #step}.
   *
   * @param indices rising indices of the live sequences that go on
   */
  void keep(int[] indices);

  @Override
  void close();
}
