package dev.terse.engine.cuda;

import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.TableGradient;
import dev.terse.engine.TokenScores;
import dev.terse.engine.cuda.device.Arguments;
import dev.terse.engine.cuda.device.Device;
import dev.terse.engine.cuda.device.Matmul;
import dev.terse.engine.cuda.device.Matmul.Operand;
import dev.terse.engine.cuda.device.Scratch;

/**
 * The output head by chunks of rows: a chunk's logits [R, V] exist, scored and then turned into
 * their own gradient, and give way to the next chunk's.
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

  /**
   * @param backward null where only scores are wanted
   */
  TokenScores scores(
      CudaTensor hidden,
      CudaTensor head,
      HeadRows rows,
      double temperature,
      HeadBackward<CudaTensor> backward) {
    if (backward != null) {
      kernels.clear(backward.dHidden());
    }
    TokenScores scores = new TokenScores(rows.count());
    int step = (int) Math.max(1, scratchBytes / ((long) head.rows() * Float.BYTES));
    for (int from = 0; from < rows.count(); from += step) {
      int to = Math.min(rows.count(), from + step);
      try (Scratch scratch = new Scratch(device)) {
        Chunk chunk = new Chunk(scratch, hidden, head, rows.range(from, to));
        double[] told = chunk.forward(temperature);
        for (int k = from; k < to; k++) {
          int at = 4 * (k - from);
          scores.put(k, told[at], told[at + 1], told[at + 2], told[at + 3] != 0);
        }
        if (backward != null) {
          double[] dLogProbs = backward.ask(rows, scores, from, to, temperature);
          double[] dEntropies = backward.askEntropies(rows, scores, from, to, temperature);
          double[] dMeans = backward.askMeans(rows, scores, from, to, temperature);
          float[] more = new float[3 * (to - from)];
          for (int k = from; k < to; k++) {
            more[3 * (k - from)] = (float) dEntropies[k - from];
            more[3 * (k - from) + 1] = (float) scores.entropies()[k];
            more[3 * (k - from) + 2] = (float) dMeans[k - from];
          }
          chunk.backward(dLogProbs, more, backward);
        }
      }
    }
    return scores;
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

    Chunk(Scratch scratch, CudaTensor all, CudaTensor head, HeadRows listed) {
      this.scratch = scratch;
      this.count = listed.count();
      this.channels = head.rowSize();
      this.vocabulary = head.rows();
      this.rows = scratch.of(listed.rows());
      this.targets = scratch.of(listed.targets());
      this.head = operands.of(head, scratch);
      this.logits = scratch.floats((long) count * vocabulary);
      this.shift = scratch.floats(2L * count);
      long gathered = scratch.floats((long) count * channels);
      kernels.gather(all, rows, count, gathered);
      this.hidden = operands.of(gathered, count, channels, scratch);
    }

    /**
     * Of each row its log-probability, mean of all, entropy, and 1 if the target is the likeliest.
     */
    double[] forward(double temperature) {
      Operand out = new Operand(logits, count, vocabulary);
      device.multiply(new Matmul(hidden, head.transpose(), out, 1 / temperature, 0));
      long scores = scratch.doubles(4L * count);
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
      return scratch.doublesAt(scores, 4 * count);
    }

    /**
     * @param dLogProbs derivatives by each row's log-probability, over the temperature
     * @param more of each row the derivative by its entropy, over the temperature, that entropy,
     *     and the derivative by its mean log-probability, over the temperature
     */
    void backward(double[] dLogProbs, float[] more, HeadBackward<CudaTensor> backward) {
      TableGradient<CudaTensor> dHead = backward.dHead();
      kernels.rows(
          "headGradient",
          count,
          vocabulary,
          new Arguments()
              .address(logits)
              .address(targets)
              .address(scratch.of(floats(dLogProbs)))
              .address(scratch.of(more))
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
      long dRows = scratch.floats((long) count * channels);
      device.multiply(new Matmul(dLogits, head, new Operand(dRows, count, channels), 1, 0));
      kernels.scatter(dRows, rows, count, backward.dHidden());
    }

    private void addToHead(Operand dLogits, TableGradient<CudaTensor> dHead) {
      Operand sums = dHead.sums().operand();
      device.multiply(new Matmul(dLogits.transpose(), hidden, sums, 1, 1));
    }
  }

  private static float[] floats(double[] values) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) values[i];
    }
    return out;
  }
}
