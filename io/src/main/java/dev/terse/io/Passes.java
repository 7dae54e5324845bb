package dev.terse.io;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntBiFunction;
import java.util.function.ToIntFunction;

/**
 * The passes in which a batch is computed: neighbouring whole rows, so few that what a forward and
 * backward holds stays bounded. A loss that is a sum over tokens does not depend on the split.
 */
public final class Passes {
  private Passes() {}

  /**
   * The rows in their order, cut into passes, each as full as it may be.
   *
   * @param tokens of a row
   * @param most tokens of a pass (max_tokens_per_pass); a longer row is a pass of its own; 0 for no
   *     bound
   */
  public static <T> List<List<T>> of(List<T> rows, ToIntFunction<T> tokens, int most) {
    return ofNeighbours(rows, (before, row) -> tokens.applyAsInt(row), most);
  }

  /**
   * The same for rows that share tokens with the one before them.
   *
   * @param tokens that a row (the second) adds to a pass behind another row (the first; null if
   *     there is none)
   */
  public static <T> List<List<T>> ofNeighbours(
      List<T> rows, ToIntBiFunction<T, T> tokens, int most) {
    List<List<T>> passes = new ArrayList<>();
    int begin = 0;
    long held = 0;
    for (int i = 0; i < rows.size(); i++) {
      int more = tokens.applyAsInt(i == begin ? null : rows.get(i - 1), rows.get(i));
      if (most > 0 && i > begin && held + more > most) {
        passes.add(rows.subList(begin, i));
        begin = i;
        held = 0;
        more = tokens.applyAsInt(null, rows.get(i));
      }
      held += more;
    }
    if (begin < rows.size()) {
      passes.add(rows.subList(begin, rows.size()));
    }
    return passes;
  }
}
