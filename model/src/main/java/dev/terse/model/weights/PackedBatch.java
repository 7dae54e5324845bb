package dev.terse.model.weights;

import dev.terse.engine.SeedTree;
import dev.terse.engine.Segments;
import java.util.Arrays;
import java.util.List;

/**
 * Token sequences laid one after another, without padding; sequences may share a prefix ({@link
 * Segments}).
 *
 * @param ids [N]; not copied, not to be changed
 * @param segments where each sequence begins
 * @param dropoutSeeds what an adapter's dropout draws from, [N]; null where nothing is left out
 * @param noise on the embeddings; null for none
 */
public record PackedBatch(int[] ids, Segments segments, long[] dropoutSeeds, EmbeddingNoise noise) {

  public PackedBatch {
    if (ids.length != segments.tokens()) {
      throw new IllegalArgumentException(
          ids.length + " ids but segments of " + segments.tokens() + " tokens");
    }
  }

  /** Sequences of which nothing is left out. */
  public PackedBatch(int[] ids, Segments segments) {
    this(ids, segments, null, null);
  }

  /**
   * The same sequences with dropout. What is left out of a token is a function of {@code seed}, the
   * number of its sequence and its position: not of the batch that the sequence lies in.
   *
   * @param numbers of the sequences, such as their places in an update, [S]
   * @throws IllegalStateException if sequences share a prefix: what is left out of it would have to
   *     be different for each
   */
  public PackedBatch withDropout(long seed, int[] numbers) {
    if (segments.sharesPrefixes()) {
      throw new IllegalStateException("no dropout where sequences share a prefix");
    }
    long[] seeds = new long[ids.length];
    for (int s = 0; s < segments.count(); s++) {
      long sequence = SeedTree.child(seed, numbers[s]);
      for (int i = segments.start(s); i < segments.end(s); i++) {
        seeds[i] = SeedTree.child(sequence, i - segments.start(s));
      }
    }
    return new PackedBatch(ids, segments, seeds, noise);
  }

  /**
   * The same sequences with noise on their embeddings, in training alone.
   *
   * @throws IllegalStateException if sequences share a prefix, whose noise would have to be
   *     different for each
   */
  public PackedBatch withNoise(EmbeddingNoise noise) {
    if (segments.sharesPrefixes()) {
      throw new IllegalStateException("no noise where sequences share a prefix");
    }
    return new PackedBatch(ids, segments, dropoutSeeds, noise);
  }

  /** The same sequences, of which nothing is left out. */
  public PackedBatch withoutDropout() {
    return new PackedBatch(ids, segments);
  }

  /** Packs the sequences in their order. */
  public static PackedBatch of(List<int[]> sequences) {
    int[] alone = sequences.stream().mapToInt(s -> Segments.NONE).toArray();
    return continuing(sequences, alone);
  }

  /**
   * Packs segments in their order.
   *
   * @param prefixes for each the index of the segment that it continues, or {@link Segments#NONE}
   */
  public static PackedBatch continuing(List<int[]> parts, int[] prefixes) {
    int[] lengths = parts.stream().mapToInt(part -> part.length).toArray();
    int[] ids = parts.stream().flatMapToInt(Arrays::stream).toArray();
    return new PackedBatch(ids, Segments.continuing(lengths, prefixes));
  }
}
