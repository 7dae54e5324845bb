package dev.terse.rollout;

import dev.terse.engine.Progress;
import dev.terse.engine.SeedTree;
import dev.terse.engine.Segments;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.transformer.Decoding;
import dev.terse.model.weights.Flops;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Samples groups of completions in this process, over a key-value cache. */
public final class Rollouts {
  private final Decoder decoder;
  private final StopRule stop;
  private final int maxLive;

  /**
   * @param decoder the policy; not owned
   * @param stopIds tokens that end a completion
   * @param maxLive most sequences decoded together; where one ends, the next takes its slot
   */
  public Rollouts(Decoder decoder, Set<Integer> stopIds, int maxLive) {
    this(decoder, StopRule.ids(stopIds), maxLive);
  }

  /**
   * @param decoder the policy; not owned
   * @param stop what ends a completion
   * @param maxLive as above
   */
  public Rollouts(Decoder decoder, StopRule stop, int maxLive) {
    if (maxLive < 1) {
      throw new IllegalArgumentException(
          "expected at least 1 live sequence, found maxLive=" + maxLive);
    }
    this.decoder = decoder;
    this.stop = stop;
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
    prompts.forEach(prompt -> requirePositions(prompt, sampling.maxNewTokens()));
    Map<Prompt, Group> groups = new IdentityHashMap<>();
    generate(
        prompts.iterator(),
        groupSize,
        sampling,
        seed,
        progress,
        group -> groups.put(group.prompt(), group));
    return prompts.stream().map(groups::get).toList();
  }

  /**
   * The same draws for prompts that are asked for when a slot is free. Nothing is held of a group
   * that was handed on.
   *
   * @param whole hears each group when its last completion ends, in no order of the prompts
   * @throws IllegalArgumentException as above, when the prompt's turn comes
   */
  public void generate(
      Iterator<Prompt> prompts,
      int groupSize,
      SamplingParams sampling,
      long seed,
      Progress progress,
      Consumer<Group> whole) {
    if (groupSize < 1) {
      throw new IllegalArgumentException(
          "expected at least 1 completion a prompt, found " + groupSize);
    }
    Sampler sampler = new Sampler(decoder.engine());
    try (Decoding decoding = decoder.decode(sampling.maxNewTokens())) {
      Slots<GroupDraft.Member> slots =
          new Slots<>(decoding, maxLive, new Queue(prompts, groupSize, sampling, seed));
      while (!slots.allFinished()) {
        List<GroupDraft.Member> next = slots.advance();
        Sampler.Draw[] draws = sampler.draw(decoding.logits(), next);
        for (int i = 0; i < draws.length; i++) {
          next.get(i).add(draws[i]);
        }
        progress.advance(draws.length);
        slots.dropFinished();
        for (GroupDraft.Member sequence : next) {
          if (sequence.finished() && sequence.group().endOne()) {
            whole.accept(sequence.group().group());
          }
        }
      }
    }
  }

  /** The sequences of prompts, made when they are asked for. */
  private final class Queue implements Iterator<GroupDraft.Member> {
    private final Iterator<Prompt> prompts;
    private final int groupSize;
    private final SamplingParams sampling;
    private final long seed;
    private Iterator<GroupDraft.Member> group = Collections.emptyIterator();

    Queue(Iterator<Prompt> prompts, int groupSize, SamplingParams sampling, long seed) {
      this.prompts = prompts;
      this.groupSize = groupSize;
      this.sampling = sampling;
      this.seed = seed;
    }

    @Override
    public boolean hasNext() {
      return group.hasNext() || prompts.hasNext();
    }

    @Override
    public GroupDraft.Member next() {
      if (!group.hasNext()) {
        Prompt prompt = prompts.next();
        requirePositions(prompt, sampling.maxNewTokens());
        group = new GroupDraft(prompt, groupSize, sampling, stop, seed).sequences().iterator();
      }
      return group.next();
    }
  }

  /**
   * Seed of one completion, whose children are those of its positions.
   *
   * @param seed of the generation
   * @param prompt index of the prompt
   * @param sample place in the prompt's group
   */
  public static long seed(long seed, int prompt, int sample) {
    return SeedTree.child(SeedTree.child(seed, prompt), sample);
  }

  /** Floating-point operations of the matmuls that drawing these takes; a prompt is read once. */
  public double flops(List<Group> groups) {
    return groups.stream().mapToDouble(this::flops).sum();
  }

  private double flops(Group group) {
    int[] lengths =
        IntStream.concat(
                IntStream.of(group.prompt().ids().length),
                group.completions().stream().mapToInt(completion -> completion.ids().length))
            .toArray();
    int[] prefixes = new int[lengths.length];
    prefixes[0] = Segments.NONE;
    Segments segments = Segments.continuing(lengths, prefixes);
    return Flops.forward(decoder.config(), segments, segments.tokens() - (long) lengths[0]);
  }

  /**
   * Refuses a prompt that has no room, before anything is drawn.
   *
   * @throws IllegalArgumentException if it is empty or leaves fewer than {@code maxNewTokens}
   *     positions of the model
   */
  public void requirePositions(Prompt prompt, int maxNewTokens) {
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
