package dev.terse.answers.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.testkit.TestSeed;
import dev.terse.testkit.conformance.Draws;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

/** The laws of an ordered field, of powers and of roots. */
class RationalTest {
  private static final int CASES = 2000;

  private final Draws draws = new Draws(TestSeed.of("RationalTest"));

  @Test
  void fieldLaws_anyThree_hold() {
    for (int i = 0; i < CASES; i++) {
      var a = any();
      var b = any();
      var c = any();
      assertThat(a.plus(b)).isEqualTo(b.plus(a));
      assertThat(a.times(b)).isEqualTo(b.times(a));
      assertThat(a.plus(b).plus(c)).isEqualTo(a.plus(b.plus(c)));
      assertThat(a.times(b).times(c)).isEqualTo(a.times(b.times(c)));
      assertThat(a.times(b.plus(c))).isEqualTo(a.times(b).plus(a.times(c)));
      assertThat(a.plus(Rational.ZERO)).isEqualTo(a);
      assertThat(a.times(Rational.ONE)).isEqualTo(a);
      assertThat(a.minus(a)).isEqualTo(Rational.ZERO);
      if (a.signum() != 0) {
        assertThat(a.over(a)).isEqualTo(Rational.ONE);
        assertThat(b.over(a).times(a)).isEqualTo(b);
      }
    }
  }

  @Test
  void form_anyFraction_isInLowestTerms() {
    for (int i = 0; i < CASES; i++) {
      var a = any().times(any());
      assertThat(a.den().signum()).isPositive();
      assertThat(a.num().gcd(a.den())).isEqualTo(BigInteger.ONE);
    }
  }

  @Test
  void order_anyThree_agreesWithTheField() {
    for (int i = 0; i < CASES; i++) {
      var a = any();
      var b = any();
      var c = any();
      int order = Integer.signum(a.compareTo(b));
      assertThat(order).isEqualTo(a.minus(b).signum()).isEqualTo(-Integer.signum(b.compareTo(a)));
      assertThat(Integer.signum(a.plus(c).compareTo(b.plus(c)))).isEqualTo(order);
      assertThat(Integer.signum(a.times(c).compareTo(b.times(c)))).isEqualTo(order * c.signum());
      assertThat(a.floor().compareTo(a)).isNotPositive();
      assertThat(a.floor().plus(Rational.ONE).compareTo(a)).isPositive();
      assertThat(a.abs().compareTo(a)).isNotNegative();
    }
  }

  @Test
  void powersAndRoots_anyBase_fitTogether() {
    for (int i = 0; i < CASES; i++) {
      var a = any();
      int m = draws.between(0, 6);
      int n = draws.between(1, 6);
      assertThat(a.pow(m).times(a.pow(n))).isEqualTo(a.pow(m + n));
      assertThat(a.pow(m).pow(n)).isEqualTo(a.pow(m * n));
      if (a.signum() != 0) {
        assertThat(a.pow(-n)).isEqualTo(Rational.ONE.over(a.pow(n)));
      }
      assertThat(a.pow(n).root(n)).isEqualTo(n % 2 == 0 ? a.abs() : a);
      var root = a.root(n);
      assertThat(root == null || root.pow(n).equals(a)).as("root %s of %s", n, a).isTrue();
    }
  }

  @Test
  void divisionByZero_cannotBeTold() {
    assertThatThrownBy(() -> Rational.ONE.over(Rational.ZERO)).isInstanceOf(CannotTell.class);
    assertThatThrownBy(() -> Rational.ZERO.pow(-1)).isInstanceOf(CannotTell.class);
  }

  /** Of all sizes, zero and integers among them. */
  private Rational any() {
    int size = 1 << draws.between(0, 29);
    var top = BigInteger.valueOf(draws.between(-size, size)).pow(draws.between(1, 3));
    return draws.between(0, 4) == 0
        ? Rational.of(top)
        : new Rational(top, BigInteger.valueOf(draws.between(1, size)).pow(draws.between(1, 2)));
  }
}
