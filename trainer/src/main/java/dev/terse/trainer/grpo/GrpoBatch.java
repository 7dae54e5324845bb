package dev.terse.trainer.grpo;

import dev.terse.engine.HeadRows;
import dev.terse.engine.Segments;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.model.weights.Flops;
import dev.terse.model.weights.PackedBatch;
import dev.terse.trainer.grpo.episode.AnswerTail;
import dev.terse.trainer.grpo.episode.Episode;
import dev.terse.trainer.grpo.episode.Generation;
import dev.terse.trainer.loss.GrpoLoss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a pass computes: completions behind their prompts, packed. Only completion tokens are
 * targets.
 *
 * @param rows of the generation that they are, [E]
 * @param episodes the same, [E]
 * @param tokens the sequences, [N]
 * @param targets where completion tokens are predicted, [T]
 */
record GrpoBatch(int[] rows, List<Episode> episodes, PackedBatch tokens, HeadRows targets) {

  /** Floating-point operations of a forward. */
  double flops(DecoderConfig model) {
    return Flops.forward(model, tokens.segments(), targets.count());
  }

  /** Each completion behind a prompt of its own. */
  static GrpoBatch apart(int[] rows, List<Episode> episodes) {
    return of(
        rows,
        episodes,
        PackedBatch.of(
            episodes.stream()
                .map(e -> joined(e.problem().prompt().ids(), e.completion().ids()))
                .toList()));
  }

  /**
   * Neighbours with one prompt share it, so that it is computed once: its tokens but the last are
   * the prefix of all, and each goes on from a last token of its own, which predicts its first.
   */
  static GrpoBatch sharing(int[] rows, List<Episode> episodes) {
    List<int[]> parts = new ArrayList<>();
    List<Integer> prefixes = new ArrayList<>();
    int prefix = Segments.NONE;
    for (int e = 0; e < episodes.size(); e++) {
      Episode episode = episodes.get(e);
      int[] prompt = episode.problem().prompt().ids();
      int shared = prompt.length - 1;
      if (e == 0 || !episode.sharesPromptWith(episodes.get(e - 1))) {
        prefix = shared == 0 ? Segments.NONE : parts.size();
        if (shared > 0) {
          parts.add(Arrays.copyOf(prompt, shared));
          prefixes.add(Segments.NONE);
        }
      }
      parts.add(joined(new int[] {prompt[shared]}, episode.completion().ids()));
      prefixes.add(prefix);
    }
    int[] prefixOf = prefixes.stream().mapToInt(Integer::intValue).toArray();
    return of(rows, episodes, PackedBatch.continuing(parts, prefixOf));
  }

  /**
   * @param tokens whose segments are the episodes' in their order, each with a completion at its
   *     end, and prefixes of them
   */
  private static GrpoBatch of(int[] rows, List<Episode> episodes, PackedBatch tokens) {
    int[] ends =
        IntStream.range(0, tokens.segments().count())
            .filter(s -> !tokens.segments().isPrefix(s))
            .map(tokens.segments()::end)
            .toArray();
    int[] predicting =
        IntStream.range(0, ends.length)
            .flatMap(e -> IntStream.range(ends[e] - episodes.get(e).tokens() - 1, ends[e] - 1))
            .toArray();
    int[] next = episodes.stream().flatMapToInt(e -> IntStream.of(e.completion().ids())).toArray();
    return new GrpoBatch(rows, episodes, tokens, new HeadRows(predicting, next));
  }

  /** The same batch with dropout: what is left out depends on an episode's row. */
  GrpoBatch withDropout(long seed) {
    return new GrpoBatch(rows, episodes, tokens.withDropout(seed, rows), targets);
  }

  /**
   * What the loss needs to know of the tokens.
   *
   * @param generation whose rows these are
   * @param weights of the tokens of each row, [P·G]
   * @param entropyWeights of their entropies, [P·G]
   */
  GrpoLoss.Tokens inLoss(Generation generation, double[] weights, double[] entropyWeights) {
    int[] completion =
        IntStream.range(0, episodes.size())
            .flatMap(e -> IntStream.generate(() -> e).limit(episodes.get(e).tokens()))
            .toArray();
    return new GrpoLoss.Tokens(
        completion,
        episodes.stream().mapToDouble(Episode::advantage).toArray(),
        penalties(),
        Arrays.stream(rows).mapToDouble(row -> weights[row]).toArray(),
        Arrays.stream(rows).mapToDouble(row -> entropyWeights[row]).toArray(),
        generation.oldLogProbs().map(this::joined),
        generation.referenceLogProbs().map(this::joined));
  }

  /** What is taken off the advantages of tokens after the answer, [T]; none where nothing is. */
  private Optional<double[]> penalties() {
    if (episodes.stream().allMatch(episode -> episode.tailPenalty() == 0)) {
      return Optional.empty();
    }
    double[] penalties = new double[targets.count()];
    int at = 0;
    for (Episode episode : episodes) {
      AnswerTail tail = episode.tail();
      Arrays.fill(penalties, at + tail.from(), at + tail.to(), episode.tailPenalty());
      at += episode.tokens();
    }
    return Optional.of(penalties);
  }

  /** Values of the targets, cut into one array for each episode, [E][ids]. */
  List<double[]> perEpisode(double[] values) {
    List<double[]> parts = new ArrayList<>();
    int at = 0;
    for (Episode episode : episodes) {
      parts.add(Arrays.copyOfRange(values, at, at + episode.tokens()));
      at += episode.tokens();
    }
    return parts;
  }

  /** What the sampler said of the targets, [T]. */
  double[] samplerLogProbs() {
    double[] all = new double[targets.count()];
    int at = 0;
    for (Episode episode : episodes) {
      for (float logProb : episode.completion().logProbs()) {
        all[at++] = logProb;
      }
    }
    return all;
  }

  /** The values of these rows one after another, [T], from those of the generation, [P·G][ids]. */
  private double[] joined(List<double[]> values) {
    return Arrays.stream(rows).mapToObj(values::get).flatMapToDouble(Arrays::stream).toArray();
  }

  private static int[] joined(int[] prompt, int[] completion) {
    return IntStream.concat(IntStream.of(prompt), IntStream.of(completion)).toArray();
  }
}
