package dev.terse.doctor;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;

/**
 * Rows of a run after they were encoded, for both methods.
 *
 * @param name of their files
 * @param summary how many were read and what became of them
 * @param losesRows whether so many are left out that a user must be warned
 * @param used lengths of those that are used; empty where rows are read when they are needed
 * @param limitKey the key that bounds them, max_length or max_prompt_length
 * @param limit its value in force
 * @param longest tokens of the longest row, used or not; empty where it is not known
 */
public record RowTable(
    String name,
    String summary,
    boolean losesRows,
    List<Length> used,
    String limitKey,
    int limit,
    OptionalInt longest) {

  /** Tokens of a row. */
  public record Length(String id, int tokens) {}

  public RowTable {
    used = List.copyOf(used);
  }

  /** The longest rows that are used, longest first. */
  public List<Length> longestUsed(int most) {
    return used.stream()
        .sorted(Comparator.comparingInt(Length::tokens).reversed())
        .limit(most)
        .toList();
  }

  /** Tokens of all rows that are used. */
  public long tokens() {
    return used.stream().mapToLong(Length::tokens).sum();
  }
}
