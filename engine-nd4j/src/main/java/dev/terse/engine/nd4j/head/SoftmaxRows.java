package dev.terse.engine.nd4j.head;

import dev.terse.engine.RowReader;
import dev.terse.engine.nd4j.calls.ThreadTeam;
import dev.terse.engine.nd4j.memory.ChunkPool;
import dev.terse.engine.nd4j.memory.Matrix;
import dev.terse.engine.nd4j.memory.Nd4jTensor;

/** Softmax of wide rows, each read while it is in the cache of the thread that computed it. */
public final class SoftmaxRows {
  private final ThreadTeam team;
  private final float[][] buffers;

  public SoftmaxRows(ThreadTeam team) {
    this.team = team;
    this.buffers = new float[team.count()][0];
  }

  /**
   * @param x [R, V]
   */
  public void read(Nd4jTensor x, double factor, RowReader reader) {
    team.threads()
        .rows(
            x.rows(),
            1,
            (worker, from, to) -> {
              for (int r = from; r < to; r++) {
                reader.read(r, softmax(worker, x, r, (float) factor));
              }
            });
  }

  private float[] softmax(int worker, Nd4jTensor x, int r, float factor) {
    int width = x.rowSize();
    if (buffers[worker].length != width) {
      buffers[worker] = new float[width];
    }
    float[] row = buffers[worker];
    try (ChunkPool.Frame scratch = team.scratch(worker)) {
      Nd4jTensor p = scratch.floats(1, width);
      Matrix scores = Matrix.rows(x, r, r + 1);
      if (factor != 1) {
        x.read((long) r * width, row, 0, width);
        for (int i = 0; i < width; i++) {
          row[i] *= factor;
        }
        p.store(0, row, 0, width);
        scores = Matrix.of(p);
      }
      team.calls(worker).softmax(scores, Matrix.of(p));
      p.read(0, row, 0, width);
    }
    return row;
  }
}
