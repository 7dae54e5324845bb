package dev.terse.testkit;

import dev.terse.engine.Engine;
import dev.terse.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs an operation on the engine under test and on the reference, from the same numbers. Holds the
 * tolerance: {@code u (4 + 2 √n) magnitude} for a reduction of n terms, the probabilistic bound of
 * Higham and Mary (SIAM J. Sci. Comput. 41, 2019), with u the unit roundoff of the products.
 */
final class TwinLab implements AutoCloseable {

  /** One tensor on both engines. */
  record Twin(Tensor actual, Tensor expected) {
    int[] shape() {
      return expected.shape();
    }

    /** The reference's values. */
    double[] values() {
      return expected.toDoubles();
    }

    /** The largest absolute value in the reference. */
    double max() {
      return Arrays.stream(values()).map(Math::abs).max().orElse(0);
    }

    /** The largest Euclidean norm of {@code width} numbers that lie together. */
    double maxNorm(int width) {
      double[] values = values();
      double largest = 0;
      for (int start = 0; start < values.length; start += width) {
        double sum = 0;
        for (int i = start; i < start + width; i++) {
          sum += values[i] * values[i];
        }
        largest = Math.max(largest, Math.sqrt(sum));
      }
      return largest;
    }

    Twin rowsView(int from, int to) {
      return new Twin(actual.rowsView(from, to), expected.rowsView(from, to));
    }

    Twin shapedView(int... shape) {
      return new Twin(actual.shapedView(shape), expected.shapedView(shape));
    }
  }

  /** Picks this side's tensor of a twin; null for null. */
  interface Side {
    Tensor of(Twin twin);
  }

  /** An operation, written once for both sides. */
  interface Operation {
    void run(Engine engine, Side side);
  }

  final Draws draws;
  private final Engine engine;
  private final Engine reference;
  private final double unitRoundoff;
  private final List<Twin> twins = new ArrayList<>();

  TwinLab(Engine engine, Engine reference, double unitRoundoff, long seed) {
    this.engine = engine;
    this.reference = reference;
    this.unitRoundoff = unitRoundoff;
    this.draws = new Draws(seed);
  }

  /** A lab whose tensors end sooner. */
  TwinLab nested() {
    return new TwinLab(engine, reference, unitRoundoff, draws.next());
  }

  Engine engine() {
    return engine;
  }

  Engine reference() {
    return reference;
  }

  /** Normal numbers of deviation 1. */
  Twin normal(int... shape) {
    return normal(1.0, shape);
  }

  Twin normal(double deviation, int... shape) {
    return of(draws.normal(size(shape), deviation), shape);
  }

  Twin of(double[] values, int... shape) {
    Twin twin = new Twin(engine.allocate(shape), reference.allocate(shape));
    twin.actual.setDoubles(values);
    twin.expected.setDoubles(values);
    twins.add(twin);
    return twin;
  }

  /** Runs on both sides, and asserts that nothing but {@code outputs} has changed. */
  void run(Operation operation, Twin... outputs) {
    List<Tensor> inputs = new ArrayList<>();
    for (Twin twin : twins) {
      if (Arrays.stream(outputs).noneMatch(output -> output == twin)) {
        inputs.add(twin.actual);
      }
    }
    List<double[]> before = inputs.stream().map(Tensor::toDoubles).toList();
    operation.run(engine, twin -> twin == null ? null : twin.actual);
    operation.run(reference, twin -> twin == null ? null : twin.expected);
    for (int k = 0; k < inputs.size(); k++) {
      if (!Arrays.equals(before.get(k), inputs.get(k).toDoubles())) {
        throw new AssertionError(
            "an input of shape " + Arrays.toString(inputs.get(k).shape()) + " was changed");
      }
    }
  }

  void assertClose(String what, Twin twin, double allowed) {
    Close.assertClose(
        what + " " + Arrays.toString(twin.shape()),
        twin.actual.toDoubles(),
        twin.expected.toDoubles(),
        allowed);
  }

  /** Allowed difference of a sum of {@code terms} products whose absolute values sum to that. */
  double tolerance(int terms, double magnitude) {
    return unitRoundoff * (4 + 2 * Math.sqrt(terms)) * magnitude;
  }

  @Override
  public void close() {
    for (Twin twin : twins) {
      twin.actual.close();
      twin.expected.close();
    }
  }

  static int size(int... shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }
}
