package dev.terse.rollout;

import dev.terse.engine.Progress;
import dev.terse.model.Decoder;
import java.util.List;
import java.util.Set;

/** Samples groups of completions in this process, over a key-value cache. */
public final class Rollouts {

  /**
   * @param stopIds tokens that end a completion
   * @param maxLive most sequences decoded together; more are done in turns
   */
  public Rollouts(Decoder decoder, Set<Integer> stopIds, int maxLive) {
    throw new IllegalStateException("being built");
  }

  /**
   * Draws {@code groupSize} completions of every prompt. The draw at a position is a function of
   * (seed, prompt index, sample, position) alone: the number of live sequences does not change it.
   *
   * @param seed a {@link dev.terse.engine.SeedTree} seed, e.g. of (run, "rollout", step)
   * @param progress hears drawn tokens
   * @return one group a prompt, in order
   */
  public List<Group> generate(
      List<Prompt> prompts, int groupSize, SamplingParams sampling, long seed, Progress progress) {
    throw new IllegalStateException("being built");
  }
}
