package dev.terse.engine.nd4j.kernels;

import dev.terse.engine.nd4j.calls.ThreadTeam;
import dev.terse.engine.nd4j.memory.Block;
import dev.terse.engine.nd4j.memory.ChunkPool;
import dev.terse.engine.nd4j.memory.Matrix;
import dev.terse.engine.nd4j.memory.Nd4jTensor;
import dev.terse.engine.numbers.Bfloat16;
import dev.terse.engine.numbers.NumberType;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * What matmuls read: the tensors themselves in float32; in bfloat16, rounded copies of them, for
 * weights one that is retained until the weights change. Where the processor has no instructions
 * for bfloat16, the copies are rounded all the same but lie in float32 memory: so the numbers are
 * those of bfloat16 matmuls, by float32 kernels.
 */
public final class Operands {
  /** Numbers that a thread must have to convert before a second one is woken. */
  private static final int WORTH_A_THREAD = 1 << 14;

  /** Numbers that are rounded by one call. */
  private static final long PIECE = 1L << 20;

  /**
   * Numbers from one row of a bfloat16 operand to the next, at least. oneDNN leaves AMX out where a
   * block of rows takes less than 126 bytes, and adds up in another order there: with 4 columns
   * that were 8 rows, but not 64.
   */
  private static final int LEAST_STRIDE = 64;

  private final ThreadTeam team;
  private final RowKernels kernels;
  private final NumberType type;
  private final boolean rounds;

  /** Copies of weights; freed with the weights. */
  private final Map<Block, Copy> copies = new WeakHashMap<>();

  /**
   * @param matmuls the numbers that matmuls read
   * @param type how they lie in memory
   */
  public Operands(ThreadTeam team, RowKernels kernels, NumberType matmuls, NumberType type) {
    this.team = team;
    this.kernels = kernels;
    this.type = type;
    this.rounds = matmuls == NumberType.BFLOAT16;
  }

  /** How operands lie in memory. */
  public NumberType type() {
    return type;
  }

  /** A float32 matrix as an operand; the copy is made by {@code worker} alone. */
  public Matrix of(int worker, ChunkPool.Frame own, Matrix x) {
    if (!rounds) {
      return x;
    }
    Matrix out = spaced(own, x.rows(), x.columns());
    team.calls(worker).convert(1, x, 0, out, 0);
    return rounded(worker, out);
  }

  /** A tensor as an operand; the copy is made by the whole team. */
  public Matrix of(ChunkPool.Frame own, Nd4jTensor x) {
    return rounds ? converted(Matrix.of(x), 1, spaced(own, x.rows(), x.rowSize())) : Matrix.of(x);
  }

  /**
   * What an operation has written to an operand's memory, as the operand: rounded, where that
   * memory takes more digits than the matmuls read.
   */
  public Matrix rounded(int worker, Matrix x) {
    if (rounds && type == NumberType.FLOAT32) {
      team.oneDnn(worker).round(x);
    }
    return x;
  }

  /** The same for numbers that are about to be written to an operand's memory; in place. */
  public float[] rounded(float[] x) {
    if (rounds && type == NumberType.FLOAT32) {
      for (int i = 0; i < x.length; i++) {
        x[i] = Bfloat16.toFloat(Bfloat16.of(x[i]));
      }
    }
    return x;
  }

  private Matrix spaced(ChunkPool.Frame own, int rows, int columns) {
    return type == NumberType.FLOAT32
        ? empty(own, rows, columns)
        : own.bfloat16(rows, Math.max(columns, LEAST_STRIDE)).columns(0, columns);
  }

  /** Memory for an operand [rows, columns]. */
  public Matrix empty(ChunkPool.Frame own, int rows, int columns) {
    return type == NumberType.FLOAT32
        ? Matrix.of(own.floats(rows, columns))
        : own.bfloat16(rows, columns);
  }

  /**
   * Columns of x [N, parts*W] apart, as an operand [parts*N, W].
   *
   * @param columns W of the result; the width of a part is a multiple of it, and what is beyond it
   *     goes to further rows: [parts*N*width/W, W]
   */
  public Matrix parts(ChunkPool.Frame own, Nd4jTensor x, int parts, int columns) {
    Matrix out;
    if (team.calls(0).readsColumnsInPlace()) {
      out = converted(Matrix.of(x), parts, empty(own, parts * x.rows(), x.rowSize() / parts));
    } else {
      Nd4jTensor floats = own.floats(parts * x.rows(), x.rowSize() / parts);
      kernels.splitColumns(x, parts, floats);
      out = Matrix.of(floats);
    }
    return out.reshaped(Math.toIntExact(x.size() / columns), columns);
  }

  /** Undoes {@link #parts} for a float32 result: x [parts, N, W] into out [N, parts*W]. */
  public void join(Nd4jTensor x, int parts, Nd4jTensor out) {
    if (!team.calls(0).readsColumnsInPlace()) {
      kernels.joinColumns(x, parts, out);
      return;
    }
    int n = out.rows();
    int width = out.rowSize() / parts;
    Matrix from = Matrix.of(x).reshaped(parts * n, width);
    team.threads()
        .rows(
            n,
            1 + WORTH_A_THREAD / out.rowSize(),
            (worker, first, last) ->
                team.calls(worker)
                    .convert(
                        parts,
                        from.rows(first, last),
                        n * width,
                        Matrix.rows(out, first, last).columns(0, width),
                        width));
  }

  /** The weights of a layer, stored as they may be, as an operand. */
  public Matrix weights(ChunkPool.Frame own, Matrix w) {
    if (w.type() == NumberType.BFLOAT16) {
      return type == NumberType.BFLOAT16 ? w : widened(own, w);
    }
    if (!rounds) {
      return w;
    }
    if (!w.block().isOwned()) {
      return converted(w, 1, empty(own, w.rows(), w.columns()));
    }
    return new Matrix(rounded(w.block()), w.offset(), w.rows(), w.columns(), w.stride(), type);
  }

  private Matrix widened(ChunkPool.Frame own, Matrix w) {
    Matrix out = empty(own, w.rows(), w.columns());
    team.threads()
        .rows(
            w.rows(),
            1 + WORTH_A_THREAD / w.columns(),
            (worker, from, to) -> team.oneDnn(worker).widen(w.rows(from, to), out.rows(from, to)));
    return out;
  }

  /** A rounded copy of a block, in the operands' memory; up to date. */
  private Block rounded(Block block) {
    Copy copy =
        copies.computeIfAbsent(
            block, b -> new Copy(b.companion((b.length() * type.bytes() + 3) / Float.BYTES)));
    if (copy.version != block.version()) {
      round(block, copy.numbers);
      copy.version = block.version();
    }
    return copy.numbers;
  }

  private static final class Copy {
    private final Block numbers;
    private long version = -1;

    Copy(Block numbers) {
      this.numbers = numbers;
    }
  }

  private Matrix converted(Matrix x, int parts, Matrix out) {
    int width = x.columns() / parts;
    int n = x.rows();
    team.threads()
        .rows(
            n,
            1 + WORTH_A_THREAD / x.columns(),
            (worker, from, to) -> {
              team.calls(worker)
                  .convert(
                      parts,
                      x.rows(from, to).columns(0, width),
                      width,
                      out.rows(from, to),
                      n * width);
              for (int part = 0; part < parts; part++) {
                rounded(worker, out.rows(part * n + from, part * n + to));
              }
            });
    return out;
  }

  private void round(Block from, Block to) {
    int pieces = Math.toIntExact((from.length() + PIECE - 1) / PIECE);
    team.threads()
        .rows(
            pieces,
            1,
            (worker, first, last) -> {
              for (int piece = first; piece < last; piece++) {
                long start = piece * PIECE;
                int count = (int) Math.min(PIECE, from.length() - start);
                Matrix out = new Matrix(to, start, 1, count, count, type);
                team.calls(worker)
                    .convert(
                        1, new Matrix(from, start, 1, count, count, NumberType.FLOAT32), 0, out, 0);
                rounded(worker, out);
              }
            });
  }
}
