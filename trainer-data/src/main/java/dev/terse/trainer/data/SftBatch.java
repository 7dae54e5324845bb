package dev.terse.trainer.data;

import dev.terse.engine.HeadRows;
import dev.terse.model.weights.EmbeddingNoise;
import dev.terse.model.weights.PackedBatch;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a pass computes: sequences one after another without padding, and the places whose next
 * token bears loss.
 *
 * @param tokens the sequences
 * @param targets where the loss is
 */
public record SftBatch(PackedBatch tokens, HeadRows targets) {

  /**
   * The same batch with dropout.
   *
   * @param first number of its first sequence in the update
   */
  public SftBatch withDropout(long seed, int first) {
    int[] numbers = IntStream.range(first, first + tokens.segments().count()).toArray();
    return new SftBatch(tokens.withDropout(seed, numbers), targets);
  }

  /**
   * The same batch with noise on its embeddings (TRL: neftune_noise_alpha).
   *
   * @param first number of its first sequence in the update
   */
  public SftBatch withNoise(double alpha, long seed, int first) {
    int[] numbers = IntStream.range(first, first + tokens.segments().count()).toArray();
    return new SftBatch(tokens.withNoise(new EmbeddingNoise(alpha, seed, numbers)), targets);
  }

  /**
   * Packs the rows.
   *
   * @throws IllegalArgumentException if no token of them bears loss
   */
  public static SftBatch of(List<SftRow> rows) {
    PackedBatch tokens = PackedBatch.of(rows.stream().map(SftRow::ids).toList());
    int count = rows.stream().mapToInt(SftRow::targets).sum();
    if (count == 0) {
      throw new IllegalArgumentException(
          "no token of the rows "
              + rows.stream().map(SftRow::id).limit(8).toList()
              + " bears loss; the completions are empty or masked");
    }
    int[] places = new int[count];
    int[] next = new int[count];
    int at = 0;
    for (int s = 0; s < rows.size(); s++) {
      int start = tokens.segments().start(s);
      int[] ids = rows.get(s).ids();
      for (int t = 0; t < ids.length; t++) {
        if (rows.get(s).bearsLoss(t)) {
          places[at] = start + t - 1;
          next[at++] = ids[t];
        }
      }
    }
    return new SftBatch(tokens, new HeadRows(places, next));
  }
}
