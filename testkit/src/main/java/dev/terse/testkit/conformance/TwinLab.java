package dev.terse.testkit.conformance;

import dev.terse.engine.Engine;
import dev.terse.engine.Tensor;
import dev.terse.engine.numbers.Storage;
import dev.terse.testkit.Close;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs an operation on the engine under test and on the reference, from the same numbers, and
 * compares. What may differ is derived, with u the unit roundoff of the matmuls, s that of the sums
 * (float32 where u is coarser) and n the longest sum:
 *
 * <pre>{@code allowed = (8 + √n) u c + (8 u + 8 √n s) max|out|}</pre>
 *
 * <ul>
 *   <li>u c is how far the reference's output moves when each number that goes in moves by u, up or
 *       down at random. A backward stable operation rounds as if its inputs had moved by 8 u, and
 *       each sum of n terms as if they had moved by √n u more (rounding errors of n terms add up
 *       like √n: Higham and Mary, SIAM J. Sci. Comput. 41, 2019).
 *   <li>8 u max|out| are the roundings of the output itself.
 *   <li>√n s max|out| is the error of a sum that divides the output, as in a softmax or a norm, or
 *       whose logarithm is subtracted from it. No movement of the inputs shows it: all n terms may
 *       be sure, and their partial sums are rounded all the same. Their errors are a random walk of
 *       deviation √n s or less (√n s / 3 for equal terms); 8 deviations occur in no run.
 * </ul>
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

    Twin rowsView(int from, int to) {
      return new Twin(actual.rowsView(from, to), expected.rowsView(from, to));
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

  private static final double PERTURBATION = 1e-6;
  private static final double FLOAT32_ROUNDOFF = 0x1.0p-24;

  final Draws draws;
  private final Engine engine;
  private final Engine reference;
  private final double unitRoundoff;
  private final double sumRoundoff;
  private final List<Twin> twins = new ArrayList<>();

  TwinLab(Engine engine, Engine reference, double unitRoundoff, long seed) {
    this.engine = engine;
    this.reference = reference;
    this.unitRoundoff = unitRoundoff;
    this.sumRoundoff = Math.min(unitRoundoff, FLOAT32_ROUNDOFF);
    this.draws = new Draws(seed);
  }

  /** A lab whose tensors end sooner. */
  TwinLab nested() {
    return new TwinLab(engine, reference, unitRoundoff, draws.next());
  }

  Engine reference() {
    return reference;
  }

  double unitRoundoff() {
    return unitRoundoff;
  }

  /** Normal numbers of deviation 1. */
  Twin normal(int... shape) {
    return normal(1.0, shape);
  }

  Twin normal(double deviation, int... shape) {
    return of(draws.normal(size(shape), deviation), shape);
  }

  /** Zeros in another storage. */
  Twin compact(Storage storage, int... shape) {
    Twin twin = new Twin(engine.allocate(storage, shape), reference.allocate(storage, shape));
    twins.add(twin);
    return twin;
  }

  Twin of(double[] values, int... shape) {
    Twin twin = new Twin(engine.allocate(shape), reference.allocate(shape));
    twin.actual.setDoubles(values);
    twin.expected.setDoubles(values);
    twins.add(twin);
    return twin;
  }

  /**
   * Runs on both sides, and asserts that the outputs are as close as they must be and that nothing
   * else has changed.
   *
   * @param what printed, and begins the failure
   * @param terms the longest sum in the operation
   */
  void compare(String what, int terms, Operation operation, Twin... outputs) {
    compare(what, terms, new double[outputs.length], operation, outputs);
  }

  /**
   * {@link #compare(String, int, Operation, Twin...)} of an operation in which larger numbers than
   * its outputs cancel, and no movement of the inputs shows it: as where a softmax is sure.
   *
   * @param cancelling the largest such number in the making of each output; 8 u of it are allowed
   */
  void compare(String what, int terms, double[] cancelling, Operation operation, Twin... outputs) {
    startFromTheSame();
    double[] allowed = allowed(terms, operation, outputs);
    run(operation, outputs);
    for (int k = 0; k < outputs.length; k++) {
      assertClose(
          what + (outputs.length == 1 ? "" : ", output " + k),
          outputs[k],
          allowed[k] + 8 * unitRoundoff * cancelling[k]);
    }
  }

  /**
   * Allowed difference of each output, from runs of the reference on copies of what it is given.
   */
  double[] allowed(int terms, Operation operation, Twin... outputs) {
    List<double[]> exact = valuesAfter(operation, 0, outputs);
    double[] allowed = new double[outputs.length];
    // Few numbers may by chance hardly move together; many cannot.
    int runs = outputs[0].expected.size() < 2048 ? 6 : 1;
    for (int run = 0; run < runs; run++) {
      List<double[]> perturbed = valuesAfter(operation, PERTURBATION, outputs);
      for (int k = 0; k < outputs.length; k++) {
        double change = largestDifference(exact.get(k), perturbed.get(k)) / PERTURBATION;
        double moved = unitRoundoff * (8 + Math.sqrt(terms)) * change;
        double rounded = 8 * (unitRoundoff + sumRoundoff * Math.sqrt(terms));
        allowed[k] = Math.max(allowed[k], moved + rounded * largest(exact.get(k)));
      }
    }
    return allowed;
  }

  // What an earlier operation left may differ a little; that is not this operation's matter.
  private void startFromTheSame() {
    for (Twin twin : twins) {
      if (twin.actual.storage() == Storage.FULL) {
        twin.expected.setDoubles(twin.actual.toDoubles());
      } else {
        // The bytes of other storages are the same in every engine.
        byte[] bytes = new byte[(int) twin.actual.byteSize()];
        twin.actual.readBytes(0, bytes, 0, bytes.length);
        twin.expected.writeBytes(0, bytes, 0, bytes.length);
      }
    }
  }

  private List<double[]> valuesAfter(Operation operation, double perturbation, Twin... outputs) {
    Map<Twin, Tensor> copies = new IdentityHashMap<>();
    Side side =
        twin -> twin == null ? null : copies.computeIfAbsent(twin, t -> moved(t, perturbation));
    operation.run(reference, side);
    List<double[]> values =
        Arrays.stream(outputs).map(output -> side.of(output).toDoubles()).toList();
    copies.values().forEach(Tensor::close);
    return values;
  }

  private Tensor moved(Twin twin, double perturbation) {
    double[] values = twin.values();
    long bits = 0;
    for (int i = 0; i < values.length && perturbation != 0; i++) {
      bits = i % Long.SIZE == 0 ? draws.next() : bits >>> 1;
      values[i] *= (bits & 1) == 0 ? 1 + perturbation : 1 - perturbation;
    }
    Tensor copy = reference.allocate(twin.shape());
    copy.setDoubles(values);
    return copy;
  }

  private static double largestDifference(double[] a, double[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = Math.abs(a[i] - b[i]);
      largest = difference > largest ? difference : largest;
    }
    return largest;
  }

  private static double largest(double[] values) {
    return largestDifference(values, new double[values.length]);
  }

  /** Runs on both sides, and asserts that nothing but {@code outputs} has changed. */
  void run(Operation operation, Twin... outputs) {
    startFromTheSame();
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
