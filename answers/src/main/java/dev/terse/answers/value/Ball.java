package dev.terse.answers.value;

import java.math.BigDecimal;

/**
 * A complex number with a bound on its error: the true value lies within {@code radius} of {@code
 * re + i im}. Arithmetic carries the bound along, so "different" can be proven and cancellation is
 * seen instead of believed.
 *
 * @param radius bound on the absolute error
 */
public record Ball(BigDecimal re, BigDecimal im, double radius) {
  /** Relative error of one operation at {@link Decimals#DIGITS} digits, with a margin. */
  private static final double STEP = 1e-57;

  /** Whole numbers up to this length have fewer than {@link Decimals#DIGITS} digits. */
  private static final int EXACT_BITS = 190;

  private static final double MAX_MAGNITUDE = 1e280;
  private static final double MAX_EXP = 600;
  private static final int SMALLEST_EXPONENT = -290;
  private static final double SMALLEST = 1e-290;

  public static final Ball ZERO = exact(BigDecimal.ZERO);
  public static final Ball ONE = exact(BigDecimal.ONE);
  public static final Ball I = new Ball(BigDecimal.ZERO, BigDecimal.ONE, 0);
  public static final Ball PI = real(Decimals.PI, 0);

  public static final Ball E = ONE.exp();

  /** 1 / ln 10, for logarithms to base 10. */
  static final Ball PER_LN_10 = exact(BigDecimal.TEN).ln().inverse();

  public static Ball exact(BigDecimal value) {
    return new Ball(value, BigDecimal.ZERO, 0);
  }

  public static Ball of(Rational value) {
    if (value.isInteger() && value.num().bitLength() < EXACT_BITS) {
      return exact(new BigDecimal(value.num()));
    }
    return real(new BigDecimal(value.num()).divide(new BigDecimal(value.den()), Decimals.MC), 0);
  }

  private static Ball real(BigDecimal value, double radius) {
    return rounded(value, BigDecimal.ZERO, radius);
  }

  /** Rounds to the working precision and adds that error to {@code radius}. */
  private static Ball rounded(BigDecimal re, BigDecimal im, double radius) {
    double size = Math.abs(Decimals.approximate(re)) + Math.abs(Decimals.approximate(im));
    double total = radius + size * STEP;
    if (!(size < MAX_MAGNITUDE && total < MAX_MAGNITUDE)) {
      throw new CannotTell("a number is too large");
    }
    var flushedRe = flushed(re);
    var flushedIm = flushed(im);
    boolean lost = flushedRe.signum() != re.signum() || flushedIm.signum() != im.signum();
    return new Ball(flushedRe, flushedIm, lost ? total + 2 * SMALLEST : total);
  }

  /**
   * Rounds, and takes tiny numbers as zero: BigDecimal aligns the scales of a sum, and 1 + 1e-10^9
   * would be a billion digits long.
   */
  private static BigDecimal flushed(BigDecimal x) {
    boolean zero = x.signum() == 0 || x.precision() - (long) x.scale() < SMALLEST_EXPONENT;
    return zero ? BigDecimal.ZERO : x.round(Decimals.MC);
  }

  public boolean isReal() {
    return im.signum() == 0;
  }

  public double size() {
    return Math.abs(Decimals.approximate(re)) + Math.abs(Decimals.approximate(im));
  }

  /** Whether 0 may be the true value. */
  public boolean mayBeZero() {
    return larger() <= radius;
  }

  /** The larger of the two parts, by size. */
  private double larger() {
    return Math.max(Math.abs(Decimals.approximate(re)), Math.abs(Decimals.approximate(im)));
  }

  public Ball plus(Ball o) {
    return rounded(re.add(o.re), im.add(o.im), radius + o.radius);
  }

  public Ball negate() {
    return new Ball(re.negate(), im.negate(), radius);
  }

  public Ball minus(Ball o) {
    return plus(o.negate());
  }

  public Ball times(Ball o) {
    double error = size() * o.radius + o.size() * radius + radius * o.radius;
    if (isReal() && o.isReal()) {
      return real(re.multiply(o.re), error);
    }
    double steps = size() * o.size() * STEP;
    return rounded(
        re.multiply(o.re).subtract(im.multiply(o.im)),
        re.multiply(o.im).add(im.multiply(o.re)),
        error + steps);
  }

  public Ball inverse() {
    double size = larger();
    if (size <= radius) {
      throw new CannotTell("division by a number that may be zero");
    }
    double error = radius / (size * (size - radius)) * 2;
    if (isReal()) {
      return real(BigDecimal.ONE.divide(re, Decimals.MC), error);
    }
    var norm = re.multiply(re).add(im.multiply(im));
    return rounded(re.divide(norm, Decimals.MC), im.negate().divide(norm, Decimals.MC), error);
  }

  public Ball pow(int exponent) {
    if (exponent < 0) {
      return inverse().pow(-exponent);
    }
    var result = ONE;
    var square = this;
    for (int n = exponent; n > 0; n >>= 1) {
      if ((n & 1) == 1) {
        result = result.times(square);
      }
      if (n > 1) {
        square = square.times(square);
      }
    }
    return result;
  }

  public Ball sqrt() {
    if (mayBeZero()) {
      if (re.signum() == 0 && im.signum() == 0 && radius == 0) {
        return ZERO;
      }
      return new Ball(BigDecimal.ZERO, BigDecimal.ZERO, 2 * Math.sqrt(radius));
    }
    if (isReal()) {
      var root = Decimals.sqrt(re.abs());
      double error = radius / Math.max(Decimals.approximate(root), Double.MIN_NORMAL);
      return re.signum() > 0 ? real(root, error) : rounded(BigDecimal.ZERO, root, error);
    }
    return ln().times(of(Rational.HALF)).exp();
  }

  /** The real n-th root of a real number; odd roots of negative numbers are negative. */
  public Ball realRoot(int n) {
    if (mayBeZero()) {
      throw new CannotTell("a root of a number that may be zero");
    }
    var size = new Ball(re.abs(), BigDecimal.ZERO, radius);
    var root = size.ln().times(of(Rational.of(1, n))).exp();
    return re.signum() < 0 ? root.negate() : root;
  }

  public Ball exp() {
    if (!(Math.abs(Decimals.approximate(re)) < MAX_EXP && radius < 1e-3)) {
      throw new CannotTell("an exponential is too large");
    }
    var size = Decimals.exp(re);
    double error = Decimals.approximate(size) * radius * 2;
    if (isReal()) {
      return real(size, error);
    }
    requireArgument(im);
    return rounded(size.multiply(Decimals.cos(im)), size.multiply(Decimals.sin(im)), 2 * error);
  }

  /** Principal logarithm. */
  public Ball ln() {
    if (mayBeZero()) {
      throw new CannotTell("the logarithm of a number that may be zero");
    }
    double error = 2 * radius / (larger() - radius);
    if (isReal()) {
      var ln = Decimals.ln(re.abs());
      return rounded(ln, re.signum() > 0 ? BigDecimal.ZERO : Decimals.PI, error);
    }
    var norm = re.multiply(re).add(im.multiply(im)).round(Decimals.MC);
    var ln = Decimals.ln(norm).divide(BigDecimal.valueOf(2));
    return rounded(ln, argument(), error);
  }

  private BigDecimal argument() {
    if (re.signum() == 0) {
      var half = Decimals.PI.divide(BigDecimal.valueOf(2));
      return im.signum() > 0 ? half : half.negate();
    }
    var angle = Decimals.atan(im.divide(re, Decimals.MC));
    if (re.signum() > 0) {
      return angle;
    }
    return im.signum() >= 0 ? angle.add(Decimals.PI) : angle.subtract(Decimals.PI);
  }

  public Ball sin() {
    if (isReal()) {
      requireArgument(re);
      return real(Decimals.sin(re), radius + Math.abs(Decimals.approximate(re)) * STEP + STEP);
    }
    var e = times(I).exp();
    return e.minus(e.inverse()).times(I.times(of(Rational.of(2))).inverse());
  }

  public Ball cos() {
    if (isReal()) {
      requireArgument(re);
      return real(Decimals.cos(re), radius + Math.abs(Decimals.approximate(re)) * STEP + STEP);
    }
    var e = times(I).exp();
    return e.plus(e.inverse()).times(of(Rational.HALF));
  }

  public Ball atan() {
    requireReal("atan");
    return real(Decimals.atan(re), radius);
  }

  public Ball abs() {
    if (isReal()) {
      return re.signum() < 0 ? negate() : this;
    }
    var norm = re.multiply(re).add(im.multiply(im));
    return real(norm.sqrt(Decimals.MC), 2 * radius);
  }

  public void requireReal(String what) {
    if (!isReal()) {
      throw new CannotTell(what + " of a complex number");
    }
  }

  private static void requireArgument(BigDecimal x) {
    if (!(Math.abs(Decimals.approximate(x)) <= Limits.MAX_ARGUMENT)) {
      throw new CannotTell("the argument of a trigonometric function is too large");
    }
  }
}
