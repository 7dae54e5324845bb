package dev.terse.jinja.value;

import java.util.Collection;
import java.util.Map;

/**
 * What one rendering may cost, so that a template cannot hold a run up: a character made or read
 * counts 1, an entry of a list {@link #ENTRY}.
 */
public final class Work {
  /** Longest text or repeated string; the longest prompts in use are a hundredth of it. */
  public static final int MAX_CHARS = 1 << 26;

  /** All of a rendering; a conversation of a million tokens costs a third of it. */
  static final long MAX = 1L << 27;

  static final int ENTRY = 8;

  private long spent;

  /**
   * Counts.
   *
   * @throws IllegalArgumentException if there was too much already
   */
  public void spend(long amount) {
    spent += amount;
    if (spent > MAX || amount < 0) {
      throw new IllegalArgumentException(
          "the template takes too much work: its texts and lists have more than "
              + MAX
              + " characters in all");
    }
  }

  /** Counts the entries of a list that is made or read. */
  public void spendEntries(long count) {
    spend(Math.multiplyExact(ENTRY, count));
  }

  /** Counts a value that is made or read: its characters or entries, not what is in them. */
  public <T> T on(T value) {
    if (value instanceof String s) {
      spend(s.length());
    } else if (value instanceof Collection<?> c) {
      spendEntries(c.size());
    } else if (value instanceof Map<?, ?> m) {
      spendEntries(m.size());
    }
    return value;
  }
}
