package dev.terse.testkit.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.terse.engine.Engine.Write;
import dev.terse.engine.Tensor;
import dev.terse.engine.numbers.Storage;
import dev.terse.testkit.Close;
import dev.terse.testkit.conformance.TwinLab.Twin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Matmuls with a weight and their backwards. */
@Covers({"Engine.linear", "Engine.linearBackwardInput", "Engine.linearBackwardWeight"})
abstract class LinearConformance extends OperationConformance {
  LinearConformance(EngineConformance owner) {
    super(owner);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "1, 64, 192",
    "2, 7, 3",
    "8, 33, 65",
    "17, 576, 31",
    "130, 48, 129",
    "46, 31, 17"
  })
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
    lab.compare(
        "linear of views",
        24,
        (e, t) ->
            e.linear(
                t.of(x).rowsView(3, 14), t.of(w).rowsView(10, 50), null, t.of(y).rowsView(5, 16)),
        y);
  }

  @ParameterizedTest
  @CsvSource({"1, 64, 192", "5, 33, 65", "70, 48, 129", "130, 576, 31"})
  void linear_bfloat16Weight_readsItAndHasTheBitsOfAFullOne(int n, int in, int out) {
    assumeTrue(engine().roundsWeights(), "the matmuls of this engine read full weights");
    Twin x = lab.normal(n, in);
    Twin w = lab.compact(Storage.BFLOAT16, out, in);
    w.actual().setDoubles(lab.draws.normal(out * in, 1));
    Twin bias = lab.normal(out);
    Twin y = lab.normal(n, out);
    Twin dy = lab.normal(n, out);
    Twin dx = lab.normal(n, in);
    lab.compare(
        "linear with a bfloat16 weight",
        in,
        (e, t) -> e.linear(t.of(x), t.of(w), t.of(bias), t.of(y)),
        y);
    lab.compare(
        "linearBackwardInput with a bfloat16 weight",
        out,
        (e, t) -> e.linearBackwardInput(t.of(dy), t.of(w), t.of(dx), Write.OVERWRITE),
        dx);
    Tensor full = lab.of(w.actual().toDoubles(), out, in).actual();
    double[] found = y.actual().toDoubles();
    engine().linear(x.actual(), full, bias.actual(), y.actual());
    Close.assertSame("y again", y.actual().toDoubles(), found);
    found = dx.actual().toDoubles();
    engine().linearBackwardInput(dy.actual(), full, dx.actual(), Write.OVERWRITE);
    Close.assertSame("dx again", dx.actual().toDoubles(), found);
  }

  private void checkAll(int n, int in, int out) {
    Twin x = lab.normal(n, in);
    Twin w = lab.normal(out, in);
    Twin bias = lab.normal(out);
    Twin y = lab.normal(n, out);
    lab.compare("linear", in, (e, t) -> e.linear(t.of(x), t.of(w), null, t.of(y)), y);
    lab.compare(
        "linear with bias", in, (e, t) -> e.linear(t.of(x), t.of(w), t.of(bias), t.of(y)), y);

    Twin dy = lab.normal(n, out);
    Twin dx = lab.normal(n, in);
    for (Write write : Write.values()) {
      lab.compare(
          "linearBackwardInput, " + write,
          out,
          (e, t) -> e.linearBackwardInput(t.of(dy), t.of(w), t.of(dx), write),
          dx);
    }

    Twin dw = lab.normal(out, in);
    Twin dBias = lab.normal(out);
    lab.compare(
        "linearBackwardWeight",
        n,
        (e, t) -> e.linearBackwardWeight(t.of(dy), t.of(x), t.of(dw), null),
        dw);
    lab.compare(
        "linearBackwardWeight with bias",
        n,
        (e, t) -> e.linearBackwardWeight(t.of(dy), t.of(x), t.of(dw), t.of(dBias)),
        dw,
        dBias);
  }
}
