package dev.terse.engine.nd4j.kernels;

import dev.terse.engine.AdamW;
import dev.terse.engine.Tensor;
import dev.terse.engine.nd4j.memory.Nd4jTensor;
import dev.terse.engine.numbers.StochasticRounding;
import dev.terse.engine.numbers.Storage;
import dev.terse.engine.spi.CompactTensor;

/** {@link AdamW} on heap arrays, piece by piece, for moments of every storage. */
final class HeapAdamW {
  private final Nd4jTensor weight;
  private final Nd4jTensor gradient;
  private final Tensor m;
  private final Tensor v;
  private final StochasticRounding rounding;
  private final float beta1;
  private final float beta2;
  private final float rest1;
  private final float rest2;
  private final float scale;
  private final float decay;
  private final float rate;
  private final float root;
  private final float epsilon;

  HeapAdamW(AdamW update, Nd4jTensor weight, Nd4jTensor gradient, Tensor m, Tensor v) {
    this.weight = weight;
    this.gradient = gradient;
    this.m = m;
    this.v = v;
    this.rounding = new StochasticRounding(update.seed());
    this.beta1 = (float) update.beta1();
    this.beta2 = (float) update.beta2();
    this.rest1 = (float) (1 - update.beta1());
    this.rest2 = (float) (1 - update.beta2());
    this.scale = (float) update.gradScale();
    this.decay = (float) (1 - update.learningRate() * update.weightDecay());
    this.rate = (float) (update.learningRate() / update.correction1());
    this.root = (float) (1 / Math.sqrt(update.correction2()));
    this.epsilon = (float) update.epsilon();
  }

  /**
   * Updates elements {@code from} to {@code from + count}: whole blocks where moments are of 8
   * bits. Pieces may be done at once by several threads, each with buffers of its own.
   */
  void update(HeapBuffers own, long from, int count) {
    float[] w = own.read(0, weight, from, count);
    float[] g = own.read(1, gradient, from, count);
    float[] first = own.read(2, m, from, count);
    float[] second = own.read(3, v, from, count);
    move(w, g, first, second, count);
    weight.store(from, w, 0, count);
    int[] random = isBfloat16(m) || isBfloat16(v) ? rounding.bits(from, count) : null;
    if (isBfloat16(m)) {
      ((CompactTensor) m).writeBfloat16(from, StochasticRounding.roundM(first, random));
    } else {
      store(m, from, first, count);
    }
    if (isBfloat16(v)) {
      ((CompactTensor) v).writeBfloat16(from, StochasticRounding.roundV(second, random));
    } else {
      store(v, from, second, count);
    }
  }

  private static void store(Tensor moment, long from, float[] values, int count) {
    if (moment instanceof Nd4jTensor full) {
      full.store(from, values, 0, count);
    } else {
      moment.write(from, values, 0, count);
    }
  }

  private static boolean isBfloat16(Tensor moment) {
    return moment.storage() == Storage.BFLOAT16;
  }

  private void move(float[] w, float[] g, float[] m, float[] v, int count) {
    float beta1 = this.beta1;
    float beta2 = this.beta2;
    float rest1 = this.rest1;
    float rest2 = this.rest2;
    float scale = this.scale;
    float decay = this.decay;
    float rate = this.rate;
    float root = this.root;
    float epsilon = this.epsilon;
    for (int i = 0; i < count; i++) {
      float d = g[i] * scale;
      float first = beta1 * m[i] + rest1 * d;
      float second = beta2 * v[i] + rest2 * d * d;
      m[i] = first;
      v[i] = second;
      w[i] = w[i] * decay - rate * first / ((float) Math.sqrt(second) * root + epsilon);
    }
  }
}
