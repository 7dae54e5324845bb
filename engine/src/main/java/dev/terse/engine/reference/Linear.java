package dev.terse.engine.reference;

/** Matmuls with a weight matrix [O, I]. */
final class Linear {
  private Linear() {}

  /** {@code out[n,o] = Σ_i x[n,i] w[o,i] + bias[o]}. */
  static void forward(HeapTensor x, HeapTensor w, HeapTensor bias, HeapTensor out) {
    for (int n = 0; n < x.rows(); n++) {
      for (int o = 0; o < w.rows(); o++) {
        double sum = bias == null ? 0 : bias.get(o);
        for (int i = 0; i < w.rowSize(); i++) {
          sum += x.get(n, i) * w.get(o, i);
        }
        out.set(n, o, sum);
      }
    }
  }

  /** Adds {@code Σ_o dy[n,o] w[o,i]} to {@code dx[n,i]}. */
  static void backwardInput(HeapTensor dy, HeapTensor w, HeapTensor dx) {
    for (int n = 0; n < dy.rows(); n++) {
      for (int o = 0; o < w.rows(); o++) {
        double d = dy.get(n, o);
        for (int i = 0; i < w.rowSize(); i++) {
          dx.add(n, i, d * w.get(o, i));
        }
      }
    }
  }

  /** Adds {@code Σ_n dy[n,o] x[n,i]} to {@code dw[o,i]}, {@code Σ_n dy[n,o]} to dBias[o]. */
  static void backwardWeight(HeapTensor dy, HeapTensor x, HeapTensor dw, HeapTensor dBias) {
    for (int n = 0; n < dy.rows(); n++) {
      for (int o = 0; o < dw.rows(); o++) {
        double d = dy.get(n, o);
        for (int i = 0; i < dw.rowSize(); i++) {
          dw.add(o, i, d * x.get(n, i));
        }
        if (dBias != null) {
          dBias.add(o, d);
        }
      }
    }
  }
}
