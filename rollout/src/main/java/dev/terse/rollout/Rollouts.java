package dev.terse.rollout;

import dev.terse.engine.Progress;
import dev.terse.engine.SeedTree;
import dev.terse.model.Decoder;
import dev.terse.model.Decoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Samples groups of completions in this process, over a key-value cache. */
public final class Rollouts {
  private final Decoder decoder;
  private final Set<Integer> stopIds;
  private final int maxLive;

  /**
   * @param decoder the policy; not owned
   * @param stopIds tokens that end a completion
   * @param maxLive most sequences decoded together; more are done in turns
   */
  public Rollouts(Decoder decoder, Set<Integer> stopIds, int maxLive) {
    if (maxLive < 1) {
      throw new IllegalArgumentException(
          "expected at least 1 live sequence, found maxLive=" + maxLive);
    }
    this.decoder = decoder;
    this.stopIds = Set.copyOf(stopIds);
    this.maxLive = maxLive;
  }

  /**
   * Draws {@code groupSize} completions of every prompt. The draw at a position is a function of
   * (seed, prompt index, sample, position) alone: the number of live sequences does not change it.
   *
   * @param seed a {@link dev.terse.engine.SeedTree} seed, e.g. of (run, "rollout", step)
   * @param progress hears drawn tokens
   * @return one group a prompt, in order
   * @throws IllegalArgumentException if a prompt is empty or leaves no room for {@code
   *     maxNewTokens} below the model's positions
   */
  public List<Group> generate(
      List<Prompt> prompts, int groupSize, SamplingParams sampling, long seed, Progress progress) {
    if (groupSize < 1) {
      throw new IllegalArgumentException(
          "expected at least 1 completion a prompt, found " + groupSize);
    }
    prompts.forEach(prompt -> requireRoom(prompt, sampling.maxNewTokens()));
    Completion[][] completions = new Completion[prompts.size()][groupSize];
    try (Sampler sampler = new Sampler(decoder.engine(), sampling, decoder.config().vocabSize())) {
      for (List<Turns.Slot> turn : Turns.of(prompts.size(), groupSize, maxLive)) {
        List<Draft> drafts = new ArrayList<>();
        for (Turns.Slot slot : turn) {
          long ofPrompt = SeedTree.child(seed, prompts.get(slot.prompt()).index());
          drafts.add(new Draft(slot, SeedTree.child(ofPrompt, slot.sample())));
        }
        draw(prompts, drafts, sampler, sampling.maxNewTokens(), completions, progress);
      }
    }
    List<Group> groups = new ArrayList<>();
    for (int p = 0; p < prompts.size(); p++) {
      groups.add(new Group(prompts.get(p), Arrays.asList(completions[p])));
    }
    return groups;
  }

  /** Draws one turn to its end; finished sequences leave the batch at once. */
  private void draw(
      List<Prompt> prompts,
      List<Draft> live,
      Sampler sampler,
      int maxNewTokens,
      Completion[][] completions,
      Progress progress) {
    int[] distinct = live.stream().mapToInt(d -> d.slot().prompt()).distinct().toArray();
    List<int[]> promptIds = Arrays.stream(distinct).mapToObj(p -> prompts.get(p).ids()).toList();
    int[] promptOf =
        live.stream().mapToInt(d -> Arrays.binarySearch(distinct, d.slot().prompt())).toArray();
    try (Decoding decoding = decoder.decode(promptIds, promptOf, maxNewTokens)) {
      while (true) {
        long[] seeds = live.stream().mapToLong(Draft::nextSeed).toArray();
        Sampler.Draw[] draws = sampler.draw(decoding.logits(), seeds);
        progress.advance(draws.length);
        List<Draft> goOn = new ArrayList<>();
        int[] indices = new int[draws.length];
        int[] ids = new int[draws.length];
        for (int i = 0; i < draws.length; i++) {
          Draft draft = live.get(i);
          draft.add(draws[i]);
          boolean stopped = stopIds.contains(draws[i].id());
          if (stopped || draft.length() == maxNewTokens) {
            completions[draft.slot().prompt()][draft.slot().sample()] =
                draft.complete(stopped ? FinishReason.STOP : FinishReason.LENGTH);
          } else {
            indices[goOn.size()] = i;
            ids[goOn.size()] = draws[i].id();
            goOn.add(draft);
          }
        }
        if (goOn.isEmpty()) {
          return;
        }
        if (goOn.size() < live.size()) {
          decoding.keep(Arrays.copyOf(indices, goOn.size()));
        }
        decoding.step(Arrays.copyOf(ids, goOn.size()));
        live = goOn;
      }
    }
  }

  private void requireRoom(Prompt prompt, int maxNewTokens) {
    int length = prompt.ids().length;
    int positions = decoder.config().maxPositions();
    if (length == 0) {
      throw new IllegalArgumentException(
          "expected a prompt of at least one token, found prompt " + prompt.index() + " empty");
    }
    if ((long) length + maxNewTokens > positions) {
      throw new IllegalArgumentException(
          "prompt "
              + prompt.index()
              + " has "
              + length
              + " tokens and may go on for "
              + maxNewTokens
              + ", but the model has "
              + positions
              + " positions; lower max_completion_length or leave the prompt out");
    }
  }
}
