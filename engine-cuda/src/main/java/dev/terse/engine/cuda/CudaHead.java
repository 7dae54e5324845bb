package dev.terse.engine.cuda;

import dev.terse.engine.HeadRows;
import dev.terse.engine.LogProbGradient;
import dev.terse.engine.TableGradient;
import dev.terse.engine.TokenScores;
import dev.terse.engine.cuda.Product.Operand;
import java.util.Arrays;

/**
 * The output head by chunks of rows: a chunk's logits [R, V] exist, scored and then turned into
 * their own gradient, and make room for the next chunk's.
 */
final class CudaHead {
  private final Device device;
  private final RowKernels kernels;
  private final Operands operands;
  private final long scratchBytes;

  /**
   * @param scratchBytes what the logits of a chunk may take, if one row does not take more
   */
  CudaHead(Device device, RowKernels kernels, Operands operands, long scratchBytes) {
    this.device = device;
    this.kernels = kernels;
    this.operands = operands;
    this.scratchBytes = scratchBytes;
  }

  TokenScores scores(CudaTensor hidden, CudaTensor head, HeadRows rows, double temperature) {
    return run(hidden, head, rows, temperature, (chunk, from, logProbs) -> {});
  }

  /** Overwrites dHidden and adds to dHead. */
  TokenScores scores(
      CudaTensor hidden,
      CudaTensor head,
      HeadRows rows,
      double temperature,
      LogProbGradient loss,
      CudaTensor dHidden,
      TableGradient dHead) {
    device.clear(dHidden.address(), dHidden.byteSize());
    return run(
        hidden,
        head,
        rows,
        temperature,
        (chunk, from, logProbs) -> {
          float[] slopes = new float[chunk.count];
          for (int k = 0; k < chunk.count; k++) {
            if (rows.targets()[from + k] != HeadRows.NO_TARGET) {
              slopes[k] = (float) (loss.of(from + k, logProbs[from + k]) / temperature);
            }
          }
          chunk.backward(slopes, dHidden, dHead);
        });
  }

  /** What is done with a chunk, rows {@code from} on, while its logits are there. */
  private interface ChunkWork {
    void run(Chunk chunk, int from, double[] logProbs);
  }

  private TokenScores run(
      CudaTensor hidden, CudaTensor head, HeadRows rows, double temperature, ChunkWork work) {
    int count = rows.count();
    double[] logProbs = new double[count];
    double[] entropies = new double[count];
    boolean[] isArgMax = new boolean[count];
    int step = (int) Math.max(1, scratchBytes / ((long) head.rows() * Float.BYTES));
    for (int from = 0; from < count; from += step) {
      int to = Math.min(count, from + step);
      try (Scratch scratch = new Scratch(device)) {
        Chunk chunk = new Chunk(scratch, hidden, head, rows, from, to);
        double[] told = chunk.forward(temperature);
        for (int k = from; k < to; k++) {
          logProbs[k] = told[3 * (k - from)];
          entropies[k] = told[3 * (k - from) + 1];
          isArgMax[k] = told[3 * (k - from) + 2] != 0;
        }
        work.run(chunk, from, logProbs);
      }
    }
    return new TokenScores(logProbs, entropies, isArgMax);
  }

  /** Some of the listed rows. */
  private final class Chunk {
    private final Scratch scratch;
    private final int count;
    private final int channels;
    private final int vocabulary;
    private final long rows;
    private final long targets;
    private final Operand hidden;
    private final Operand head;
    private final long logits;
    private final long shift;

    Chunk(Scratch scratch, CudaTensor all, CudaTensor head, HeadRows listed, int from, int to) {
      this.scratch = scratch;
      this.count = to - from;
      this.channels = head.rowSize();
      this.vocabulary = head.rows();
      this.rows = scratch.of(Arrays.copyOfRange(listed.rows(), from, to));
      this.targets = scratch.of(Arrays.copyOfRange(listed.targets(), from, to));
      this.head = operands.of(head, scratch);
      this.logits = scratch.floats((long) count * vocabulary);
      this.shift = scratch.floats(2L * count);
      long gathered = scratch.floats((long) count * channels);
      kernels.gather(all, rows, count, gathered);
      this.hidden = operands.of(gathered, count, channels, scratch);
    }

    /** Of each row its log-probability, entropy, and 1 if the target is the likeliest. */
    double[] forward(double temperature) {
      Operand out = new Operand(logits, count, vocabulary);
      device.multiply(new Product(hidden, head.transpose(), out, 1 / temperature, 0));
      long scores = scratch.doubles(3L * count);
      kernels.rows(
          "headScores",
          count,
          vocabulary,
          new Arguments()
              .address(logits)
              .address(targets)
              .address(scores)
              .address(shift)
              .integer(vocabulary));
      return scratch.doublesAt(scores, 3 * count);
    }

    /**
     * @param slopes derivatives by each row's log-probability over the temperature
     */
    void backward(float[] slopes, CudaTensor dHidden, TableGradient dHead) {
      kernels.rows(
          "headGradient",
          count,
          vocabulary,
          new Arguments()
              .address(logits)
              .address(targets)
              .address(scratch.of(slopes))
              .address(shift)
              .integer(vocabulary));
      Operand dLogits = operands.of(logits, count, vocabulary, scratch);
      if (dHead.isWhole()) {
        addToHead(dLogits, dHead);
      } else if (dHead.sums() != null) {
        int wanted = dHead.ids().length;
        long columns = scratch.floats((long) count * wanted);
        kernels.gatherColumns(logits, count, vocabulary, scratch.of(dHead.ids()), wanted, columns);
        addToHead(operands.of(columns, count, wanted, scratch), dHead);
      }
      long slopesOfHidden = scratch.floats((long) count * channels);
      device.multiply(
          new Product(dLogits, head, new Operand(slopesOfHidden, count, channels), 1, 0));
      kernels.scatter(slopesOfHidden, rows, count, dHidden);
    }

    private void addToHead(Operand dLogits, TableGradient dHead) {
      Operand sums = Operand.of(CudaTensor.written(dHead.sums()));
      device.multiply(new Product(dLogits.transpose(), hidden, sums, 1, 1));
    }
  }
}
