package dev.terse.rollout;

import dev.terse.engine.SeedTree;
import java.util.Arrays;

/** A completion that is being drawn. */
final class Draft {
  private final Turns.Slot slot;
  private final long seed;
  private int[] ids = new int[64];
  private float[] logProbs = new float[64];
  private int length;

  /**
   * @param seed of this sequence; each position has a child of it
   */
  Draft(Turns.Slot slot, long seed) {
    this.slot = slot;
    this.seed = seed;
  }

  Turns.Slot slot() {
    return slot;
  }

  int length() {
    return length;
  }

  /** Seed of the next position. */
  long nextSeed() {
    return SeedTree.child(seed, length);
  }

  void add(Sampler.Draw draw) {
    if (length == ids.length) {
      ids = Arrays.copyOf(ids, 2 * length);
      logProbs = Arrays.copyOf(logProbs, 2 * length);
    }
    ids[length] = draw.id();
    logProbs[length] = draw.logProb();
    length++;
  }

  Completion complete(FinishReason finish) {
    return new Completion(Arrays.copyOf(ids, length), Arrays.copyOf(logProbs, length), finish);
  }
}
