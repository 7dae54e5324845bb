package dev.terse.engine.nd4j;

import java.util.Map;
import java.util.WeakHashMap;

/**
 * What products read: the tensors themselves in float32; in bfloat16, rounded copies of them, for
 * weights one that is kept until the weights change.
 */
final class Operands {
  /** Numbers that a thread must have to convert before a second one is woken. */
  private static final int WORTH_A_THREAD = 1 << 14;

  /** Numbers that are rounded by one call. */
  private static final long PIECE = 1L << 20;

  private final Crew crew;
  private final RowKernels kernels;
  private final NumberType type;

  /** Copies of weights; freed with the weights. */
  private final Map<Block, Copy> copies = new WeakHashMap<>();

  Operands(Crew crew, RowKernels kernels, NumberType type) {
    this.crew = crew;
    this.kernels = kernels;
    this.type = type;
  }

  NumberType type() {
    return type;
  }

  /** A float32 matrix as an operand; the copy is made by {@code worker} alone. */
  Matrix of(int worker, ChunkPool.Frame own, Matrix x) {
    if (type == NumberType.FLOAT32) {
      return x;
    }
    Matrix out = own.halves(x.rows(), x.columns());
    crew.calls(worker).convert(1, x, 0, out, 0);
    return out;
  }

  /** A tensor as an operand; the copy is made by the whole crew. */
  Matrix of(ChunkPool.Frame own, Nd4jTensor x) {
    return type == NumberType.FLOAT32 ? Matrix.of(x) : converted(own, Matrix.of(x), 1);
  }

  /** Memory for an operand [rows, columns]. */
  Matrix empty(ChunkPool.Frame own, int rows, int columns) {
    return type == NumberType.FLOAT32
        ? Matrix.of(own.floats(rows, columns))
        : own.halves(rows, columns);
  }

  /**
   * Columns of x [N, parts*W] apart, as an operand [parts*N, W].
   *
   * @param columns W of the result; the width of a part is a multiple of it, and what is beyond it
   *     goes to further rows: [parts*N*width/W, W]
   */
  Matrix parts(ChunkPool.Frame own, Nd4jTensor x, int parts, int columns) {
    Matrix out;
    if (crew.calls(0).readsColumnsInPlace()) {
      out = converted(own, Matrix.of(x), parts);
    } else {
      Nd4jTensor floats = own.floats(parts * x.rows(), x.rowSize() / parts);
      kernels.splitColumns(x, parts, floats);
      out = Matrix.of(floats);
    }
    return out.reshaped(Math.toIntExact(x.size() / columns), columns);
  }

  /** Undoes {@link #parts} for a float32 result: x [parts, N, W] into out [N, parts*W]. */
  void join(Nd4jTensor x, int parts, Nd4jTensor out) {
    if (!crew.calls(0).readsColumnsInPlace()) {
      kernels.joinColumns(x, parts, out);
      return;
    }
    int n = out.rows();
    int width = out.rowSize() / parts;
    Matrix from = Matrix.of(x).reshaped(parts * n, width);
    crew.workers()
        .rows(
            n,
            1 + WORTH_A_THREAD / out.rowSize(),
            (worker, first, last) ->
                crew.calls(worker)
                    .convert(
                        parts,
                        from.rows(first, last),
                        n * width,
                        Matrix.rows(out, first, last).columns(0, width),
                        width));
  }

  /** The weights of a layer, stored as they may be, as an operand. */
  Matrix weights(ChunkPool.Frame own, Matrix w) {
    if (w.type() == type) {
      return w;
    }
    if (!w.block().isKept()) {
      return converted(own, w, 1);
    }
    return new Matrix(
        rounded(w.block()), w.offset(), w.rows(), w.columns(), w.stride(), NumberType.BFLOAT16);
  }

  /** A bfloat16 copy of a block, two numbers in the place of a float; up to date. */
  private Block rounded(Block block) {
    Copy copy = copies.computeIfAbsent(block, b -> new Copy(b.companion((b.length() + 1) / 2)));
    if (copy.version != block.version()) {
      round(block, copy.halves);
      copy.version = block.version();
    }
    return copy.halves;
  }

  private static final class Copy {
    private final Block halves;
    private long version = -1;

    Copy(Block halves) {
      this.halves = halves;
    }
  }

  private Matrix converted(ChunkPool.Frame own, Matrix x, int parts) {
    int width = x.columns() / parts;
    int n = x.rows();
    Matrix out = empty(own, parts * n, width);
    crew.workers()
        .rows(
            n,
            1 + WORTH_A_THREAD / x.columns(),
            (worker, from, to) ->
                crew.calls(worker)
                    .convert(
                        parts,
                        x.rows(from, to).columns(0, width),
                        width,
                        out.rows(from, to),
                        n * width));
    return out;
  }

  private void round(Block from, Block to) {
    int pieces = Math.toIntExact((from.length() + PIECE - 1) / PIECE);
    crew.workers()
        .rows(
            pieces,
            1,
            (worker, first, last) -> {
              for (int piece = first; piece < last; piece++) {
                long start = piece * PIECE;
                int count = (int) Math.min(PIECE, from.length() - start);
                crew.calls(worker)
                    .convert(
                        1,
                        new Matrix(from, start, 1, count, count, NumberType.FLOAT32),
                        0,
                        new Matrix(to, start, 1, count, count, NumberType.BFLOAT16),
                        0);
              }
            });
  }
}
