package dev.terse.engine.reference;

import dev.terse.engine.AdamW;
import dev.terse.engine.Tensor;
import dev.terse.engine.numbers.StochasticRounding;
import dev.terse.engine.numbers.Storage;
import dev.terse.engine.spi.CompactTensor;
import java.util.function.Function;

/** {@link AdamW}, element by element. */
final class AdamWLoop {
  private AdamWLoop() {}

  static void update(
      AdamW update, HeapTensor weight, HeapTensor gradient, Tensor first, Tensor second) {
    double correction1 = update.correction1();
    double correction2 = update.correction2();
    double[] m = first.toDoubles();
    double[] v = second.toDoubles();
    for (int i = 0; i < m.length; i++) {
      double g = gradient.get(i) * update.gradScale();
      m[i] = update.beta1() * m[i] + (1 - update.beta1()) * g;
      v[i] = update.beta2() * v[i] + (1 - update.beta2()) * g * g;
      double decayed = weight.get(i) * (1 - update.learningRate() * update.weightDecay());
      double mHat = m[i] / correction1;
      double vHat = v[i] / correction2;
      weight.set(i, decayed - update.learningRate() * mHat / (Math.sqrt(vHat) + update.epsilon()));
    }
    int[] random = new StochasticRounding(update.seed()).bits(0, m.length);
    store(m, first, floats -> StochasticRounding.roundM(floats, random));
    store(v, second, floats -> StochasticRounding.roundV(floats, random));
  }

  private static void store(double[] values, Tensor moment, Function<float[], short[]> rounding) {
    if (moment.storage() == Storage.BFLOAT16) {
      ((CompactTensor) moment).writeBfloat16(0, rounding.apply(floats(values)));
    } else {
      moment.setDoubles(values);
    }
  }

  private static float[] floats(double[] values) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) values[i];
    }
    return out;
  }
}
