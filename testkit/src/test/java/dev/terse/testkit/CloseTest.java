package dev.terse.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CloseTest {

  @Test
  void assertClose_withinOrSameSpecials_passes() {
    double[] a = {1, Double.NaN, Double.POSITIVE_INFINITY};
    double[] b = {1.5, Double.NaN, Double.POSITIVE_INFINITY};
    Close.assertClose("a", a, b, 0.5);
  }

  @Test
  void assertClose_tooFar_namesTheWorstElement() {
    assertThatThrownBy(
            () -> Close.assertClose("a", new double[] {0, 3, 5}, new double[] {0, 1, 4}, 1.5))
        .isInstanceOf(AssertionError.class)
        .hasMessage(
            "a: max difference 2.00e+00, allowed 1.50e+00, at element 1 of 3: expected 1.0, got 3.0");
  }

  @Test
  void assertClose_nanAgainstNumberOrOtherInfinity_fails() {
    double infinite = Double.POSITIVE_INFINITY;
    assertThatThrownBy(() -> Close.assertClose("a", Double.NaN, 0, 1e300))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> Close.assertClose("a", 0, Double.NaN, 1e300))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> Close.assertClose("a", -infinite, infinite, 1e300))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> Close.assertClose("a", 1, 1, Double.NaN))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> Close.assertClose("a", new double[1], new double[2], 1))
        .isInstanceOf(AssertionError.class)
        .hasMessage("a: 2 values expected, got 1");
  }

  @Test
  void assertSame_oneBitOff_namesTheElementAndBothValues() {
    double[] one = {1, Double.NaN, 3};
    Close.assertSame("a", one, one.clone());
    assertThatThrownBy(
            () -> Close.assertSame("a", new double[] {1, 0.0, 3, 9}, new double[] {1, -0.0, 3, 8}))
        .isInstanceOf(AssertionError.class)
        .hasMessage("a, at element 1 of 4: expected -0.0, got 0.0");
    assertThatThrownBy(() -> Close.assertSame("a", new float[] {1, 2}, new float[] {1, 2.5f}))
        .isInstanceOf(AssertionError.class)
        .hasMessage("a, at element 1 of 2: expected 2.5, got 2.0");
    assertThatThrownBy(() -> Close.assertSame("a", new float[1], new float[2]))
        .isInstanceOf(AssertionError.class)
        .hasMessage("a: 2 values expected, got 1");
  }

  @Test
  void failure_ofLongArrays_isShort() {
    assertThatThrownBy(() -> assertThat(new float[4608]).isEqualTo(new float[4607]))
        .isInstanceOf(AssertionError.class)
        .satisfies(failure -> assertThat(failure.getMessage().length()).isLessThan(1000));
  }
}
