package dev.terse.engine;

import java.util.Arrays;

/**
 * Where the gradient of a table of token rows [V, C] goes: all its rows, a few of them (new tokens
 * trained beside an adapter), or nowhere (a frozen table).
 *
 * @param ids the rows that are wanted, [K], distinct; null for all V; not copied
 * @param sums added to, [K, C]; null where no row is wanted
 */
public record TableGradient<T extends Tensor>(int[] ids, T sums) {

  /** The gradient of a frozen table. */
  public static final TableGradient<Tensor> NONE = new TableGradient<>(new int[0], null);

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
  public static <T extends Tensor> TableGradient<T> whole(T sums) {
    return new TableGradient<>(null, sums);
  }

  /** Whether all rows are wanted. */
  public boolean isWhole() {
    return ids == null;
  }
}
