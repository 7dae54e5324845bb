package dev.terse.testkit;

import dev.terse.engine.SeedTree;
import java.util.function.ToDoubleFunction;

/**
 * Compares a gradient with finite differences. For functions computed in double; the four-point
 * central stencil {@code (f(-2h) - 8 f(-h) + 8 f(h) - f(2h)) / 12h} is exact to O(h⁴).
 */
public final class GradientChecker {
  private static final double STEP = 1e-3;
  private static final int MAX_COORDINATES = 24;

  private GradientChecker() {}

  /**
   * Checks up to {@value #MAX_COORDINATES} drawn coordinates one by one, then one random direction
   * in which all of them take part.
   *
   * @param what printed, and begins the failure
   * @param point where the gradient was taken
   * @param function computed in double; must not keep its argument
   * @param gradient d function / d point, as long as point
   * @param allowed difference relative to the largest derivative compared
   * @param seed names the draws
   */
  public static void assertGradient(
      String what,
      double[] point,
      ToDoubleFunction<double[]> function,
      double[] gradient,
      double allowed,
      long seed) {
    if (gradient.length != point.length) {
      throw new AssertionError(
          what + ": gradient of " + gradient.length + " for " + point.length + " coordinates");
    }
    int[] order = SeedTree.permutation(SeedTree.child(seed, 1), point.length);
    int checked = Math.min(MAX_COORDINATES, point.length);
    double[] actual = new double[checked + 1];
    double[] expected = new double[checked + 1];
    for (int k = 0; k < checked; k++) {
      double[] direction = new double[point.length];
      direction[order[k]] = 1;
      actual[k] = gradient[order[k]];
      expected[k] = derivative(function, point, direction);
    }
    double[] direction = direction(point.length, SeedTree.child(seed, 2));
    actual[checked] = dot(gradient, direction);
    expected[checked] = derivative(function, point, direction);
    double largest = 0;
    for (double value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    Close.assertClose(what + " against finite differences", actual, expected, allowed * largest);
  }

  /** Directional derivative of {@code function} at {@code point}. */
  public static double derivative(
      ToDoubleFunction<double[]> function, double[] point, double[] direction) {
    double near = at(function, point, direction, STEP) - at(function, point, direction, -STEP);
    double far =
        at(function, point, direction, 2 * STEP) - at(function, point, direction, -2 * STEP);
    return (8 * near - far) / (12 * STEP);
  }

  private static double at(
      ToDoubleFunction<double[]> function, double[] point, double[] direction, double step) {
    double[] moved = new double[point.length];
    for (int i = 0; i < point.length; i++) {
      moved[i] = point[i] + step * direction[i];
    }
    return function.applyAsDouble(moved);
  }

  // Of length 1, so that the step is as small along it as along one coordinate.
  private static double[] direction(int length, long seed) {
    double[] direction = new double[length];
    for (int i = 0; i < length; i++) {
      direction[i] = SeedTree.gaussian(SeedTree.child(seed, i));
    }
    double norm = Math.sqrt(dot(direction, direction));
    for (int i = 0; i < length; i++) {
      direction[i] /= norm;
    }
    return direction;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
