package dev.terse.model.weights;

import dev.terse.engine.SeedTree;
import dev.terse.engine.Segments;
import java.util.Arrays;

/**
 * The tokens that go through the layers together.
 *
 * @param ids [N]
 * @param positions of each in its own sequence, [N]
 * @param lengths tokens of each one's sequence, those that are still to come not counted, [N]
 * @param dropoutSeeds of each, [N]; null where nothing is left out
 */
public record PassTokens(int[] ids, int[] positions, int[] lengths, long[] dropoutSeeds) {

  public static PassTokens of(PackedBatch batch) {
    Segments segments = batch.segments();
    int[] lengths = new int[batch.ids().length];
    for (int s = 0; s < segments.count(); s++) {
      Arrays.fill(lengths, segments.start(s), segments.end(s), segments.seenLength(s));
    }
    return new PassTokens(batch.ids(), segments.positions(), lengths, batch.dropoutSeeds());
  }

  /** Tokens of decoding: nothing is left out. */
  public static PassTokens decoded(int[] ids, int[] positions) {
    int[] lengths = Arrays.stream(positions).map(position -> position + 1).toArray();
    return new PassTokens(ids, positions, lengths, null);
  }

  /** Those from {@code from} to before {@code to}. */
  public PassTokens rows(int from, int to) {
    return new PassTokens(
        Arrays.copyOfRange(ids, from, to),
        Arrays.copyOfRange(positions, from, to),
        Arrays.copyOfRange(lengths, from, to),
        dropoutSeeds == null ? null : Arrays.copyOfRange(dropoutSeeds, from, to));
  }

  /** Seeds of the masks on the input of one adapter, [N]; null where nothing is left out. */
  public long[] dropoutSeeds(int layer, LayerProjection target) {
    if (dropoutSeeds == null) {
      return null;
    }
    long adapter = (long) layer * LayerProjection.values().length + target.ordinal();
    long[] seeds = new long[dropoutSeeds.length];
    for (int i = 0; i < seeds.length; i++) {
      seeds[i] = SeedTree.child(dropoutSeeds[i], adapter);
    }
    return seeds;
  }
}
