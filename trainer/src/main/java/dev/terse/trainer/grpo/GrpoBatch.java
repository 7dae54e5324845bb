package dev.terse.trainer.grpo;

import dev.terse.engine.HeadRows;
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

  static GrpoBatch of(List<Episode> episodes) {
    PackedBatch tokens =
        PackedBatch.of(
            episodes.stream()
                .map(e -> joined(e.problem().prompt().ids(), e.completion().ids()))
                .toList());
    int count = episodes.stream().mapToInt(Episode::tokens).sum();
    int[] places = new int[count];
    int[] next = new int[count];
    int at = 0;
    for (int s = 0; s < episodes.size(); s++) {
      int first = tokens.segments().start(s) + episodes.get(s).problem().prompt().ids().length;
      for (int id : episodes.get(s).completion().ids()) {
        places[at] = first - 1;
        next[at++] = id;
        first++;
      }
    }
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
