package dev.terse.engine;

/**
 * Keys and values of sequences that are being decoded together, for all layers. Sequences that
 * continue the same prompt share that prompt's entries: they are held once, as long as one of these
 * sequences is live. Prompts are counted over the life of the cache, in the order in which they
 * were put.
 *
 * <p>One decoding step calls {@link #attend} once a layer, in order, then {@link #advance}. Calls
 * out of turn, and more steps than the cache was made for, throw {@link IllegalStateException}.
 */
public interface KvCache extends AutoCloseable {

  /**
   * Adds sequences behind the live ones, between two steps.
   *
   * @param promptOf for each new sequence the index of the prompt that it continues, rising: the
   *     last live sequence's, or prompts that {@link #putPrompts} brings next
   */
  void join(int[] promptOf);

  /**
   * Stores one layer's rotated keys and values of packed new prompts, for the sequences that
   * joined; to be called for all layers before the next step.
   *
   * @param k,v [N, K*D] over these prompts
   */
  void putPrompts(int layer, Tensor k, Tensor v, Segments prompts);

  /**
   * Appends one position to every live sequence and attends from it to the sequence's prompt and
   * all its own positions, the new one included.
   *
   * @param step of the new position, [B, H*D] and twice [B, K*D]
   * @param out [B, H*D], overwritten
   */
  void attend(int layer, Qkv<?> step, Tensor out);

  /** Ends a decoding step: every live sequence is one position longer. */
  void advance();

  /** Position of the token that each live sequence decodes next, [B]. */
  int[] positions();

  /**
   * Drops finished sequences.
   *
   * @param live rising indices of the sequences that go on
   */
  void keep(int[] live);

  @Override
  void close();
}
