package dev.terse.engine.nd4j;

import dev.terse.engine.AdamW;
import dev.terse.engine.AttentionShape;
import dev.terse.engine.DropoutMask;
import dev.terse.engine.KvCache;
import dev.terse.engine.Rotary;
import dev.terse.engine.Tensor;
import java.util.Arrays;

/**
 * Row kernels in plain Java. Native memory is copied to small heap arrays in bulk (they stay in the
 * cache), worked on in loops that the compiler turns into vector code, and copied back.
 */
final class HeapKernels implements RowKernels {
  /** Floats of one heap piece (64 KB); whole blocks of 8-bit numbers. */
  private static final int PIECE = 1 << 14;

  /** Floats a thread must have to do before a second one is woken. */
  private static final int WORTH_A_THREAD = 1 << 14;

  private static final float[] ZEROS = new float[PIECE];

  private static final float[] NEVER = new float[1 << 12];

  static {
    Arrays.fill(NEVER, Float.NEGATIVE_INFINITY);
  }

  private final Crew crew;
  private RotaryTable angles;

  HeapKernels(Crew crew) {
    this.crew = crew;
  }

  @Override
  public void copy(Nd4jTensor from, Nd4jTensor to) {
    pieces(
        from.size(), (worker, start, count) -> to.write(start, read(from, start, count), 0, count));
  }

  @Override
  public void clear(Nd4jTensor t) {
    pieces(t.size(), (worker, start, count) -> t.write(start, ZEROS, 0, count));
  }

  @Override
  public void add(Nd4jTensor x, double factor, Nd4jTensor to) {
    float scale = (float) factor;
    pieces(
        x.size(),
        (worker, from, count) -> {
          float[] a = read(x, from, count);
          float[] b = read(to, from, count);
          for (int i = 0; i < count; i++) {
            b[i] += scale * a[i];
          }
          to.write(from, b, 0, count);
        });
  }

  @Override
  public void addBias(Nd4jTensor out, Nd4jTensor bias) {
    float[] b = bias.toFloats();
    int width = b.length;
    rows(
        out.rows(),
        width,
        (worker, from, count) -> {
          float[] row = new float[width];
          for (int r = from; r < from + count; r++) {
            out.read((long) r * width, row, 0, width);
            for (int i = 0; i < width; i++) {
              row[i] += b[i];
            }
            out.write((long) r * width, row, 0, width);
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
          float[] row = new float[width];
          for (int r = from; r < from + count; r++) {
            dy.read((long) r * width, row, 0, width);
            for (int i = 0; i < width; i++) {
              sum[i] += row[i];
            }
          }
        });
    addSums(sums, dBias);
  }

  @Override
  public void scaleColumns(Nd4jTensor x, Nd4jTensor scale, Nd4jTensor bias, Nd4jTensor out) {
    float[] factors = scale.toFloats();
    int width = factors.length;
    float[] shifts = bias == null ? new float[width] : bias.toFloats();
    rows(
        x.rows(),
        width,
        (worker, from, count) -> {
          float[] row = new float[width];
          for (int r = from; r < from + count; r++) {
            x.read((long) r * width, row, 0, width);
            for (int c = 0; c < width; c++) {
              row[c] = row[c] * factors[c] + shifts[c];
            }
            out.write((long) r * width, row, 0, width);
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
          float[] a = new float[width];
          float[] b = new float[width];
          for (int r = from; r < from + count; r++) {
            x.read((long) r * width, a, 0, width);
            y.read((long) r * width, b, 0, width);
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
          float[] row = new float[width];
          DropoutMask mask = new DropoutMask(rate, width);
          for (int r = from; r < from + count; r++) {
            x.read((long) r * width, row, 0, width);
            float[] factors = mask.factors(rowSeeds[r]);
            for (int c = 0; c < width; c++) {
              row[c] *= factors[c];
            }
            out.write((long) r * width, row, 0, width);
          }
        });
  }

  @Override
  public void gather(Nd4jTensor table, int[] ids, Nd4jTensor out) {
    int width = table.rowSize();
    crew.workers()
        .rows(
            ids.length,
            1 + WORTH_A_THREAD / width,
            (worker, from, to) -> {
              float[] row = new float[width];
              for (int i = from; i < to; i++) {
                table.read((long) ids[i] * width, row, 0, width);
                out.write((long) i * width, row, 0, width);
              }
            });
  }

  @Override
  public void scatterAdd(int[] ids, Nd4jTensor x, Nd4jTensor table) {
    int width = table.rowSize();
    // Members own rows of the table, so that equal ids are added by one of them, in rising i.
    crew.workers()
        .all(
            worker -> {
              float[] sum = new float[width];
              float[] row = new float[width];
              for (int i = 0; i < ids.length; i++) {
                if (ids[i] % crew.count() == worker) {
                  table.read((long) ids[i] * width, sum, 0, width);
                  x.read((long) i * width, row, 0, width);
                  for (int c = 0; c < width; c++) {
                    sum[c] += row[c];
                  }
                  table.write((long) ids[i] * width, sum, 0, width);
                }
              }
            });
  }

  @Override
  public void rmsNorm(Nd4jTensor x, Nd4jTensor w, double eps, Nd4jTensor y) {
    float[] weight = w.toFloats();
    int width = weight.length;
    crew.workers()
        .rows(
            x.rows(),
            1 + WORTH_A_THREAD / width,
            (worker, from, to) -> {
              float[] row = new float[width];
              for (int r = from; r < to; r++) {
                x.read((long) r * width, row, 0, width);
                HeapRmsNorm.forward(row, weight, eps);
                y.write((long) r * width, row, 0, width);
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
      boolean adds,
      Nd4jTensor dw) {
    float[] weight = w.toFloats();
    int width = weight.length;
    float[][] sums = sums(width);
    crew.workers()
        .rows(
            x.rows(),
            1 + WORTH_A_THREAD / width,
            (worker, from, to) -> {
              float[] row = new float[width];
              float[] slope = new float[width];
              float[] sum = new float[width];
              for (int r = from; r < to; r++) {
                x.read((long) r * width, row, 0, width);
                dy.read((long) r * width, slope, 0, width);
                HeapRmsNorm.backward(row, weight, eps, slope, sums[worker]);
                if (adds) {
                  dx.read((long) r * width, sum, 0, width);
                  for (int i = 0; i < width; i++) {
                    slope[i] += sum[i];
                  }
                }
                dx.write((long) r * width, slope, 0, width);
              }
            });
    addSums(sums, dw);
  }

  @Override
  public void rope(Nd4jTensor x, int[] positions, Rotary rotary, boolean inverse) {
    if (angles == null || !angles.serves(positions, rotary)) {
      angles = RotaryTable.of(positions, rotary);
    }
    RotaryTable table = angles;
    int width = x.rowSize();
    int heads = width / rotary.headDim();
    rows(
        x.rows(),
        width,
        (worker, from, count) -> {
          float[] values = readRows(x, from, count);
          HeapRope.turn(values, heads, table, from, from + count, inverse ? -1 : 1);
          writeRows(x, from, values, count);
        });
  }

  @Override
  public void swiglu(Nd4jTensor gate, Nd4jTensor up, Nd4jTensor out) {
    pieces(
        gate.size(),
        (worker, from, count) -> {
          float[] g = read(gate, from, count);
          HeapSwiGlu.forward(g, read(up, from, count), g, count);
          out.write(from, g, 0, count);
        });
  }

  @Override
  public void swigluBackward(
      Nd4jTensor gate, Nd4jTensor up, Nd4jTensor dOut, Nd4jTensor dGate, Nd4jTensor dUp) {
    pieces(
        gate.size(),
        (worker, from, count) -> {
          float[] g = read(gate, from, count);
          float[] u = read(up, from, count);
          HeapSwiGlu.backward(g, u, read(dOut, from, count), g, u, count);
          dGate.write(from, g, 0, count);
          dUp.write(from, u, 0, count);
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
          float[] values = readRows(x, from, count);
          float[] part = new float[count * width];
          for (int p = 0; p < parts; p++) {
            for (int r = 0; r < count; r++) {
              System.arraycopy(values, r * wide + p * width, part, r * width, width);
            }
            out.write(((long) p * n + from) * width, part, 0, part.length);
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
          float[] values = new float[count * wide];
          float[] part = new float[count * width];
          for (int p = 0; p < parts; p++) {
            x.read(((long) p * n + from) * width, part, 0, part.length);
            for (int r = 0; r < count; r++) {
              System.arraycopy(part, r * width, values, r * wide + p * width, width);
            }
          }
          writeRows(out, from, values, count);
        });
  }

  @Override
  public void maskFuture(Nd4jTensor scores, int queries, int group) {
    int keys = scores.rowSize();
    for (int n = 0; n < queries; n++) {
      int hidden = queries - 1 - n;
      for (int h = 0; h < group && hidden > 0; h++) {
        scores.write((long) (n * group + h + 1) * keys - hidden, NEVER, 0, hidden);
      }
    }
  }

  @Override
  public KvCache kvCache(int layers, AttentionShape shape, int maxNewTokens) {
    return new HostKvCache(crew, layers, shape, maxNewTokens);
  }

  @Override
  public void adamW(AdamW update, Nd4jTensor weight, Nd4jTensor gradient, Tensor m, Tensor v) {
    HeapAdamW piece = new HeapAdamW(update, weight, gradient, m, v);
    pieces(weight.size(), (worker, from, count) -> piece.update(from, count));
  }

  @Override
  public double sumOfSquares(Nd4jTensor t) {
    double[] sums = new double[Math.toIntExact((t.size() + PIECE - 1) / PIECE)];
    pieces(
        t.size(),
        (worker, from, count) ->
            sums[(int) (from / PIECE)] = Sums.squares(read(t, from, count), 0, count));
    double sum = 0;
    for (double piece : sums) {
      sum += piece;
    }
    return sum;
  }

  // Pieces ----------------------------------------------------------------------------------------

  /** Work on elements {@code from} to {@code from + count}. */
  private interface Piece {
    void run(int worker, long from, int count);
  }

  /** Work on rows {@code from} to {@code from + count}. */
  private interface Rows {
    void run(int worker, int from, int count);
  }

  /** Elements in pieces of {@value #PIECE}, aligned to it whatever the number of threads. */
  private void pieces(long size, Piece piece) {
    int count = Math.toIntExact((size + PIECE - 1) / PIECE);
    crew.workers()
        .rows(
            count,
            1,
            (worker, from, to) -> {
              for (int i = from; i < to; i++) {
                long start = (long) i * PIECE;
                piece.run(worker, start, (int) Math.min(PIECE, size - start));
              }
            });
  }

  private void rows(int rows, int width, Rows work) {
    int step = Math.max(1, PIECE / width);
    crew.workers()
        .rows(
            rows,
            1 + WORTH_A_THREAD / width,
            (worker, from, to) -> {
              for (int at = from; at < to; at += step) {
                work.run(worker, at, Math.min(step, to - at));
              }
            });
  }

  private static float[] read(Nd4jTensor t, long from, int count) {
    float[] out = new float[count];
    t.read(from, out, 0, count);
    return out;
  }

  private static float[] readRows(Nd4jTensor t, int from, int count) {
    int width = t.rowSize();
    return read(t, (long) from * width, count * width);
  }

  private static void writeRows(Nd4jTensor t, int from, float[] values, int count) {
    int width = t.rowSize();
    t.write((long) from * width, values, 0, count * width);
  }

  private float[][] sums(int width) {
    return new float[crew.count()][width];
  }

  private static void addSums(float[][] sums, Nd4jTensor to) {
    float[] total = to.toFloats();
    for (float[] sum : sums) {
      for (int i = 0; i < total.length; i++) {
        total[i] += sum[i];
      }
    }
    to.setFloats(total);
  }
}
