package dev.terse.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.testkit.conformance.Draws;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class GradientCheckerTest {

  @Test
  void assertGradient_rightOrWrong_isTold() {
    Draws draws = new Draws(TestSeed.of("GradientCheckerTest"));
    double[] point = draws.normal(100, 1);
    double[] gradient = Arrays.stream(point).map(Math::cos).toArray();
    long seed = draws.next();
    check(point, gradient, seed);
    // Coordinates are drawn, yet one wrong derivative anywhere shows in the direction through all.
    int wrong = draws.between(0, 99);
    gradient[wrong] += 1e-2;
    assertThatThrownBy(() -> check(point, gradient, seed))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("sine against finite differences: max difference");
  }

  private static void check(double[] point, double[] gradient, long seed) {
    GradientChecker.assertGradient(
        "sine", point, x -> Arrays.stream(x).map(Math::sin).sum(), gradient, 1e-9, seed);
  }
}
