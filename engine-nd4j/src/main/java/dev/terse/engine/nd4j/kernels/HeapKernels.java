package dev.terse.engine.nd4j.kernels;

import dev.terse.engine.AdamW;
import dev.terse.engine.DropoutMask;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.Rotary;
import dev.terse.engine.Tensor;
import dev.terse.engine.nd4j.calls.Sums;
import dev.terse.engine.nd4j.calls.ThreadTeam;
import dev.terse.engine.nd4j.memory.Nd4jTensor;
import dev.terse.engine.numbers.DynamicMap;
import dev.terse.engine.spi.Turn;
import java.util.Arrays;

/**
 * Row kernels in plain Java. Native memory is copied to small heap arrays in bulk (they stay in the
 * cache), worked on in loops that the compiler turns into vector code, and copied back.
 */
public final class HeapKernels implements RowKernels {
  /**
   * Floats of one piece (1 KB), one block of 8-bit numbers. So small that the processor fetches the
   * next piece while it still works on this one: with pieces of 2 KB and more a core moves half as
   * many bytes.
   */
  private static final int PIECE = DynamicMap.BLOCK;

  /** Elements whose squares are added up in float32 before they are widened. */
  private static final int SQUARES = 1 << 16;

  /** Above it, squares that vanished in float32 (each below 1e-45) do not count. */
  private static final double SAFE_SQUARES = 1e-25;

  /** Floats a thread must have to do before a second one is woken. */
  private static final int WORTH_A_THREAD = 1 << 14;

  private static final float[] ZEROS = new float[PIECE];

  private static final float[] NEVER = new float[1 << 12];

  static {
    Arrays.fill(NEVER, Float.NEGATIVE_INFINITY);
  }

  private final ThreadTeam team;
  private final HeapBuffers[] buffers;
  private RotaryTable angles;

  public HeapKernels(ThreadTeam team) {
    this.team = team;
    this.buffers = new HeapBuffers[team.count()];
    Arrays.setAll(buffers, worker -> new HeapBuffers());
  }

  @Override
  public void copy(Nd4jTensor from, Nd4jTensor to) {
    pieces(
        from.size(),
        (worker, start, count) ->
            to.store(start, buffers[worker].read(0, from, start, count), 0, count));
  }

  @Override
  public void clear(Nd4jTensor t) {
    pieces(t.size(), (worker, start, count) -> t.store(start, ZEROS, 0, count));
  }

  @Override
  public void add(Nd4jTensor x, double factor, Nd4jTensor to) {
    float scale = (float) factor;
    pieces(
        x.size(),
        (worker, from, count) -> {
          float[] a = buffers[worker].read(0, x, from, count);
          float[] b = buffers[worker].read(1, to, from, count);
          for (int i = 0; i < count; i++) {
            b[i] += scale * a[i];
          }
          to.store(from, b, 0, count);
        });
  }

  @Override
  public void addBias(Nd4jTensor out, Nd4jTensor bias) {
    int width = out.rowSize();
    rows(
        out.rows(),
        width,
        (worker, from, count) -> {
          float[] b = buffers[worker].read(0, bias, 0, width);
          for (int r = from; r < from + count; r++) {
            float[] row = buffers[worker].read(1, out, (long) r * width, width);
            for (int i = 0; i < width; i++) {
              row[i] += b[i];
            }
            out.store((long) r * width, row, 0, width);
          }
        });
  }

  @Override
  public void addColumnSums(Nd4jTensor dy, Nd4jTensor dBias) {
    int width = dy.rowSize();
    float[][] sums = sums(width);
    rows(
        dy.rows(),
        width,
        (worker, from, count) -> {
          float[] sum = sums[worker];
          for (int r = from; r < from + count; r++) {
            float[] row = buffers[worker].read(0, dy, (long) r * width, width);
            for (int i = 0; i < width; i++) {
              sum[i] += row[i];
            }
          }
        });
    addSums(sums, dBias);
  }

  @Override
  public void scaleColumns(Nd4jTensor x, Nd4jTensor scale, Nd4jTensor bias, Nd4jTensor out) {
    int width = x.rowSize();
    rows(
        x.rows(),
        width,
        (worker, from, count) -> {
          HeapBuffers own = buffers[worker];
          float[] factors = own.read(0, scale, 0, width);
          float[] shifts = bias == null ? own.zeros(1, width) : own.read(1, bias, 0, width);
          for (int r = from; r < from + count; r++) {
            float[] row = own.read(2, x, (long) r * width, width);
            for (int c = 0; c < width; c++) {
              row[c] = row[c] * factors[c] + shifts[c];
            }
            out.store((long) r * width, row, 0, width);
          }
        });
  }

  @Override
  public void addColumnDots(Nd4jTensor x, Nd4jTensor y, Nd4jTensor sums) {
    int width = x.rowSize();
    float[][] parts = sums(width);
    rows(
        x.rows(),
        width,
        (worker, from, count) -> {
          float[] sum = parts[worker];
          for (int r = from; r < from + count; r++) {
            float[] a = buffers[worker].read(0, x, (long) r * width, width);
            float[] b = buffers[worker].read(1, y, (long) r * width, width);
            for (int c = 0; c < width; c++) {
              sum[c] += a[c] * b[c];
            }
          }
        });
    addSums(parts, sums);
  }

  @Override
  public void dropout(Nd4jTensor x, double rate, long[] rowSeeds, Nd4jTensor out) {
    int width = x.rowSize();
    rows(
        x.rows(),
        width,
        (worker, from, count) -> {
          DropoutMask mask = new DropoutMask(rate, width);
          for (int r = from; r < from + count; r++) {
            float[] row = buffers[worker].read(0, x, (long) r * width, width);
            float[] factors = mask.factors(rowSeeds[r]);
            for (int c = 0; c < width; c++) {
              row[c] *= factors[c];
            }
            out.store((long) r * width, row, 0, width);
          }
        });
  }

  @Override
  public void gather(Nd4jTensor table, int[] ids, Nd4jTensor out) {
    int width = table.rowSize();
    rows(
        ids.length,
        width,
        (worker, from, count) -> {
          for (int i = from; i < from + count; i++) {
            float[] row = buffers[worker].read(0, table, (long) ids[i] * width, width);
            out.store((long) i * width, row, 0, width);
          }
        });
  }

  @Override
  public void scatterAdd(int[] ids, Nd4jTensor x, Nd4jTensor table) {
    int width = table.rowSize();
    // Workers own rows of the table, so that equal ids are added by one of them, in rising i.
    team.threads()
        .all(
            worker -> {
              for (int i = 0; i < ids.length; i++) {
                if (ids[i] % team.count() == worker) {
                  float[] sum = buffers[worker].read(0, table, (long) ids[i] * width, width);
                  float[] row = buffers[worker].read(1, x, (long) i * width, width);
                  for (int c = 0; c < width; c++) {
                    sum[c] += row[c];
                  }
                  table.store((long) ids[i] * width, sum, 0, width);
                }
              }
            });
  }

  @Override
  public void rmsNorm(Nd4jTensor x, Nd4jTensor w, double eps, Nd4jTensor y) {
    int width = x.rowSize();
    rows(
        x.rows(),
        width,
        (worker, from, count) -> {
          float[] weight = buffers[worker].read(0, w, 0, width);
          for (int r = from; r < from + count; r++) {
            float[] row = buffers[worker].read(1, x, (long) r * width, width);
            HeapRmsNorm.forward(row, weight, eps, width);
            y.store((long) r * width, row, 0, width);
          }
        });
  }

  @Override
  public void rmsNormBackward(
      Nd4jTensor x,
      Nd4jTensor w,
      double eps,
      Nd4jTensor dy,
      Nd4jTensor dx,
      Write write,
      Nd4jTensor dw) {
    int width = x.rowSize();
    float[][] sums = sums(width);
    rows(
        x.rows(),
        width,
        (worker, from, count) -> {
          HeapBuffers own = buffers[worker];
          float[] weight = own.read(0, w, 0, width);
          float[] products = own.array(1, width);
          for (int r = from; r < from + count; r++) {
            long at = (long) r * width;
            float[] row = own.read(2, x, at, width);
            float[] d = own.read(3, dy, at, width);
            HeapRmsNorm.backward(row, weight, eps, d, sums[worker], products, width);
            if (write == Write.ADD) {
              float[] sum = own.read(4, dx, at, width);
              for (int i = 0; i < width; i++) {
                d[i] += sum[i];
              }
            }
            dx.store(at, d, 0, width);
          }
        });
    addSums(sums, dw);
  }

  @Override
  public void rope(Nd4jTensor x, int[] positions, Rotary rotary, Turn turn) {
    if (angles == null || !angles.serves(positions, rotary)) {
      angles = RotaryTable.of(positions, rotary);
    }
    RotaryTable table = angles;
    int width = x.rowSize();
    rows(
        x.rows(),
        width,
        (worker, from, count) -> {
          HeapBuffers own = buffers[worker];
          float[] swapped = own.array(1, width);
          float[] cos = own.array(2, width);
          float[] sin = own.array(3, width);
          for (int r = from; r < from + count; r++) {
            float[] row = own.read(0, x, (long) r * width, width);
            table.fill(r, cos, sin, width);
            HeapRope.swapHalves(row, swapped, rotary.headDim() / 2, width);
            HeapRope.turn(row, swapped, cos, sin, turn.sign(), width);
            x.store((long) r * width, row, 0, width);
          }
        });
  }

  @Override
  public void swiglu(Nd4jTensor gate, Nd4jTensor up, Nd4jTensor out) {
    pieces(
        gate.size(),
        (worker, from, count) -> {
          HeapBuffers own = buffers[worker];
          float[] g = own.read(0, gate, from, count);
          float[] sigmoids = own.array(1, count);
          HeapSwiGlu.forward(g, own.read(2, up, from, count), sigmoids, g, count);
          out.store(from, g, 0, count);
        });
  }

  @Override
  public void swigluBackward(
      Nd4jTensor gate, Nd4jTensor up, Nd4jTensor dOut, Nd4jTensor dGate, Nd4jTensor dUp) {
    pieces(
        gate.size(),
        (worker, from, count) -> {
          HeapBuffers own = buffers[worker];
          float[] g = own.read(0, gate, from, count);
          float[] sigmoids = own.array(1, count);
          float[] u = own.read(2, up, from, count);
          HeapSwiGlu.backward(g, u, own.read(3, dOut, from, count), sigmoids, g, u, count);
          dGate.store(from, g, 0, count);
          dUp.store(from, u, 0, count);
        });
  }

  @Override
  public void splitColumns(Nd4jTensor x, int parts, Nd4jTensor out) {
    int n = x.rows();
    int wide = x.rowSize();
    int width = wide / parts;
    rows(
        n,
        wide,
        (worker, from, count) -> {
          for (int r = from; r < from + count; r++) {
            float[] row = buffers[worker].read(0, x, (long) r * wide, wide);
            for (int p = 0; p < parts; p++) {
              out.store(((long) p * n + r) * width, row, p * width, width);
            }
          }
        });
  }

  @Override
  public void joinColumns(Nd4jTensor x, int parts, Nd4jTensor out) {
    int n = out.rows();
    int wide = out.rowSize();
    int width = wide / parts;
    rows(
        n,
        wide,
        (worker, from, count) -> {
          float[] row = buffers[worker].array(0, wide);
          for (int r = from; r < from + count; r++) {
            for (int p = 0; p < parts; p++) {
              x.read(((long) p * n + r) * width, row, p * width, width);
            }
            out.store((long) r * wide, row, 0, wide);
          }
        });
  }

  @Override
  public void maskFuture(Nd4jTensor scores, int queries, int group) {
    int keys = scores.rowSize();
    for (int n = 0; n < queries; n++) {
      int hidden = queries - 1 - n;
      for (int h = 0; h < group && hidden > 0; h++) {
        scores.store((long) (n * group + h + 1) * keys - hidden, NEVER, 0, hidden);
      }
    }
  }

  @Override
  public void adamW(AdamW update, Nd4jTensor weight, Nd4jTensor gradient, Tensor m, Tensor v) {
    HeapAdamW piece = new HeapAdamW(update, weight, gradient, m, v);
    pieces(weight.size(), (worker, from, count) -> piece.update(buffers[worker], from, count));
  }

  @Override
  public double sumOfSquares(Nd4jTensor t) {
    double[] sums = new double[Math.toIntExact((t.size() + SQUARES - 1) / SQUARES)];
    team.threads()
        .rows(
            sums.length,
            1 + WORTH_A_THREAD / SQUARES,
            (worker, from, to) -> {
              for (int i = from; i < to; i++) {
                long start = (long) i * SQUARES;
                sums[i] = squares(buffers[worker], t, start, Math.min(t.size(), start + SQUARES));
              }
            });
    double sum = 0;
    for (double part : sums) {
      sum += part;
    }
    return sum;
  }

  /** Σ x² of elements {@code from} to {@code to}: in columns of float32, then these in double. */
  private static double squares(HeapBuffers own, Nd4jTensor t, long from, long to) {
    float[] columns = own.zeros(1, PIECE);
    for (long at = from; at < to; at += PIECE) {
      int count = (int) Math.min(PIECE, to - at);
      Sums.addSquares(own.read(0, t, at, count), columns, count);
    }
    double sum = Sums.of(columns, PIECE);
    if (sum > SAFE_SQUARES && sum <= Float.MAX_VALUE) {
      return sum;
    }
    // Squares that float32 cannot hold, or no numbers.
    sum = 0;
    for (long at = from; at < to; at += PIECE) {
      int count = (int) Math.min(PIECE, to - at);
      sum += Sums.squares(own.read(0, t, at, count), 0, count);
    }
    return sum;
  }

  // Pieces ----------------------------------------------------------------------------------------

  /** Work on elements {@code from} to {@code from + count}. */
  private interface Piece {
    void run(int worker, long from, int count);
  }

  /** One worker's slice: rows {@code from} to {@code from + count}. */
  private interface Rows {
    void run(int worker, int from, int count);
  }

  /** Elements in pieces of {@value #PIECE}, aligned to it whatever the number of threads. */
  private void pieces(long size, Piece piece) {
    int count = Math.toIntExact((size + PIECE - 1) / PIECE);
    team.threads()
        .rows(
            count,
            WORTH_A_THREAD / PIECE,
            (worker, from, to) -> {
              for (int i = from; i < to; i++) {
                long start = (long) i * PIECE;
                piece.run(worker, start, (int) Math.min(PIECE, size - start));
              }
            });
  }

  private void rows(int rows, int width, Rows work) {
    team.threads()
        .rows(
            rows,
            1 + WORTH_A_THREAD / width,
            (worker, from, to) -> work.run(worker, from, to - from));
  }

  /** Zeros for each worker to sum up in, [team][width or more]. */
  private float[][] sums(int width) {
    float[][] sums = new float[team.count()][];
    for (int worker = 0; worker < sums.length; worker++) {
      sums[worker] = buffers[worker].zeros(HeapBuffers.SUMS, width);
    }
    return sums;
  }

  private void addSums(float[][] sums, Nd4jTensor to) {
    int width = Math.toIntExact(to.size());
    float[] total = buffers[0].read(0, to, 0, width);
    for (float[] sum : sums) {
      for (int i = 0; i < width; i++) {
        total[i] += sum[i];
      }
    }
    to.store(0, total, 0, width);
  }
}
