package dev.terse.lab.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.terse.lab.statistics.EqualTokens.Measured;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EqualTokensTest {
  private static final double[] KAPPAS = {0, 0.5, 1};
  private static final int N = 60;

  /**
   * @param thinking mean tokens at each kappa; half of the chains have 10 fewer, half 10 more
   * @param right share of right answers at each kappa
   */
  private static Measured measured(double[] thinking, double[] right) {
    double[][] rights = new double[right.length][N];
    for (int k = 0; k < right.length; k++) {
      for (int i = 0; i < N; i++) {
        rights[k][i] = i < right[k] * N ? 1 : 0;
      }
    }
    return new Measured(
        KAPPAS,
        rights,
        values(thinking, i -> i % 2 == 0 ? 10 : -10),
        values(new double[] {3, 3, 3}, i -> 0));
  }

  private static double[][] values(double[] means, DoubleUnaryOperator deviation) {
    double[][] values = new double[means.length][N];
    for (int k = 0; k < means.length; k++) {
      for (int i = 0; i < N; i++) {
        values[k][i] = means[k] + deviation.applyAsDouble(i);
      }
    }
    return values;
  }

  private static ProblemBootstrap bootstrap() {
    return new ProblemBootstrap(IntStream.range(0, N).toArray(), 5);
  }

  /** At 70 tokens the control lies two fifths of the way from 100 to 25 tokens. */
  @Test
  void control_isReadBetweenItsNeighbours_whereTokensAreEqual() {
    Measured method = measured(new double[] {100, 70, 10}, new double[] {1, 0.9, 0});
    Measured control = measured(new double[] {100, 25, 10}, new double[] {1, 0.5, 0});
    EqualTokens found = EqualTokens.of(method, control, bootstrap());
    assertThat(found.at()).hasSize(1);
    EqualTokens.At at = found.at().get(0);
    assertThat(at.tokens()).isCloseTo(70, within(1e-9));
    assertThat(at.control()).isCloseTo(0.6 * 1 + 0.4 * 0.5, within(1e-9));
    assertThat(at.difference().value()).isCloseTo(0.9 - 0.8, within(1e-9));
    assertThat(at.atEqualKappa().value()).isCloseTo(0.4, within(1e-9));
    assertThat(at.controlTokens()).isCloseTo(25, within(1e-9));
    assertThat(found.accuracy()).isEqualTo(at.difference());
    assertThat(found.answerTokens().value()).isCloseTo(0, within(1e-9));
    assertThat(found.beyond()).isEmpty();
  }

  /** More accurate at the same kappa, but on the very line of the control: no difference. */
  @Test
  void method_thatOnlyKeepsMoreTokens_isNoBetter() {
    Measured method = measured(new double[] {100, 55, 10}, new double[] {1, 0.5, 0});
    Measured control = measured(new double[] {100, 28, 10}, new double[] {1, 0.2, 0});
    EqualTokens found = EqualTokens.of(method, control, bootstrap());
    assertThat(found.at().get(0).atEqualKappa().low()).isGreaterThan(0.1);
    assertThat(found.accuracy().value()).isCloseTo(0, within(1e-9));
    assertThat(found.accuracy().low()).isLessThan(0);
    assertThat(found.accuracy().high()).isGreaterThan(0);
  }

  @Test
  void itself_isNoDifference_andKappasBeyondTheControlAreNamed() {
    Measured one = measured(new double[] {100, 70, 10}, new double[] {1, 0.9, 0});
    EqualTokens same = EqualTokens.of(one, one, bootstrap());
    assertThat(same.accuracy().low()).isCloseTo(0, within(1e-9));
    assertThat(same.accuracy().high()).isCloseTo(0, within(1e-9));
    Measured shorter = measured(new double[] {60, 40, 10}, new double[] {1, 0.5, 0});
    EqualTokens beyond = EqualTokens.of(one, shorter, bootstrap());
    assertThat(beyond.isAny()).isFalse();
    assertThat(beyond.beyond()).containsExactly(0.5);
  }
}
