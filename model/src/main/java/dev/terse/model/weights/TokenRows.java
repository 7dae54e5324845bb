package dev.terse.model.weights;

import dev.terse.engine.Engine;
import dev.terse.engine.Tensor;

/** Rows of an embedding or head table [V, C] for tokens that are added to a trained model. */
public final class TokenRows {

  private TokenRows() {}

  /**
   * The table itself if it has {@code rows} rows, else a longer copy with zeros below, and the
   * table is closed.
   */
  public static Tensor atLeast(Engine engine, Tensor table, int rows) {
    if (table.rows() >= rows) {
      return table;
    }
    Tensor longer = engine.allocate(rows, table.rowSize());
    engine.copy(table, longer.rowsView(0, table.rows()));
    table.close();
    return longer;
  }

  /** Overwrites row {@code id} by the mean of rows 0 (inclusive) to id (exclusive). */
  public static void setToMean(Tensor table, int id) {
    int channels = table.rowSize();
    double[] sum = new double[channels];
    float[] row = new float[channels];
    for (int r = 0; r < id; r++) {
      table.read((long) r * channels, row, 0, channels);
      for (int c = 0; c < channels; c++) {
        sum[c] += row[c];
      }
    }
    for (int c = 0; c < channels; c++) {
      row[c] = (float) (sum[c] / id);
    }
    table.write((long) id * channels, row, 0, channels);
  }
}
