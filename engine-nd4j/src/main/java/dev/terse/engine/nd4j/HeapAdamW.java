package dev.terse.engine.nd4j;

import dev.terse.engine.AdamW;

/** {@link AdamW} on heap arrays. */
final class HeapAdamW {
  private HeapAdamW() {}

  static void update(AdamW update, float[] weight, float[] g, float[] m, float[] v, int count) {
    float beta1 = (float) update.beta1();
    float beta2 = (float) update.beta2();
    float rest1 = (float) (1 - update.beta1());
    float rest2 = (float) (1 - update.beta2());
    float scale = (float) update.gradScale();
    float keep = (float) (1 - update.learningRate() * update.weightDecay());
    float rate = (float) (update.learningRate() / update.correction1());
    float root = (float) (1 / Math.sqrt(update.correction2()));
    float epsilon = (float) update.epsilon();
    for (int i = 0; i < count; i++) {
      float slope = g[i] * scale;
      float first = beta1 * m[i] + rest1 * slope;
      float second = beta2 * v[i] + rest2 * slope * slope;
      m[i] = first;
      v[i] = second;
      weight[i] = weight[i] * keep - rate * first / ((float) Math.sqrt(second) * root + epsilon);
    }
  }
}
