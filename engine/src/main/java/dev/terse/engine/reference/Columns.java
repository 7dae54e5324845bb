package dev.terse.engine.reference;

import dev.terse.engine.DropoutMask;

/** Work on columns and single elements of a matrix. */
final class Columns {
  private Columns() {}

  /** {@code out = x ∘ scale + bias}; bias may be null. */
  static void scale(HeapTensor x, HeapTensor scale, HeapTensor bias, HeapTensor out) {
    for (int n = 0; n < x.rows(); n++) {
      for (int c = 0; c < x.rowSize(); c++) {
        out.set(n, c, x.get(n, c) * scale.get(c) + (bias == null ? 0 : bias.get(c)));
      }
    }
  }

  /** {@code sums[c] += Σ_n x[n, c] y[n, c]}. */
  static void addDots(HeapTensor x, HeapTensor y, HeapTensor sums) {
    for (int n = 0; n < x.rows(); n++) {
      for (int c = 0; c < x.rowSize(); c++) {
        sums.add(c, x.get(n, c) * y.get(n, c));
      }
    }
  }

  static void dropout(HeapTensor x, double rate, long[] rowSeeds, HeapTensor out) {
    for (int n = 0; n < x.rows(); n++) {
      for (int c = 0; c < x.rowSize(); c++) {
        out.set(n, c, DropoutMask.keeps(rowSeeds[n], c, rate) ? x.get(n, c) / (1 - rate) : 0);
      }
    }
  }
}
