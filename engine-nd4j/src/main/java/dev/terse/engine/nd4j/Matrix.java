package dev.terse.engine.nd4j;

/**
 * An operand of a product: rows of a {@link Block}, each contiguous.
 *
 * @param offset numbers before the first row
 * @param stride numbers from one row to the next
 * @param type of the numbers; offset and stride count in it
 */
record Matrix(Block block, long offset, int rows, int columns, int stride, NumberType type) {

  /** All of a tensor, its later axes as one. */
  static Matrix of(Nd4jTensor tensor) {
    return rows(tensor, 0, tensor.rows());
  }

  /** Rows {@code from} to {@code to} of a tensor. */
  static Matrix rows(Nd4jTensor tensor, int from, int to) {
    int columns = tensor.rowSize();
    long offset = tensor.offset() + (long) from * columns;
    return new Matrix(tensor.block(), offset, to - from, columns, columns, NumberType.FLOAT32);
  }

  /** A tensor's memory taken for [rows, columns] bfloat16 numbers. */
  static Matrix halves(Nd4jTensor memory, int rows, int columns) {
    return new Matrix(
        memory.block(), 2 * memory.offset(), rows, columns, columns, NumberType.BFLOAT16);
  }

  /** Rows {@code from} to {@code to}. */
  Matrix rows(int from, int to) {
    return new Matrix(block, offset + (long) from * stride, to - from, columns, stride, type);
  }

  /** Columns {@code from} to {@code to}. */
  Matrix columns(int from, int to) {
    return new Matrix(block, offset + from, rows, to - from, stride, type);
  }

  /** The first {@code count} rows. */
  Matrix first(int count) {
    return rows(0, count);
  }

  /** The same memory as [rows, columns] without gaps. */
  Matrix reshaped(int newRows, int newColumns) {
    return new Matrix(block, offset, newRows, newColumns, newColumns, type);
  }

  /** Where the first number lies; host pointers only. */
  long address() {
    return block.address() + offset * type.bytes();
  }
}
