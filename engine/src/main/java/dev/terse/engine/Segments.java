package dev.terse.engine;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Where each sequence of a packed batch begins: segment {@code s} holds tokens {@code start(s)}
 * (inclusive) to {@code end(s)} (exclusive) of the N tokens. There is no padding.
 *
 * <p>A segment may continue an earlier one, its prefix: it sees the prefix's tokens before its own,
 * and its positions go on from there. So sequences that begin alike hold and compute what they
 * share once. A prefix continues nothing itself.
 *
 * @param starts S+1 rising offsets, the first 0, the last N; not copied, not to be changed
 * @param prefixes for each segment the index of its prefix, or {@link #NONE}, [S]; not copied, not
 *     to be changed
 */
public record Segments(int[] starts, int[] prefixes) {

  /** Stands for no prefix. */
  public static final int NONE = -1;

  public Segments {
    if (starts.length < 2 || starts[0] != 0) {
      throw new IllegalArgumentException(
          "segments need at least [0, N], got " + Arrays.toString(starts));
    }
    for (int s = 1; s < starts.length; s++) {
      if (starts[s] <= starts[s - 1]) {
        throw new IllegalArgumentException(
            "segment " + (s - 1) + " is empty or negative: " + starts[s - 1] + " to " + starts[s]);
      }
    }
    if (prefixes.length != starts.length - 1) {
      throw new IllegalArgumentException(
          prefixes.length + " prefixes but " + (starts.length - 1) + " segments");
    }
    for (int s = 0; s < prefixes.length; s++) {
      int prefix = prefixes[s];
      if (prefix != NONE && (prefix < 0 || prefix >= s || prefixes[prefix] != NONE)) {
        throw new IllegalArgumentException(
            "segment "
                + s
                + " must continue an earlier one that continues nothing, got prefixes "
                + Arrays.toString(prefixes));
      }
    }
  }

  /** Segments that stand alone. */
  public Segments(int[] starts) {
    this(starts, IntStream.range(1, starts.length).map(s -> NONE).toArray());
  }

  /** Segments of the given lengths, one after another. */
  public static Segments ofLengths(int... lengths) {
    return new Segments(starts(lengths));
  }

  /** The same, each with its prefix or {@link #NONE}. */
  public static Segments continuing(int[] lengths, int[] prefixes) {
    return new Segments(starts(lengths), prefixes);
  }

  private static int[] starts(int[] lengths) {
    int[] starts = new int[lengths.length + 1];
    for (int s = 0; s < lengths.length; s++) {
      starts[s + 1] = Math.addExact(starts[s], lengths[s]);
    }
    return starts;
  }

  /** Number of segments. */
  public int count() {
    return starts.length - 1;
  }

  /** Number of tokens, N. */
  public int tokens() {
    return starts[starts.length - 1];
  }

  public int start(int segment) {
    return starts[segment];
  }

  public int end(int segment) {
    return starts[segment + 1];
  }

  public int length(int segment) {
    return starts[segment + 1] - starts[segment];
  }

  /** Whether any segment has a prefix. */
  public boolean sharesPrefixes() {
    return Arrays.stream(prefixes).anyMatch(prefix -> prefix != NONE);
  }

  /** Whether another segment continues this one. */
  public boolean isPrefix(int segment) {
    return Arrays.stream(prefixes).anyMatch(prefix -> prefix == segment);
  }

  /** Tokens of a segment's prefix, 0 if it has none. */
  public int prefixLength(int segment) {
    return prefixes[segment] == NONE ? 0 : length(prefixes[segment]);
  }

  /** Tokens that the last token of a segment sees: its prefix and itself. */
  public int seenLength(int segment) {
    return prefixLength(segment) + length(segment);
  }

  /** The rows of a segment's prefix, then its own, [seenLength]. */
  public int[] seenRows(int segment) {
    IntStream own = IntStream.range(start(segment), end(segment));
    int prefix = prefixes[segment];
    return prefix == NONE
        ? own.toArray()
        : IntStream.concat(IntStream.range(start(prefix), end(prefix)), own).toArray();
  }

  /** {@link #seenRows} of all segments, one after another, [M]; {@link #unshared} divides them. */
  public int[] allSeenRows() {
    return IntStream.range(0, count()).flatMap(s -> Arrays.stream(seenRows(s))).toArray();
  }

  /** The segments as long as if nothing were shared: {@link #seenRows} one after another. */
  public Segments unshared() {
    return ofLengths(IntStream.range(0, count()).map(this::seenLength).toArray());
  }

  /** Position of each token inside its own sequence, [N]; rotary angles start anew in each. */
  public int[] positions() {
    int[] positions = new int[tokens()];
    for (int s = 0; s < count(); s++) {
      for (int i = start(s); i < end(s); i++) {
        positions[i] = prefixLength(s) + i - start(s);
      }
    }
    return positions;
  }
}
