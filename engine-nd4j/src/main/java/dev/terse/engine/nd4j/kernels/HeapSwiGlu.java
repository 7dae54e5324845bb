package dev.terse.engine.nd4j.kernels;

/**
 * {@code silu(gate) * up} on heap arrays, with silu(x) = x σ(x) and σ(x) = (1 + tanh(x/2)) / 2.
 *
 * <p>tanh is the rational function of Eigen (generic_fast_tanh_float): a polynomial of odd degree
 * 13 over an even one of degree 6, within a few units in the last place of float32; unlike exp it
 * is nothing but products, sums and one division, so the compiler turns the loop into vector code.
 */
final class HeapSwiGlu {
  /** Beyond it tanh is 1 in float32. */
  private static final float LIMIT = 9f;

  private HeapSwiGlu() {}

  /** Two loops, because a longer one is not vectorised; {@code sigmoids} is overwritten. */
  static void forward(float[] gate, float[] up, float[] sigmoids, float[] out, int count) {
    sigmoids(gate, sigmoids, count);
    for (int i = 0; i < count; i++) {
      out[i] = gate[i] * sigmoids[i] * up[i];
    }
  }

  /** {@code silu'(x) = σ (1 + x (1 - σ))}; {@code sigmoids} is overwritten. */
  static void backward(
      float[] gate,
      float[] up,
      float[] dOut,
      float[] sigmoids,
      float[] dGate,
      float[] dUp,
      int count) {
    sigmoids(gate, sigmoids, count);
    for (int i = 0; i < count; i++) {
      float x = gate[i];
      float s = sigmoids[i];
      float d = dOut[i];
      float u = up[i];
      dGate[i] = d * u * (s + x * s * (1 - s));
      dUp[i] = d * x * s;
    }
  }

  private static void sigmoids(float[] x, float[] out, int count) {
    for (int i = 0; i < count; i++) {
      out[i] = sigmoid(x[i]);
    }
  }

  static float sigmoid(float x) {
    float h = Math.max(-LIMIT, Math.min(LIMIT, 0.5f * x));
    float h2 = h * h;
    float p = -2.76076847742355e-16f;
    p = Math.fma(p, h2, 2.00018790482477e-13f);
    p = Math.fma(p, h2, -8.60467152213735e-11f);
    p = Math.fma(p, h2, 5.12229709037114e-08f);
    p = Math.fma(p, h2, 1.48572235717979e-05f);
    p = Math.fma(p, h2, 6.37261928875436e-04f);
    p = Math.fma(p, h2, 4.89352455891786e-03f);
    float q = 1.19825839466702e-06f;
    q = Math.fma(q, h2, 1.18534705686654e-04f);
    q = Math.fma(q, h2, 2.26843463243900e-03f);
    q = Math.fma(q, h2, 4.89352518554385e-03f);
    return 0.5f + 0.5f * (h * p / q);
  }
}
