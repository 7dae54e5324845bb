package dev.terse.rollout;

import dev.terse.engine.Progress;
import dev.terse.engine.SeedTree;
import dev.terse.model.Decoder;
import dev.terse.model.Decoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

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
   * Draws {@code groupSize} completions of every prompt. The random number behind a draw is a
   * function of (seed, prompt index, sample, position) alone. So where the engine's logits do not
   * depend on what is decoded beside a sequence, neither do the drawn tokens.
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
    List<Completion> completions = new ArrayList<>(); // in the order of the slots
    Sampler sampler = new Sampler(decoder.engine(), sampling);
    for (List<Turns.Slot> turn : Turns.of(prompts.size(), groupSize, maxLive)) {
      List<Draft> drafts = new ArrayList<>();
      for (Turns.Slot slot : turn) {
        long ofPrompt = SeedTree.child(seed, prompts.get(slot.prompt()).index());
        drafts.add(new Draft(SeedTree.child(ofPrompt, slot.sample())));
      }
      try (Decoding decoding = decode(prompts, turn, sampling.maxNewTokens())) {
        draw(drafts, decoding, sampler, sampling.maxNewTokens(), progress);
      }
      drafts.forEach(draft -> completions.add(draft.completion()));
    }
    List<Group> groups = new ArrayList<>();
    for (int p = 0; p < prompts.size(); p++) {
      int from = p * groupSize;
      groups.add(new Group(prompts.get(p), completions.subList(from, from + groupSize)));
    }
    return groups;
  }

  /** Reads the prompts of one turn, each once. */
  private Decoding decode(List<Prompt> prompts, List<Turns.Slot> turn, int maxNewTokens) {
    int[] distinct = turn.stream().mapToInt(Turns.Slot::prompt).distinct().toArray();
    List<int[]> ids = Arrays.stream(distinct).mapToObj(p -> prompts.get(p).ids()).toList();
    int[] promptOf =
        turn.stream().mapToInt(slot -> Arrays.binarySearch(distinct, slot.prompt())).toArray();
    return decoder.decode(ids, promptOf, maxNewTokens);
  }

  /** Draws one turn to its end; finished sequences leave the batch at once. */
  private void draw(
      List<Draft> turn, Decoding decoding, Sampler sampler, int maxNewTokens, Progress progress) {
    List<Draft> live = turn;
    while (true) {
      long[] seeds = live.stream().mapToLong(Draft::nextSeed).toArray();
      Sampler.Draw[] draws = sampler.draw(decoding.logits(), seeds);
      for (int i = 0; i < draws.length; i++) {
        live.get(i).add(draws[i], stopIds, maxNewTokens);
      }
      progress.advance(draws.length);
      List<Draft> before = live;
      int[] goOn =
          IntStream.range(0, before.size()).filter(i -> !before.get(i).finished()).toArray();
      if (goOn.length == 0) {
        return;
      }
      if (goOn.length < before.size()) {
        decoding.keep(goOn);
      }
      live = Arrays.stream(goOn).mapToObj(before::get).toList();
      decoding.step(live.stream().mapToInt(Draft::lastId).toArray());
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
