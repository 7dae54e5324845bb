package dev.terse.answers.value;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.testkit.TestSeed;
import dev.terse.testkit.conformance.Draws;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Enclosure: if the true values lie in their balls, the true result lies in the ball of the result.
 * The truth is computed by BigDecimal to 120 digits, or known from an identity.
 */
class BallTest {
  private static final MathContext MC = new MathContext(120, RoundingMode.HALF_EVEN);
  private static final int CASES = 500;

  /** Radii are doubles, rounded to the nearest. */
  private static final BigDecimal SLACK = new BigDecimal("1.000000001");

  /** A number that is known, and a ball that it lies in. */
  private record Known(BigDecimal truth, Ball ball) {}

  private final Draws draws = new Draws(TestSeed.of("BallTest"));

  @Test
  void arithmetic_realNumbers_enclosesTheTruth() {
    for (int i = 0; i < CASES; i++) {
      var x = any();
      var y = any();
      assertEncloses(x, y, Ball::plus, (a, b) -> a.add(b, MC));
      assertEncloses(x, y, Ball::minus, (a, b) -> a.subtract(b, MC));
      assertEncloses(x, y, Ball::times, (a, b) -> a.multiply(b, MC));
      assertEncloses(x, y, (a, b) -> a.times(b.inverse()), (a, b) -> a.divide(b, MC));
      assertEncloses(x, Ball::abs, a -> a.abs(MC));
      int n = draws.between(-6, 6);
      assertEncloses(x, a -> a.pow(n), a -> a.pow(n, MC));
    }
  }

  @Test
  void roots_positiveNumbers_encloseTheTruth() {
    for (int i = 0; i < CASES; i++) {
      var x = any();
      var positive = x.truth().signum() > 0 ? x : new Known(x.truth().negate(), x.ball().negate());
      assertEncloses(positive, Ball::sqrt, a -> a.sqrt(MC));
    }
    for (int i = 0; i < CASES / 10; i++) {
      var x = moderate();
      int n = 2 * draws.between(1, 4) + 1;
      assertMeet(x.realRoot(n).pow(n), x);
    }
  }

  @Test
  void sqrt_numbersThatMayBeZero_enclosesTheTruth() {
    for (int i = 0; i < CASES; i++) {
      double radius = Math.pow(10, draws.between(-40, -2));
      var truth = new BigDecimal(radius).multiply(fraction().abs());
      var ball = new Ball(truth.multiply(fraction(), Decimals.MC), BigDecimal.ZERO, 2 * radius);
      assertEncloses(new Known(truth, ball), Ball::sqrt, a -> a.sqrt(MC));
    }
  }

  @Test
  void complexNumbers_productAndQuotient_encloseTheTruth() {
    for (int i = 0; i < CASES; i++) {
      var a = any();
      var b = any();
      var c = any();
      var d = any();
      var x = complex(a, b);
      var y = complex(c, d);
      var product = x.times(y);
      var re = a.truth().multiply(c.truth()).subtract(b.truth().multiply(d.truth()), MC);
      var im = a.truth().multiply(d.truth()).add(b.truth().multiply(c.truth()), MC);
      assertInside(re, im, product);
      var norm = c.truth().multiply(c.truth()).add(d.truth().multiply(d.truth()), MC);
      assertInside(c.truth().divide(norm, MC), d.truth().negate().divide(norm, MC), y.inverse());
    }
  }

  @Test
  void functions_theirIdentities_holdWithinTheBalls() {
    for (int i = 0; i < CASES / 10; i++) {
      var x = moderate();
      var y = moderate();
      assertMeet(x.plus(y).exp(), x.exp().times(y.exp()));
      assertMeet(x.exp().ln(), x);
      assertMeet(x.abs().times(y.abs()).ln(), x.abs().ln().plus(y.abs().ln()));
      assertMeet(x.sin().pow(2).plus(x.cos().pow(2)), Ball.ONE);
      assertMeet(x.plus(y).sin(), x.sin().times(y.cos()).plus(x.cos().times(y.sin())));
      var t = x.atan();
      assertMeet(t.sin().times(t.cos().inverse()), x);
      assertMeet(x.times(Ball.I).exp(), x.cos().plus(x.sin().times(Ball.I)));
    }
  }

  @Test
  void functions_againstTheJdk_agreeTo13Digits() {
    for (int i = 0; i < CASES / 10; i++) {
      var x = moderate();
      double v = x.re().doubleValue();
      assertNear(x.exp(), Math.exp(v));
      assertNear(x.abs().ln(), Math.log(Math.abs(v)));
      assertNear(x.sin(), Math.sin(v));
      assertNear(x.cos(), Math.cos(v));
      assertNear(x.atan(), Math.atan(v));
    }
    assertNear(Ball.PI, Math.PI);
  }

  private static void assertNear(Ball actual, double expected) {
    double error = Math.abs(actual.re().doubleValue() - expected);
    assertThat(error).isLessThanOrEqualTo(1e-13 * Math.max(1, Math.abs(expected)));
  }

  private static void assertEncloses(
      Known x, Known y, BinaryOperator<Ball> ball, BinaryOperator<BigDecimal> truth) {
    assertEncloses(x, b -> ball.apply(b, y.ball()), t -> truth.apply(t, y.truth()));
  }

  private static void assertEncloses(
      Known x, UnaryOperator<Ball> ball, UnaryOperator<BigDecimal> truth) {
    assertInside(truth.apply(x.truth()), BigDecimal.ZERO, ball.apply(x.ball()));
  }

  private static void assertInside(BigDecimal re, BigDecimal im, Ball ball) {
    var dx = re.subtract(ball.re(), MC);
    var dy = im.subtract(ball.im(), MC);
    var distance = dx.multiply(dx).add(dy.multiply(dy), MC).sqrt(MC);
    assertThat(distance)
        .as("distance of %s + i %s from %s", re, im, ball)
        .isLessThanOrEqualTo(new BigDecimal(ball.radius()).multiply(SLACK));
  }

  /** Two balls of one number meet, and are so small that this says something. */
  private static void assertMeet(Ball x, Ball y) {
    var difference = x.minus(y);
    assertThat(difference.mayBeZero()).as("%s and %s", x, y).isTrue();
    assertThat(difference.radius()).isLessThan(1e-40 * Math.max(1, x.size()));
  }

  private static Ball complex(Known re, Known im) {
    return re.ball().plus(im.ball().times(Ball.I));
  }

  /** A number of size 10^-8 to 10^8 and a ball whose radius is at most a millionth of it. */
  private Known any() {
    var truth = fraction().add(fraction().signum() < 0 ? BigDecimal.ONE.negate() : BigDecimal.ONE);
    truth = truth.signum() == 0 ? BigDecimal.ONE : truth;
    truth = truth.scaleByPowerOfTen(draws.between(-8, 8));
    double radius = draws.between(0, 3) == 0 ? 0 : truth.abs().doubleValue() * tiny();
    var centre = truth.add(new BigDecimal(radius).multiply(fraction()), Decimals.MC);
    return new Known(truth, new Ball(centre, BigDecimal.ZERO, radius));
  }

  private double tiny() {
    return Math.pow(10, draws.between(-50, -6));
  }

  /** An exact number of size up to 20. */
  private Ball moderate() {
    return Ball.exact(BigDecimal.valueOf(draws.between(-20_000_000, 20_000_000) | 1, 6));
  }

  /** Between -1 and 1, with 18 digits. */
  private BigDecimal fraction() {
    long digits = draws.between(-999_999_999, 999_999_999) * 1_000_000_000L;
    return BigDecimal.valueOf(digits + draws.between(0, 999_999_999), 18);
  }
}
