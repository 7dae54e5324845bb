package dev.terse.engine;

import java.util.Arrays;

/**
 * Where each sequence of a packed batch begins: sequence {@code s} holds tokens {@code start(s)}
 * (inclusive) to {@code end(s)} (exclusive) of the N tokens. There is no padding.
 *
 * @param starts S+1 rising offsets, the first 0, the last N; not copied, not to be changed
 */
public record Segments(int[] starts) {

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
  }

  /** Segments of the given lengths, one after another. */
  public static Segments ofLengths(int... lengths) {
    int[] starts = new int[lengths.length + 1];
    for (int s = 0; s < lengths.length; s++) {
      starts[s + 1] = Math.addExact(starts[s], lengths[s]);
    }
    return new Segments(starts);
  }

  /** Number of sequences. */
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

  /** Position of each token inside its own sequence, [N]; rotary angles start anew in each. */
  public int[] positions() {
    int[] positions = new int[tokens()];
    for (int s = 0; s < count(); s++) {
      for (int i = start(s); i < end(s); i++) {
        positions[i] = i - start(s);
      }
    }
    return positions;
  }
}
