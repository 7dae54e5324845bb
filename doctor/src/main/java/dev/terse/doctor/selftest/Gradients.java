package dev.terse.doctor.selftest;

import dev.terse.engine.Tensor;
import dev.terse.model.weights.Parameters;
import java.util.function.DoubleUnaryOperator;

/** Norms, products and differences over all numbers of gradients, a stretch at a time. */
final class Gradients {
  private static final int STRETCH = 1 << 16;

  private Gradients() {}

  /** Sees two numbers of the same place. */
  @FunctionalInterface
  interface Pairs {
    void see(double a, double b);
  }

  /** Euclidean norm of one tensor. */
  static double norm(Tensor tensor) {
    return Math.sqrt(product(tensor, tensor));
  }

  /** Euclidean norm of all. */
  static double norm(Parameters gradient) {
    double squares = 0;
    for (Tensor tensor : gradient.tensors().values()) {
      squares += product(tensor, tensor);
    }
    return Math.sqrt(squares);
  }

  static double product(Parameters a, Parameters b) {
    double sum = 0;
    for (String name : a.names()) {
      sum += product(a.get(name), b.get(name));
    }
    return sum;
  }

  private static double product(Tensor a, Tensor b) {
    double[] sum = new double[1];
    each(a, b, (x, y) -> sum[0] += x * y);
    return sum[0];
  }

  /** |a - b| / |b|. */
  static double difference(Parameters a, Parameters b) {
    double[] squares = new double[2];
    for (String name : a.names()) {
      each(
          a.get(name),
          b.get(name),
          (x, y) -> {
            squares[0] += (x - y) * (x - y);
            squares[1] += y * y;
          });
    }
    return Math.sqrt(squares[0] / squares[1]);
  }

  private static void each(Tensor a, Tensor b, Pairs pairs) {
    float[] left = new float[STRETCH];
    float[] right = new float[STRETCH];
    for (long from = 0; from < a.size(); from += STRETCH) {
      int count = (int) Math.min(STRETCH, a.size() - from);
      a.read(from, left, 0, count);
      b.read(from, right, 0, count);
      for (int i = 0; i < count; i++) {
        pairs.see(left[i], right[i]);
      }
    }
  }

  /** Overwrites each number {@code i} by a function of it, which is asked in order. */
  static void replace(Tensor tensor, DoubleUnaryOperator function) {
    float[] stretch = new float[STRETCH];
    for (long from = 0; from < tensor.size(); from += STRETCH) {
      int count = (int) Math.min(STRETCH, tensor.size() - from);
      tensor.read(from, stretch, 0, count);
      for (int i = 0; i < count; i++) {
        stretch[i] = (float) function.applyAsDouble(stretch[i]);
      }
      tensor.write(from, stretch, 0, count);
    }
  }
}
