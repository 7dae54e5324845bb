package dev.terse.engine.reference;

/** Gated linear unit with SiLU (arXiv 2002.05202): {@code silu(gate) up}. */
final class SwiGlu {
  private SwiGlu() {}

  static void forward(HeapTensor gate, HeapTensor up, HeapTensor out) {
    for (int i = 0; i < gate.size(); i++) {
      out.set(i, gate.get(i) * sigmoid(gate.get(i)) * up.get(i));
    }
  }

  static void backward(
      HeapTensor gate, HeapTensor up, HeapTensor dOut, HeapTensor dGate, HeapTensor dUp) {
    for (int i = 0; i < gate.size(); i++) {
      double g = gate.get(i);
      double u = up.get(i);
      double s = sigmoid(g);
      double d = dOut.get(i);
      dGate.set(i, d * u * s * (1 + g * (1 - s)));
      dUp.set(i, d * g * s);
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
