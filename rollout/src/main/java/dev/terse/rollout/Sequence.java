package dev.terse.rollout;

import dev.terse.engine.SeedTree;
import java.util.Arrays;
import java.util.BitSet;

/** A sequence being decoded: a prompt and the tokens drawn behind it so far. */
final class Sequence {
  private final GroupDraft group;
  private final long seed;
  private int[] ids = new int[64];
  private float[] logProbs = new float[64];
  private int length;
  private FinishReason finish;
  private BitSet seen;

  /**
   * @param seed of this sequence; each position has a child of it
   */
  Sequence(GroupDraft group, long seed) {
    this.group = group;
    this.seed = seed;
  }

  GroupDraft group() {
    return group;
  }

  Prompt prompt() {
    return group.prompt();
  }

  /** Seed of the next position. */
  long nextSeed() {
    return SeedTree.child(seed, length);
  }

  /** Appends a token, which may be the last. */
  void add(Sampler.Draw draw, StopRule stop, int maxNewTokens) {
    if (length == ids.length) {
      ids = Arrays.copyOf(ids, 2 * length);
      logProbs = Arrays.copyOf(logProbs, 2 * length);
    }
    ids[length] = draw.id();
    logProbs[length] = draw.logProb();
    length++;
    if (seen != null) {
      seen.set(draw.id());
    }
    if (stop.ends(ids, length)) {
      finish = FinishReason.STOP;
    } else if (length == maxNewTokens) {
      finish = FinishReason.LENGTH;
    }
  }

  /** The tokens that it has, of the prompt and drawn; followed from the first call on. */
  BitSet seen() {
    if (seen == null) {
      seen = new BitSet();
      Arrays.stream(prompt().ids()).forEach(seen::set);
      Arrays.stream(ids, 0, length).forEach(seen::set);
    }
    return seen;
  }

  boolean finished() {
    return finish != null;
  }

  int lastId() {
    return ids[length - 1];
  }

  Completion completion() {
    return new Completion(Arrays.copyOf(ids, length), Arrays.copyOf(logProbs, length), finish);
  }
}
