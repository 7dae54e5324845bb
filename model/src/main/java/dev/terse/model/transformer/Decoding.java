package dev.terse.model.transformer;

import dev.terse.engine.Tensor;
import java.util.List;

/** Sequences being decoded together: one token each a step. */
public interface Decoding extends AutoCloseable {

  /**
   * Adds sequences behind the live ones and reads their prompts, each once; {@link #logits} then
   * speaks of the first tokens of these sequences only.
   *
   * @param prompts token ids of each new prompt; prompts are counted over the life of the decoding
   * @param promptOf for each new sequence the index of its prompt, rising: the last live
   *     sequence's, or one of the new ones
   * @throws IllegalArgumentException if a prompt exceeds the model's positions
   */
  void join(List<int[]> prompts, int[] promptOf);

  /**
   * Raw logits of the next token of each live sequence, or of each that joined last, [B, V]; valid
   * until the next call of any method.
   */
  Tensor logits();

  /** Number of live sequences, B. */
  int live();

  /**
   * Feeds one token to each live sequence; {@link #logits} then speaks of the token after it.
   *
   * @param ids [B]
   * @throws IllegalArgumentException if a sequence has no position left
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
