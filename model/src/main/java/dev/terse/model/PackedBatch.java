package dev.terse.model;

import dev.terse.engine.SeedTree;
import dev.terse.engine.Segments;
import java.util.List;

/**
 * Token sequences laid one after another, without padding.
 *
 * @param ids [N]; not copied, not to be changed
 * @param segments where each sequence begins
 * @param dropoutSeeds what an adapter's dropout draws from, [N]; null where nothing is left out
 */
public record PackedBatch(int[] ids, Segments segments, long[] dropoutSeeds) {

  public PackedBatch {
    if (ids.length != segments.tokens()) {
      throw new IllegalArgumentException(
          ids.length + " ids but segments of " + segments.tokens() + " tokens");
    }
  }

  /** Sequences of which nothing is left out. */
  public PackedBatch(int[] ids, Segments segments) {
    this(ids, segments, null);
  }

  /**
   * The same sequences with dropout. What is left out of a token is a function of {@code seed}, the
   * number of its sequence and its position: not of the batch that the sequence lies in.
   *
   * @param numbers of the sequences, such as their places in an update, [S]
   */
  public PackedBatch withDropout(long seed, int[] numbers) {
    long[] seeds = new long[ids.length];
    for (int s = 0; s < segments.count(); s++) {
      long sequence = SeedTree.child(seed, numbers[s]);
      for (int i = segments.start(s); i < segments.end(s); i++) {
        seeds[i] = SeedTree.child(sequence, i - segments.start(s));
      }
    }
    return new PackedBatch(ids, segments, seeds);
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
