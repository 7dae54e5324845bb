package dev.terse.testkit;

import dev.terse.testkit.TwinLab.Twin;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products with a weight and their backwards. */
abstract class LinearConformance extends OperationConformance {
  LinearConformance(EngineConformance owner) {
    super(owner);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "1, 64, 192", "2, 7, 3", "8, 33, 65", "17, 576, 31", "130, 48, 129"})
  void linear_forwardAndBackward_equalReference(int n, int in, int out) {
    checkAll(n, in, out);
  }

  @Test
  void linear_randomShapes_equalReference() {
    for (int round = 0; round < 3; round++) {
      checkAll(lab.draws.between(1, 70), lab.draws.between(1, 200), lab.draws.between(1, 200));
    }
  }

  @Test
  void linear_rowViews_writeOnlyTheirRows() {
    Twin x = lab.normal(20, 24);
    Twin w = lab.normal(60, 24);
    Twin y = lab.normal(20, 40);
    lab.run(
        (e, t) ->
            e.linear(
                t.of(x.rowsView(3, 14)), t.of(w.rowsView(10, 50)), null, t.of(y.rowsView(5, 16))),
        y);
    lab.assertClose("linear of views", y, lab.tolerance(24, magnitude(x, w)));
  }

  private void checkAll(int n, int in, int out) {
    Twin x = lab.normal(n, in);
    Twin w = lab.normal(out, in);
    Twin bias = lab.normal(out);
    Twin y = lab.normal(n, out);
    double ofForward = lab.tolerance(in, magnitude(x, w) + bias.max());
    lab.run((e, t) -> e.linear(t.of(x), t.of(w), null, t.of(y)), y);
    lab.assertClose("linear", y, ofForward);
    lab.run((e, t) -> e.linear(t.of(x), t.of(w), t.of(bias), t.of(y)), y);
    lab.assertClose("linear with bias", y, ofForward);

    Twin dy = lab.normal(n, out);
    Twin dx = lab.normal(n, in);
    double ofInput = lab.tolerance(out, 2 * magnitude(dy, transposed(w)) + dx.max());
    lab.run((e, t) -> e.linearBackwardInput(t.of(dy), t.of(w), t.of(dx), false), dx);
    lab.assertClose("linearBackwardInput", dx, ofInput);
    lab.run((e, t) -> e.linearBackwardInput(t.of(dy), t.of(w), t.of(dx), true), dx);
    lab.assertClose("linearBackwardInput that adds", dx, ofInput);

    Twin dw = lab.normal(out, in);
    Twin dBias = lab.normal(out);
    double ofWeight =
        lab.tolerance(n, 2 * magnitude(transposed(dy), transposed(x)) + n * dy.max() + dw.max());
    lab.run((e, t) -> e.linearBackwardWeight(t.of(dy), t.of(x), t.of(dw), null), dw);
    lab.assertClose("linearBackwardWeight", dw, ofWeight);
    lab.run((e, t) -> e.linearBackwardWeight(t.of(dy), t.of(x), t.of(dw), t.of(dBias)), dw, dBias);
    lab.assertClose("linearBackwardWeight with bias", dw, ofWeight);
    lab.assertClose("linearBackwardWeight, dBias", dBias, ofWeight);
  }

  /** The largest {@code Σ_i |a[n,i]| |b[o,i]|}, which bounds the rounding of the product. */
  private double magnitude(Twin a, Twin b) {
    Twin out = lab.of(new double[a.shape()[0] * b.shape()[0]], a.shape()[0], b.shape()[0]);
    lab.reference().linear(absolute(a).expected(), absolute(b).expected(), null, out.expected());
    return out.max();
  }

  private Twin absolute(Twin a) {
    return lab.of(Arrays.stream(a.values()).map(Math::abs).toArray(), a.shape());
  }

  private Twin transposed(Twin a) {
    int rows = a.shape()[0];
    int columns = a.shape()[1];
    double[] values = a.values();
    double[] out = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      out[i % columns * rows + i / columns] = values[i];
    }
    return lab.of(out, columns, rows);
  }
}
