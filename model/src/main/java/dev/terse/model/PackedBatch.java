package dev.terse.model;

import dev.terse.engine.Segments;
import java.util.List;

/**
 * Token sequences laid one after another, without padding.
 *
 * @param ids [N]; not copied, not to be changed
 * @param segments where each sequence begins
 */
public record PackedBatch(int[] ids, Segments segments) {

  public PackedBatch {
    if (ids.length != segments.tokens()) {
      throw new IllegalArgumentException(
          ids.length + " ids but segments of " + segments.tokens() + " tokens");
    }
  }

  /** Packs the sequences in their order. */
  public static PackedBatch of(List<int[]> sequences) {
    int[] lengths = sequences.stream().mapToInt(s -> s.length).toArray();
    Segments segments = Segments.ofLengths(lengths);
    int[] ids = new int[segments.tokens()];
    for (int s = 0; s < lengths.length; s++) {
      System.arraycopy(sequences.get(s), 0, ids, segments.start(s), lengths[s]);
    }
    return new PackedBatch(ids, segments);
  }
}
