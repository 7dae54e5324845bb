package dev.terse.answers.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Elementary functions of real numbers to {@value #DIGITS} digits, by the textbook series after
 * argument reduction. Each costs tens of microseconds; none loops more often than its argument's
 * bounded size demands.
 */
final class Decimals {
  static final int DIGITS = 60;
  static final MathContext MC = new MathContext(DIGITS, RoundingMode.HALF_EVEN);

  /** Guard digits for the inner sums. */
  private static final MathContext WORK = new MathContext(DIGITS + 20, RoundingMode.HALF_EVEN);

  private static final BigDecimal TINY = BigDecimal.ONE.movePointLeft(DIGITS + 18);
  private static final BigDecimal TWO = BigDecimal.valueOf(2);

  /** Machin: pi = 16 atan(1/5) - 4 atan(1/239). */
  static final BigDecimal PI =
      atanSeries(new BigDecimal("0.2"))
          .multiply(BigDecimal.valueOf(16))
          .subtract(
              atanSeries(BigDecimal.ONE.divide(BigDecimal.valueOf(239), WORK))
                  .multiply(BigDecimal.valueOf(4)),
              WORK);

  private static final BigDecimal LN_10 = lnNearOne(BigDecimal.TEN);

  private Decimals() {}

  static BigDecimal exp(BigDecimal x) {
    int halvings = 8 + Math.max(0, x.precision() - x.scale()) * 4;
    var r = x.divide(new BigDecimal(BigInteger.ONE.shiftLeft(halvings)), WORK);
    var term = BigDecimal.ONE;
    var sum = BigDecimal.ONE;
    for (int i = 1; term.abs().compareTo(TINY) > 0; i++) {
      term = term.multiply(r).divide(BigDecimal.valueOf(i), WORK);
      sum = sum.add(term, WORK);
    }
    for (int i = 0; i < halvings; i++) {
      sum = sum.multiply(sum, WORK);
    }
    return sum;
  }

  /** Natural logarithm of a positive number. */
  static BigDecimal ln(BigDecimal x) {
    int power = x.precision() - x.scale() - 1;
    var mantissa = x.scaleByPowerOfTen(-power); // in [1, 10)
    return lnNearOne(mantissa).add(LN_10.multiply(BigDecimal.valueOf(power)), WORK);
  }

  /** Halley's iteration on exp: each round triples the right digits, from 15 to 45 to 135. */
  private static BigDecimal lnNearOne(BigDecimal x) {
    var y = BigDecimal.valueOf(Math.log(x.doubleValue()));
    for (int i = 0; i < 2; i++) {
      var e = exp(y);
      y = y.add(TWO.multiply(x.subtract(e)).divide(x.add(e), WORK), WORK);
    }
    return y;
  }

  static BigDecimal sin(BigDecimal x) {
    return sineSeries(reduced(x), 1);
  }

  static BigDecimal cos(BigDecimal x) {
    return sineSeries(reduced(x), 0);
  }

  /** Sum of (-1)^k r^(2k+first) / (2k+first)! */
  private static BigDecimal sineSeries(BigDecimal r, int first) {
    var square = r.multiply(r, WORK).negate();
    var term = first == 1 ? r : BigDecimal.ONE;
    var sum = term;
    for (int i = first + 1; term.abs().compareTo(TINY) > 0; i += 2) {
      term = term.multiply(square).divide(BigDecimal.valueOf((long) i * (i + 1)), WORK);
      sum = sum.add(term, WORK);
    }
    return sum;
  }

  /** x less the nearest multiple of 2 pi. */
  private static BigDecimal reduced(BigDecimal x) {
    var turn = PI.multiply(TWO);
    var turns = x.divide(turn, WORK).setScale(0, RoundingMode.HALF_EVEN);
    return x.subtract(turns.multiply(turn), WORK);
  }

  static BigDecimal atan(BigDecimal x) {
    var r = x;
    int doublings = 0;
    while (r.abs().compareTo(new BigDecimal("0.1")) > 0) {
      var root = r.multiply(r).add(BigDecimal.ONE).sqrt(WORK);
      r = r.divide(root.add(BigDecimal.ONE), WORK);
      doublings++;
    }
    return atanSeries(r).multiply(new BigDecimal(BigInteger.ONE.shiftLeft(doublings)), WORK);
  }

  private static BigDecimal atanSeries(BigDecimal x) {
    var square = x.multiply(x, WORK).negate();
    var power = x;
    var sum = x;
    for (int i = 3; power.abs().compareTo(TINY) > 0; i += 2) {
      power = power.multiply(square, WORK);
      sum = sum.add(power.divide(BigDecimal.valueOf(i), WORK), WORK);
    }
    return sum;
  }

  /** {@link BigDecimal#doubleValue} to 15 digits without its detour through text. */
  static double approximate(BigDecimal x) {
    var digits = x.unscaledValue();
    int shift = Math.max(0, digits.bitLength() - 62);
    double top = Math.scalb((double) digits.shiftRight(shift).longValue(), shift);
    int half = x.scale() / 2; // 10^-scale alone may be below the smallest double
    return top * Math.pow(10, -half) * Math.pow(10, half - x.scale());
  }

  static BigDecimal sqrt(BigDecimal x) {
    return x.sqrt(MC);
  }
}
