package dev.terse.engine.reference;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.Qkv;
import dev.terse.engine.Segments;
import java.util.Arrays;
import java.util.List;

/**
 * Grouped-query attention of one query row at a time: {@code p = softmax(scale q·k)}, {@code out =
 * Σ p v}. Training and decoding share {@link #query}, so both have the same bits.
 */
record Attention(Qkv<HeapTensor> in, Segments segments, AttentionShape shape) {

  /** Rows that a segment's tokens see, and copies of their keys and values, each [K*D]. */
  private record Seen(int[] rows, List<double[]> keys, List<double[]> values) {

    /** What its {@code count} first tokens see. */
    Seen first(int count) {
      return new Seen(rows, keys.subList(0, count), values);
    }
  }

  private Seen seen(int segment) {
    int[] rows = segments.seenRows(segment);
    return new Seen(rows, rows(in.k(), rows), rows(in.v(), rows));
  }

  void forward(HeapTensor out) {
    for (int s = 0; s < segments.count(); s++) {
      Seen seen = seen(s);
      for (int i = segments.prefixLength(s); i < seen.rows.length; i++) {
        int row = seen.rows[i];
        out.setRow(row, query(in.q().row(row), seen.keys.subList(0, i + 1), seen.values, shape));
      }
    }
  }

  /**
   * What one query row [H*D] reads from its keys and as many values, each [K*D].
   *
   * @return [H*D]
   */
  static double[] query(
      double[] q, List<double[]> keys, List<double[]> values, AttentionShape shape) {
    double[] out = new double[q.length];
    for (int h = 0; h < shape.heads(); h++) {
      int at = h * shape.headDim();
      int kvAt = h / shape.group() * shape.headDim();
      double[] p = probabilities(q, keys, h, shape);
      for (int j = 0; j < p.length; j++) {
        double[] v = values.get(j);
        for (int d = 0; d < shape.headDim(); d++) {
          out[at + d] += p[j] * v[kvAt + d];
        }
      }
    }
    return out;
  }

  /** Adds to the gradients. */
  void backward(HeapTensor dOut, Qkv<HeapTensor> gradients) {
    for (int s = 0; s < segments.count(); s++) {
      Seen seen = seen(s);
      for (int i = segments.prefixLength(s); i < seen.rows.length; i++) {
        for (int h = 0; h < shape.heads(); h++) {
          backwardOfHead(seen.first(i + 1), seen.rows[i], h, dOut, gradients);
        }
      }
    }
  }

  // With dp_j = Σ_d dOut·v_j:  ds_j = p_j (dp_j - Σ p dp) scale,  dq = Σ ds_j k_j,  dk_j = ds_j q,
  // dv_j = p_j dOut.
  private void backwardOfHead(
      Seen seen, int row, int h, HeapTensor dOut, Qkv<HeapTensor> gradients) {
    int dim = shape.headDim();
    int at = h * dim;
    int kvAt = h / shape.group() * dim;
    double[] query = in.q().row(row);
    double[] dRow = dOut.row(row);
    double[] p = probabilities(query, seen.keys, h, shape);
    double[] dp = new double[p.length];
    double mean = 0;
    for (int j = 0; j < p.length; j++) {
      dp[j] = dot(dRow, at, seen.values.get(j), kvAt, dim);
      mean += p[j] * dp[j];
    }
    for (int j = 0; j < p.length; j++) {
      double ds = p[j] * (dp[j] - mean) * shape.scale();
      for (int d = 0; d < dim; d++) {
        gradients.q().add(row, at + d, ds * seen.keys.get(j)[kvAt + d]);
        gradients.k().add(seen.rows[j], kvAt + d, ds * query[at + d]);
        gradients.v().add(seen.rows[j], kvAt + d, p[j] * dRow[at + d]);
      }
    }
  }

  private static double[] probabilities(
      double[] q, List<double[]> keys, int h, AttentionShape shape) {
    int dim = shape.headDim();
    double[] p = new double[keys.size()];
    for (int j = 0; j < p.length; j++) {
      p[j] = shape.scale() * dot(q, h * dim, keys.get(j), h / shape.group() * dim, dim);
    }
    Softmax.inPlace(p);
    return p;
  }

  private static double dot(double[] a, int aAt, double[] b, int bAt, int length) {
    double sum = 0;
    for (int d = 0; d < length; d++) {
      sum += a[aAt + d] * b[bAt + d];
    }
    return sum;
  }

  /** Copies of some rows. */
  static List<double[]> rows(HeapTensor tensor, int[] indices) {
    return Arrays.stream(indices).mapToObj(tensor::row).toList();
  }
}
