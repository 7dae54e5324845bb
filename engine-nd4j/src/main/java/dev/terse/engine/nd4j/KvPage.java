package dev.terse.engine.nd4j;

/**
 * Keys and values of consecutive positions of one layer, on the heap. Keys lie transposed, [K, D,
 * capacity], values as they come, [K, capacity, D]: so the inner loops of both products run over
 * neighbouring floats and none of them is a reduction, which Java would not vectorise.
 */
final class KvPage {
  private final int kvHeads;
  private final int dim;
  private final int capacity;
  private final float[] keys;
  private final float[] values;
  private int length;

  KvPage(int kvHeads, int dim, int capacity) {
    this.kvHeads = kvHeads;
    this.dim = dim;
    this.capacity = capacity;
    this.keys = new float[kvHeads * dim * capacity];
    this.values = new float[kvHeads * dim * capacity];
  }

  int length() {
    return length;
  }

  boolean isFull() {
    return length == capacity;
  }

  /** Adds one position: {@code k} and {@code v} hold [K*D] from {@code at} on. */
  void append(float[] k, float[] v, int at) {
    for (int head = 0; head < kvHeads; head++) {
      for (int d = 0; d < dim; d++) {
        keys[(head * dim + d) * capacity + length] = k[at + head * dim + d];
      }
      System.arraycopy(v, at + head * dim, values, (head * capacity + length) * dim, dim);
    }
    length++;
  }

  /**
   * {@code scores[to + t] += Σ_d query[d] * key[t][d]} for all positions t of this page.
   *
   * @param query [D] from {@code from} on
   */
  void addScores(int head, float[] query, int from, float[] scores, int to) {
    int base = head * dim * capacity;
    int d = 0;
    for (; d + 3 < dim; d += 4) {
      fourColumns(
          keys,
          base + d * capacity,
          capacity,
          query[from + d],
          query[from + d + 1],
          query[from + d + 2],
          query[from + d + 3],
          scores,
          to,
          length);
    }
    for (; d < dim; d++) {
      oneColumn(keys, base + d * capacity, query[from + d], scores, to, length);
    }
  }

  /** {@code out[to + d] += Σ_t weights[from + t] * value[t][d]} over the positions of this page. */
  void addValues(int head, float[] weights, int from, float[] out, int to) {
    int base = head * capacity * dim;
    int t = 0;
    for (; t + 3 < length; t += 4) {
      fourColumns(
          values,
          base + t * dim,
          dim,
          weights[from + t],
          weights[from + t + 1],
          weights[from + t + 2],
          weights[from + t + 3],
          out,
          to,
          dim);
    }
    for (; t < length; t++) {
      oneColumn(values, base + t * dim, weights[from + t], out, to, dim);
    }
  }

  private static void fourColumns(
      float[] x,
      int at,
      int stride,
      float a,
      float b,
      float c,
      float d,
      float[] out,
      int to,
      int count) {
    int at1 = at + stride;
    int at2 = at1 + stride;
    int at3 = at2 + stride;
    for (int i = 0; i < count; i++) {
      out[to + i] += a * x[at + i] + b * x[at1 + i] + c * x[at2 + i] + d * x[at3 + i];
    }
  }

  private static void oneColumn(float[] x, int at, float a, float[] out, int to, int count) {
    for (int i = 0; i < count; i++) {
      out[to + i] += a * x[at + i];
    }
  }
}
