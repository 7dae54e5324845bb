package dev.terse.trainer.grpo;

import dev.terse.engine.HeadRows;
import dev.terse.engine.Segments;
import dev.terse.model.PackedBatch;
import dev.terse.trainer.loss.GrpoLoss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What a pass computes: completions behind their prompts, packed. Only completion tokens are
 * targets.
 *
 * @param episodes those that bear loss
 * @param tokens the sequences
 * @param targets where completion tokens are predicted
 */
record GrpoBatch(List<Episode> episodes, PackedBatch tokens, HeadRows targets) {

  /** Each completion behind a prompt of its own. */
  static GrpoBatch apart(List<Episode> episodes) {
    return of(
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
  static GrpoBatch sharing(List<Episode> episodes) {
    List<int[]> parts = new ArrayList<>();
    List<Integer> prefixes = new ArrayList<>();
    int prefix = Segments.NONE;
    Episode before = null;
    for (Episode episode : episodes) {
      int[] prompt = episode.problem().prompt().ids();
      int shared = prompt.length - 1;
      if (!episode.hasPromptOf(before)) {
        prefix = shared == 0 ? Segments.NONE : parts.size();
        if (shared > 0) {
          parts.add(Arrays.copyOf(prompt, shared));
          prefixes.add(Segments.NONE);
        }
      }
      parts.add(joined(new int[] {prompt[shared]}, episode.completion().ids()));
      prefixes.add(prefix);
      before = episode;
    }
    int[] prefixOf = prefixes.stream().mapToInt(Integer::intValue).toArray();
    return of(episodes, PackedBatch.continuing(parts, prefixOf));
  }

  /**
   * @param tokens whose segments are the episodes' in their order, each with a completion at its
   *     end, and prefixes of them
   */
  private static GrpoBatch of(List<Episode> episodes, PackedBatch tokens) {
    int[] ends =
        IntStream.range(0, tokens.segments().count())
            .filter(s -> !tokens.segments().isPrefix(s))
            .map(tokens.segments()::end)
            .toArray();
    int[] places =
        IntStream.range(0, ends.length)
            .flatMap(e -> IntStream.range(ends[e] - episodes.get(e).tokens() - 1, ends[e] - 1))
            .toArray();
    int[] next = episodes.stream().flatMapToInt(e -> IntStream.of(e.completion().ids())).toArray();
    return new GrpoBatch(List.copyOf(episodes), tokens, new HeadRows(places, next));
  }

  /**
   * The same batch with dropout: what is left out depends on an episode's place in its generation.
   */
  GrpoBatch withDropout(long seed) {
    int[] places = episodes.stream().mapToInt(Episode::index).toArray();
    return new GrpoBatch(episodes, tokens.withDropout(seed, places), targets);
  }

  /**
   * What the loss needs to know of the tokens.
   *
   * @param weights of each episode's tokens, [episodes]
   */
  GrpoLoss.Tokens lossTokens(double[] weights) {
    int[] completion =
        IntStream.range(0, episodes.size())
            .flatMap(e -> IntStream.generate(() -> e).limit(episodes.get(e).tokens()))
            .toArray();
    return new GrpoLoss.Tokens(
        completion,
        episodes.stream().mapToDouble(Episode::advantage).toArray(),
        weights,
        concat(Episode::oldLogProbs),
        concat(Episode::referenceLogProbs));
  }

  /** Values of the rows, cut back into one array for each episode. */
  List<double[]> perEpisode(double[] values) {
    List<double[]> parts = new ArrayList<>();
    int at = 0;
    for (Episode episode : episodes) {
      parts.add(Arrays.copyOfRange(values, at, at + episode.tokens()));
      at += episode.tokens();
    }
    return parts;
  }

  private double[] concat(Function<Episode, double[]> values) {
    if (values.apply(episodes.get(0)) == null) {
      return null;
    }
    return episodes.stream().map(values).flatMapToDouble(Arrays::stream).toArray();
  }

  private static int[] joined(int[] prompt, int[] completion) {
    return IntStream.concat(IntStream.of(prompt), IntStream.of(completion)).toArray();
  }
}
