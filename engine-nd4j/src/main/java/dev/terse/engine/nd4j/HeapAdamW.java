package dev.terse.engine.nd4j;

import dev.terse.engine.AdamW;
import dev.terse.engine.CompactTensor;
import dev.terse.engine.StochasticRounding;
import dev.terse.engine.Storage;
import dev.terse.engine.Tensor;

/** {@link AdamW} on heap arrays, piece by piece, for moments of every storage. */
final class HeapAdamW {
  private final AdamW update;
  private final Tensor weight;
  private final Tensor gradient;
  private final Tensor m;
  private final Tensor v;
  private final StochasticRounding rounding;

  HeapAdamW(AdamW update, Tensor weight, Tensor gradient, Tensor m, Tensor v) {
    this.update = update;
    this.weight = weight;
    this.gradient = gradient;
    this.m = m;
    this.v = v;
    this.rounding = new StochasticRounding(update.seed());
  }

  /**
   * Updates elements {@code from} to {@code from + count}: whole blocks where moments are of 8
   * bits. Pieces may be done at once by several threads.
   */
  void update(long from, int count) {
    float[] w = read(weight, from, count);
    float[] first = read(m, from, count);
    float[] second = read(v, from, count);
    update(update, w, read(gradient, from, count), first, second, count);
    weight.write(from, w, 0, count);
    int[] lots = isBfloat16(m) || isBfloat16(v) ? rounding.lots(from, count) : null;
    if (isBfloat16(m)) {
      ((CompactTensor) m).writeBfloat16(from, StochasticRounding.roundM(first, lots));
    } else {
      m.write(from, first, 0, count);
    }
    if (isBfloat16(v)) {
      ((CompactTensor) v).writeBfloat16(from, StochasticRounding.roundV(second, lots));
    } else {
      v.write(from, second, 0, count);
    }
  }

  private static boolean isBfloat16(Tensor moment) {
    return moment.storage() == Storage.BFLOAT16;
  }

  private static float[] read(Tensor t, long from, int count) {
    float[] out = new float[count];
    t.read(from, out, 0, count);
    return out;
  }

  private static void update(
      AdamW update, float[] weight, float[] g, float[] m, float[] v, int count) {
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
