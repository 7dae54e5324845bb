package dev.terse.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.AdamW;
import dev.terse.engine.numbers.DynamicMap;
import dev.terse.engine.numbers.Storage;
import dev.terse.testkit.Close;
import dev.terse.testkit.conformance.TwinLab.Twin;
import org.junit.jupiter.api.Test;

/**
 * AdamW and the gradient norm; float32 moments and weights at the least, whatever the matmuls read.
 */
@Covers({"Engine.adamW", "Engine.sumOfSquares"})
abstract class OptimizerConformance extends OperationConformance {
  private static final double FLOAT_ROUNDOFF = 0x1.0p-24;

  OptimizerConformance(EngineConformance owner) {
    super(owner);
  }

  @Test
  void adamW_severalSteps_equalsReference() {
    int size = lab.draws.between(1, 5000);
    Twin weight = lab.normal(size);
    Twin m = lab.of(new double[size], size);
    Twin v = lab.of(new double[size], size);
    for (int step = 1; step <= 6; step++) {
      Twin gradient = lab.normal(1e-3, size);
      AdamW update = new AdamW(0.01, 0.9, 0.999, 1e-8, 0.1, step, 0.37, 0);
      lab.run(
          (e, t) -> e.adamW(update, t.of(weight), t.of(gradient), t.of(m), t.of(v)), weight, m, v);
    }
    lab.assertClose("adamW, m", m, 12 * FLOAT_ROUNDOFF * m.max());
    lab.assertClose("adamW, v", v, 12 * FLOAT_ROUNDOFF * v.max());
    lab.assertClose("adamW, weight", weight, 12 * FLOAT_ROUNDOFF * weight.max());
  }

  @Test
  void adamW_bfloat16Moments_equalReferenceToTheRounding() {
    // Random bits are the same on both engines; a number at the border may fall either side.
    assertCompact(Storage.BFLOAT16, Storage.BFLOAT16, 0x1.0p-7, 0x1.0p-7);
  }

  @Test
  void adamW_8bitMoments_equalReferenceToTheNextCode() {
    DynamicMap m = DynamicMap.SIGNED;
    DynamicMap v = DynamicMap.UNSIGNED;
    assertCompact(
        Storage.INT8, Storage.UINT8, m.value(255) - m.value(253), v.value(255) - v.value(253));
  }

  private void assertCompact(Storage ofM, Storage ofV, double stepOfM, double stepOfV) {
    int size = lab.draws.between(1, 20_000);
    Twin weight = lab.normal(size);
    Twin m = lab.compact(ofM, size);
    Twin v = lab.compact(ofV, size);
    for (int step = 1; step <= 6; step++) {
      Twin gradient = lab.normal(1e-3, size);
      AdamW update = new AdamW(0.01, 0.9, 0.999, 1e-8, 0.1, step, 0.37, 1234 + step);
      lab.run(
          (e, t) -> e.adamW(update, t.of(weight), t.of(gradient), t.of(m), t.of(v)), weight, m, v);
      // The weight moves by what the moments were before they were rounded.
      lab.assertClose("adamW, weight", weight, 12 * FLOAT_ROUNDOFF * weight.max());
      lab.assertClose(ofM + ", m", m, stepOfM * m.max());
      lab.assertClose(ofV + ", v", v, stepOfV * v.max());
    }
    assertThat(m.max()).isPositive();
    assertThat(v.max()).isPositive();
  }

  @Test
  void adamW_momentsInAStorageThatCannotHoldThem_areRefused() {
    Twin w = lab.normal(4);
    Twin codes = lab.compact(Storage.UINT8, 4);
    Twin signed = lab.compact(Storage.INT8, 4);
    AdamW update = new AdamW(0.5, 0.9, 0.95, 1e-8, 0, 1, 1, 0);
    assertThatThrownBy(
            () ->
                engine()
                    .adamW(
                        update, w.actual(), lab.normal(4).actual(), codes.actual(), codes.actual()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("m must be stored as one of [FULL, BFLOAT16, INT8], [4] is UINT8");
    assertThatThrownBy(
            () ->
                engine()
                    .adamW(
                        update,
                        w.actual(),
                        lab.normal(4).actual(),
                        signed.actual(),
                        signed.actual()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("v must be stored as one of [FULL, BFLOAT16, UINT8], [4] is INT8");
  }

  @Test
  void adamW_zeroGradient_onlyDecays() {
    Twin weight = lab.normal(3, 7);
    Twin gradient = lab.of(new double[21], 3, 7);
    Twin m = lab.of(new double[21], 21);
    Twin v = lab.of(new double[21], 21);
    AdamW update = new AdamW(0.5, 0.9, 0.95, 1e-8, 0.25, 1, 1, 0);
    lab.run((e, t) -> e.adamW(update, t.of(weight), t.of(gradient), t.of(m), t.of(v)), weight);
    lab.assertClose("decay", weight, 2 * FLOAT_ROUNDOFF * weight.max());
  }

  @Test
  void adamW_stepZero_isRefused() {
    Twin t = lab.normal(4);
    AdamW update = new AdamW(0.5, 0.9, 0.95, 1e-8, 0, 0, 1, 0);
    assertThatThrownBy(
            () ->
                engine()
                    .adamW(
                        update,
                        t.actual(),
                        lab.normal(4).actual(),
                        lab.normal(4).actual(),
                        lab.normal(4).actual()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the first AdamW update is step 1, got step 0");
  }

  @Test
  void sumOfSquares_manyElements_accumulatesInDouble() {
    Twin t = lab.normal(100, 3001);
    double expected = lab.reference().sumOfSquares(t.expected());
    double actual = engine().sumOfSquares(t.actual());
    Close.assertClose("sumOfSquares", actual, expected, 2 * FLOAT_ROUNDOFF * expected);
    assertThat(engine().sumOfSquares(t.actual())).as("second time").isEqualTo(actual);
  }

  @Test
  void sumOfSquares_tinyElements_doNotVanish() {
    Twin t = lab.of(new double[] {(float) 3e-25, (float) -2e-25, 0}, 3);
    double expected = lab.reference().sumOfSquares(t.expected());
    double actual = engine().sumOfSquares(t.actual());
    Close.assertClose("tiny sumOfSquares", actual, expected, 2 * FLOAT_ROUNDOFF * expected);
  }

  @Test
  void sumOfSquares_largeElements_doesNotOverflow() {
    Twin t = lab.of(new double[] {(float) 1e25, (float) -1e25, 1}, 3);
    double expected = lab.reference().sumOfSquares(t.expected());
    double actual = engine().sumOfSquares(t.actual());
    Close.assertClose("large sumOfSquares", actual, expected, 2 * FLOAT_ROUNDOFF * expected);
  }

  @Test
  void sumOfSquares_nanOrInfinity_survives() {
    double[] values = lab.draws.normal(1000, 1);
    values[617] = Double.NaN;
    assertThat(engine().sumOfSquares(lab.of(values, 1000).actual())).isNaN();
    values[617] = Double.NEGATIVE_INFINITY;
    assertThat(engine().sumOfSquares(lab.of(values, 10, 100).actual()))
        .isEqualTo(Double.POSITIVE_INFINITY);
    values[3] = Double.NaN;
    assertThat(engine().sumOfSquares(lab.of(values, 1000).actual())).isNaN();
  }
}
