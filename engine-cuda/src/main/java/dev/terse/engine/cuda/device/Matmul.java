package dev.terse.engine.cuda.device;

import dev.terse.engine.numbers.NumberType;

/**
 * {@code c = alpha a b + beta c} for {@code count} triples of matrices. a and b are of one type, c
 * is of 32-bit floats.
 *
 * @param count number of triples
 * @param alpha factor on a b
 * @param beta factor on what c held; 0 overwrites, whatever it held
 */
public record Matmul(int count, Operand a, Operand b, Operand c, double alpha, double beta) {

  public Matmul {
    if (a.columns() != b.rows() || a.rows() != c.rows() || b.columns() != c.columns()) {
      throw new IllegalArgumentException("operands do not fit: " + a + ", " + b + ", " + c);
    }
    if (a.type() != b.type() || c.type() != NumberType.FLOAT32 || c.transposed()) {
      throw new IllegalArgumentException("no such matmul: " + a + ", " + b + ", " + c);
    }
  }

  /** One matmul. */
  public Matmul(Operand a, Operand b, Operand c, double alpha, double beta) {
    this(1, a, b, c, alpha, beta);
  }

  /**
   * A row of matrices, or one.
   *
   * @param type of the numbers in memory
   * @param address of the first number
   * @param rows as the matmul sees them, so after the transposition
   * @param columns likewise
   * @param stride numbers from a stored row to the next
   * @param step numbers from a matrix to the next; 0 takes the same again
   * @param transposed whether the matmul reads stored rows as columns
   */
  public record Operand(
      NumberType type,
      long address,
      int rows,
      int columns,
      long stride,
      long step,
      boolean transposed) {

    /** Matrices as they are stored. */
    public Operand(NumberType type, long address, int rows, int columns, long stride, long step) {
      this(type, address, rows, columns, stride, step, false);
    }

    /** A contiguous matrix. */
    public Operand(NumberType type, long address, int rows, int columns) {
      this(type, address, rows, columns, columns, 0);
    }

    /** A contiguous matrix of 32-bit floats. */
    public Operand(long address, int rows, int columns) {
      this(NumberType.FLOAT32, address, rows, columns);
    }

    /** The same memory with rows and columns exchanged. */
    public Operand transpose() {
      return new Operand(type, address, columns, rows, stride, step, !transposed);
    }
  }
}
