package dev.terse.engine;

/**
 * Hears the rows of a result one by one, so that the whole of it is never held. Rows come in any
 * order and from several threads at once, each on one thread; a reader calls no engine operation.
 */
@FunctionalInterface
public interface RowReader {

  /**
   * @param row index of the row
   * @param values its numbers; lent until this call returns, and may be changed
   */
  void read(int row, float[] values);
}
