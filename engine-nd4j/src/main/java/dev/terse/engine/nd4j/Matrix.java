package dev.terse.engine.nd4j;

/**
 * An operand of a product: rows of a {@link Block}, each contiguous.
 *
 * @param offset floats before the first row
 * @param stride floats from one row to the next
 */
record Matrix(Block block, long offset, int rows, int columns, int stride) {

  /** All of a tensor, its later axes as one. */
  static Matrix of(Nd4jTensor tensor) {
    int columns = tensor.rowSize();
    return new Matrix(tensor.block(), tensor.offset(), tensor.rows(), columns, columns);
  }

  /** Rows {@code from} to {@code to} of a tensor. */
  static Matrix rows(Nd4jTensor tensor, int from, int to) {
    int columns = tensor.rowSize();
    long offset = tensor.offset() + (long) from * columns;
    return new Matrix(tensor.block(), offset, to - from, columns, columns);
  }

  /** Columns {@code from} to {@code to}. */
  Matrix columns(int from, int to) {
    return new Matrix(block, offset + from, rows, to - from, stride);
  }

  /** The first {@code count} rows. */
  Matrix first(int count) {
    return new Matrix(block, offset, count, columns, stride);
  }
}
