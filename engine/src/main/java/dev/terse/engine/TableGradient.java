package dev.terse.engine;

import java.util.Arrays;

/**
 * Where the gradient of a table of token rows [V, C] goes: all its rows, a few of them (new tokens
 * trained beside an adapter), or nowhere (a frozen table).
 *
 * @param ids the rows that are wanted, [K], distinct; null for all V; not copied
 * @param sums added to, [K, C]; null where no row is wanted
 */
public record TableGradient(int[] ids, Tensor sums) {

  /** The gradient of a frozen table. */
  public static final TableGradient NONE = new TableGradient(new int[0], null);

  public TableGradient {
    if ((sums == null) != (ids != null && ids.length == 0)) {
      throw new IllegalArgumentException(
          "rows " + Arrays.toString(ids) + " need a tensor to be added to, no rows need none");
    }
    if (ids != null && Arrays.stream(ids).distinct().count() < ids.length) {
      throw new IllegalArgumentException("rows must be distinct, got " + Arrays.toString(ids));
    }
  }

  /** All rows. */
  public static TableGradient whole(Tensor sums) {
    return new TableGradient(null, sums);
  }

  /** The rows {@code ids}. */
  public static TableGradient rows(int[] ids, Tensor sums) {
    return new TableGradient(ids, sums);
  }

  /** Whether all rows are wanted. */
  public boolean isWhole() {
    return ids == null;
  }
}
