package dev.terse.engine.nd4j;

import dev.terse.engine.RowReader;

/** Softmax of wide rows, each read while it is in the cache of the thread that computed it. */
final class SoftmaxRows {
  private final Crew crew;
  private final float[][] buffers;

  SoftmaxRows(Crew crew) {
    this.crew = crew;
    this.buffers = new float[crew.count()][0];
  }

  /**
   * @param x [R, V]
   */
  void read(Nd4jTensor x, double factor, RowReader reader) {
    crew.workers()
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
    try (ChunkPool.Frame scratch = crew.scratch(worker)) {
      Nd4jTensor p = scratch.floats(1, width);
      Matrix scores = Matrix.rows(x, r, r + 1);
      if (factor != 1) {
        x.read((long) r * width, row, 0, width);
        for (int i = 0; i < width; i++) {
          row[i] *= factor;
        }
        p.write(0, row, 0, width);
        scores = Matrix.of(p);
      }
      crew.calls(worker).softmax(scores, Matrix.of(p));
      p.read(0, row, 0, width);
    }
    return row;
  }
}
