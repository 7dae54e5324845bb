package dev.terse.engine.reference;

import dev.terse.engine.AdamW;

/** {@link AdamW}, element by element. */
final class AdamWLoop {
  private AdamWLoop() {}

  static void update(
      AdamW update, HeapTensor weight, HeapTensor gradient, HeapTensor m, HeapTensor v) {
    double correction1 = update.correction1();
    double correction2 = update.correction2();
    for (int i = 0; i < weight.size(); i++) {
      double g = gradient.get(i) * update.gradScale();
      m.set(i, update.beta1() * m.get(i) + (1 - update.beta1()) * g);
      v.set(i, update.beta2() * v.get(i) + (1 - update.beta2()) * g * g);
      double decayed = weight.get(i) * (1 - update.learningRate() * update.weightDecay());
      double mHat = m.get(i) / correction1;
      double vHat = v.get(i) / correction2;
      weight.set(i, decayed - update.learningRate() * mHat / (Math.sqrt(vHat) + update.epsilon()));
    }
  }
}
