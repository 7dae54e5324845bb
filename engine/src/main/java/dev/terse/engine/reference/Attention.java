package dev.terse.engine.reference;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.Segments;
import java.util.Arrays;
import java.util.List;

/**
 * Grouped-query attention of one query row at a time: {@code p = softmax(scale q·k)}, {@code out =
 * Σ p v}. Training and decoding share {@link #query}, so both have the same bits.
 */
final class Attention {
  private Attention() {}

  static void forward(
      HeapTensor q,
      HeapTensor k,
      HeapTensor v,
      Segments segments,
      AttentionShape shape,
      HeapTensor out) {
    for (int s = 0; s < segments.count(); s++) {
      int[] seen = segments.seenRows(s);
      List<double[]> keys = rows(k, seen);
      List<double[]> values = rows(v, seen);
      for (int i = segments.prefixLength(s); i < keys.size(); i++) {
        int row = seen[i];
        out.setRow(row, query(q.row(row), keys.subList(0, i + 1), values, shape));
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
      double[] p = probabilities(q, at, keys, kvAt, shape);
      for (int j = 0; j < p.length; j++) {
        double[] v = values.get(j);
        for (int d = 0; d < shape.headDim(); d++) {
          out[at + d] += p[j] * v[kvAt + d];
        }
      }
    }
    return out;
  }

  /** Adds to dq, dk and dv. */
  static void backward(
      HeapTensor q,
      HeapTensor k,
      HeapTensor v,
      Segments segments,
      AttentionShape shape,
      HeapTensor dOut,
      HeapTensor dq,
      HeapTensor dk,
      HeapTensor dv) {
    for (int s = 0; s < segments.count(); s++) {
      int[] seen = segments.seenRows(s);
      List<double[]> keys = rows(k, seen);
      List<double[]> values = rows(v, seen);
      for (int i = segments.prefixLength(s); i < keys.size(); i++) {
        int row = seen[i];
        for (int h = 0; h < shape.heads(); h++) {
          backwardOfHead(q, keys.subList(0, i + 1), values, seen, row, h, shape, dOut, dq, dk, dv);
        }
      }
    }
  }

  // With P = Σ_d dOut·v:  ds_j = p_j (P_j - Σ p P) scale,  dq = Σ ds_j k_j,  dk_j = ds_j q,
  // dv_j = p_j dOut.
  private static void backwardOfHead(
      HeapTensor q,
      List<double[]> keys,
      List<double[]> values,
      int[] seen,
      int row,
      int h,
      AttentionShape shape,
      HeapTensor dOut,
      HeapTensor dq,
      HeapTensor dk,
      HeapTensor dv) {
    int dim = shape.headDim();
    int at = h * dim;
    int kvAt = h / shape.group() * dim;
    double[] query = q.row(row);
    double[] slope = dOut.row(row);
    double[] p = probabilities(query, at, keys, kvAt, shape);
    double[] dp = new double[p.length];
    double mean = 0;
    for (int j = 0; j < p.length; j++) {
      dp[j] = dot(slope, at, values.get(j), kvAt, dim);
      mean += p[j] * dp[j];
    }
    for (int j = 0; j < p.length; j++) {
      double ds = p[j] * (dp[j] - mean) * shape.scale();
      for (int d = 0; d < dim; d++) {
        dq.add(row, at + d, ds * keys.get(j)[kvAt + d]);
        dk.add(seen[j], kvAt + d, ds * query[at + d]);
        dv.add(seen[j], kvAt + d, p[j] * slope[at + d]);
      }
    }
  }

  private static double[] probabilities(
      double[] q, int at, List<double[]> keys, int kvAt, AttentionShape shape) {
    double[] p = new double[keys.size()];
    for (int j = 0; j < p.length; j++) {
      p[j] = shape.scale() * dot(q, at, keys.get(j), kvAt, shape.headDim());
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
