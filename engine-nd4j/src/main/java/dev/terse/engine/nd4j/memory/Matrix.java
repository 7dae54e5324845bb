package dev.terse.engine.nd4j.memory;

import dev.terse.engine.numbers.NumberType;

/**
 * An operand of a matmul: rows of a {@link Block}, each contiguous.
 *
 * @param offset numbers before the first row
 * @param stride numbers from one row to the next
 * @param type of the numbers; offset and stride count in it
 */
public record Matrix(Block block, long offset, int rows, int columns, int stride, NumberType type) {

  /** All of a tensor, its later axes as one. */
  public static Matrix of(Nd4jTensor tensor) {
    return rows(tensor, 0, tensor.rows());
  }

  /** Rows {@code from} to {@code to} of a tensor. */
  public static Matrix rows(Nd4jTensor tensor, int from, int to) {
    int columns = tensor.rowSize();
    long offset = tensor.offset() + (long) from * columns;
    return new Matrix(tensor.block(), offset, to - from, columns, columns, NumberType.FLOAT32);
  }

  /** A tensor's memory taken for [rows, columns] bfloat16 numbers. */
  static Matrix bfloat16(Nd4jTensor memory, int rows, int columns) {
    return new Matrix(
        memory.block(), 2 * memory.offset(), rows, columns, columns, NumberType.BFLOAT16);
  }

  /** Whether these are all numbers of the block. */
  public boolean isWholeBlock() {
    long floats = ((long) rows * stride * type.bytes() + Float.BYTES - 1) / Float.BYTES;
    return offset == 0 && stride == columns && floats == block.length();
  }

  /** Rows {@code from} to {@code to}. */
  public Matrix rows(int from, int to) {
    return new Matrix(block, offset + (long) from * stride, to - from, columns, stride, type);
  }

  /** Columns {@code from} to {@code to}. */
  public Matrix columns(int from, int to) {
    return new Matrix(block, offset + from, rows, to - from, stride, type);
  }

  /** The first {@code count} rows. */
  public Matrix first(int count) {
    return rows(0, count);
  }

  /** The same memory as [rows, columns] without gaps. */
  public Matrix reshaped(int newRows, int newColumns) {
    return new Matrix(block, offset, newRows, newColumns, newColumns, type);
  }

  /** A row of float32. */
  public void read(int row, float[] values) {
    block.read(offset + (long) row * stride, values, 0, columns);
  }

  /** Sets a row of float32. */
  public void write(int row, float[] values) {
    block.write(offset + (long) row * stride, values, 0, columns);
  }

  /** One float32. */
  public float get(int row, int column) {
    float[] one = new float[1];
    block.read(offset + (long) row * stride + column, one, 0, 1);
    return one[0];
  }

  /** Sets one float32. */
  public void set(int row, int column, float value) {
    block.write(offset + (long) row * stride + column, new float[] {value}, 0, 1);
  }

  /** Clears one float32 of each row, or none where its column is -1. */
  public void clear(int[] columnOf) {
    for (int r = 0; r < rows; r++) {
      if (columnOf[r] >= 0) {
        set(r, columnOf[r], 0);
      }
    }
  }

  /** Where the first number lies; host pointers only. */
  public long address() {
    return block.address() + offset * type.bytes();
  }
}
