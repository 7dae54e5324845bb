package dev.terse.engine;

import java.util.Arrays;

/**
 * The rows of a hidden state whose next-token distribution is wanted, and the token that comes
 * next. Rows that are not listed cost nothing in the head.
 *
 * @param rows rising indices into [N, C]; not copied
 * @param targets for each listed row the id of the next token, or {@link #NO_TARGET} where only the
 *     entropy is wanted; not copied
 */
public record HeadRows(int[] rows, int[] targets) {

  /** Marks a row whose entropy is wanted but which has no next token. */
  public static final int NO_TARGET = -1;

  public HeadRows {
    if (rows.length != targets.length) {
      throw new IllegalArgumentException(rows.length + " rows but " + targets.length + " targets");
    }
    for (int k = 1; k < rows.length; k++) {
      if (rows[k] <= rows[k - 1]) {
        throw new IllegalArgumentException(
            "rows must rise, got " + rows[k - 1] + " then " + rows[k]);
      }
    }
  }

  public int count() {
    return rows.length;
  }

  /** Whether the {@code k}-th listed row has a next token. */
  public boolean hasTarget(int k) {
    return targets[k] != NO_TARGET;
  }

  /** The listed rows {@code from} to {@code to}. */
  public HeadRows range(int from, int to) {
    return new HeadRows(Arrays.copyOfRange(rows, from, to), Arrays.copyOfRange(targets, from, to));
  }

  /**
   * Every token of every segment; targets are the following tokens, the last of a segment has none.
   */
  public static HeadRows all(int[] ids, Segments segments) {
    int[] rows = new int[segments.tokens()];
    int[] targets = new int[rows.length];
    for (int s = 0; s < segments.count(); s++) {
      for (int i = segments.start(s); i < segments.end(s); i++) {
        rows[i] = i;
        targets[i] = i + 1 < segments.end(s) ? ids[i + 1] : NO_TARGET;
      }
    }
    return new HeadRows(rows, targets);
  }
}
