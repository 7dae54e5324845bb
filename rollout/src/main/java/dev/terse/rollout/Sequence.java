package dev.terse.rollout;

import dev.terse.engine.SeedTree;
import java.util.Arrays;
import java.util.BitSet;

/** A sequence being decoded: a prompt and the tokens drawn behind it so far. */
class Sequence implements Sampler.Row {
  private final Prompt prompt;
  private final SamplingParams sampling;
  private final StopRule stop;
  private final long seed;
  private int[] ids = new int[64];
  private float[] logProbs = new float[64];
  private int length;
  private FinishReason finish;
  private BitSet seen;

  /**
   * @param seed of this sequence; each position has a child of it
   */
  Sequence(Prompt prompt, SamplingParams sampling, StopRule stop, long seed) {
    this.prompt = prompt;
    this.sampling = sampling;
    this.stop = stop;
    this.seed = seed;
  }

  final Prompt prompt() {
    return prompt;
  }

  @Override
  public final SamplingParams sampling() {
    return sampling;
  }

  @Override
  public final long nextSeed() {
    return SeedTree.child(seed, length);
  }

  @Override
  public int topTokens() {
    return 0;
  }

  /** Appends a token, which may be the last. */
  void add(Sampler.Draw draw) {
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
    } else if (length == sampling.maxNewTokens()) {
      finish = FinishReason.LENGTH;
    }
  }

  /** The tokens that it has, of the prompt and drawn; followed from the first call on. */
  @Override
  public final BitSet seen() {
    if (seen == null) {
      seen = new BitSet();
      Arrays.stream(prompt.ids()).forEach(seen::set);
      Arrays.stream(ids, 0, length).forEach(seen::set);
    }
    return seen;
  }

  /** Whether its slot can be given to another. */
  boolean finished() {
    return finish != null;
  }

  /** Why it ended; null while it goes on. */
  final FinishReason finish() {
    return finish;
  }

  int lastId() {
    return ids[length - 1];
  }

  Completion completion() {
    return new Completion(Arrays.copyOf(ids, length), Arrays.copyOf(logProbs, length), finish);
  }
}
