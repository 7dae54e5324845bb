package dev.terse.answers.value;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.testkit.TestSeed;
import dev.terse.testkit.conformance.Draws;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The laws of dimensions, and conversions there and back. */
class UnitTest {
  private static final List<String> NAMES =
      List.of(
          "mm", "cm", "dm", "m", "km", "inch", "foot", "yd", "mile", "mg", "g", "kg", "lb", "oz",
          "s", "minute", "hour", "day", "week", "cent", "$", "euro", "liter", "ml", "mph", "kph",
          "percent", "radian", "apple", "widget");

  private final Draws draws = new Draws(TestSeed.of("UnitTest"));

  @Test
  void products_anyThreeUnits_areCommutativeAndAssociative() {
    for (int i = 0; i < 1000; i++) {
      var a = any();
      var b = any();
      var c = any();
      assertSame(a.times(b), b.times(a));
      assertSame(a.times(b).times(c), a.times(b.times(c)));
      assertSame(a.times(Unit.NONE), a);
    }
  }

  @Test
  void powers_anyUnit_addTheirExponents() {
    for (int i = 0; i < 1000; i++) {
      var a = any();
      int m = draws.between(-4, 4);
      int n = draws.between(-4, 4);
      assertSame(a.pow(m).times(a.pow(n)), a.pow(m + n));
      assertSame(a.pow(m).pow(n), a.pow(m * n));
      assertThat(a.times(a.pow(-1)).isNone()).isTrue();
      assertThat(a.pow(m).dimensions()).doesNotContainValue(0);
    }
  }

  @Test
  void conversion_thereAndBack_isTheSameAmount() {
    for (int i = 0; i < 1000; i++) {
      var from = any();
      var to = any();
      var there = factor(from).over(factor(to));
      var back = factor(to).over(factor(from));
      assertThat(there.times(back)).isEqualTo(Rational.ONE);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "mile, km, 1609344/1000000",
    "inch, cm, 254/100",
    "foot, inch, 12",
    "yd, foot, 3",
    "lb, oz, 16",
    "hour, minute, 60",
    "week, day, 7",
    "$, cent, 100",
    "liter, ml, 1000"
  })
  void conversion_byDefinition_isExact(String from, String to, String factor) {
    assertThat(Unit.named(from).dimensions()).isEqualTo(Unit.named(to).dimensions());
    String[] parts = factor.split("/");
    long den = parts.length == 1 ? 1 : Long.parseLong(parts[1]);
    assertThat(factor(Unit.named(from)).over(factor(Unit.named(to))))
        .isEqualTo(Rational.of(Long.parseLong(parts[0]), den));
  }

  @ParameterizedTest
  @CsvSource({"miles, mile", "inches, inch", "Hours, hour", "apples, apple", "CENTS, cent"})
  void named_pluralOrCapital_isTheSameUnit(String name, String unit) {
    assertThat(Unit.named(name)).isEqualTo(Unit.named(unit));
  }

  @Test
  void named_unknownWord_isABaseUnitOfItsOwn() {
    assertThat(Unit.named("apple").known()).isFalse();
    assertThat(Unit.named("apple").dimensions()).isEqualTo(Map.of("apple", 1));
    assertThat(Unit.named("apple").times(Unit.named("m")).known()).isFalse();
  }

  private Unit any() {
    return Unit.named(NAMES.get(draws.between(0, NAMES.size() - 1)));
  }

  private static void assertSame(Unit a, Unit b) {
    assertThat(a.dimensions()).isEqualTo(b.dimensions());
    assertThat(a.known()).isEqualTo(b.known());
    assertThat(factor(a)).isEqualTo(factor(b));
  }

  private static Rational factor(Unit unit) {
    return new ExactValue(Map.of(), new Budget()).of(unit.factor());
  }
}
