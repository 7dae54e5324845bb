package dev.terse.answers.value;

import java.math.BigInteger;

/** An exact fraction in lowest terms with a positive denominator, of bounded size. */
public record Rational(BigInteger num, BigInteger den) implements Comparable<Rational> {
  public static final Rational ZERO = of(0);
  public static final Rational ONE = of(1);
  public static final Rational MINUS_ONE = of(-1);
  public static final Rational HALF = of(1, 2);

  public Rational {
    if (den.signum() == 0) {
      throw new CannotTell("division by zero");
    }
    if (!den.equals(BigInteger.ONE)) {
      var gcd = num.gcd(den);
      if (den.signum() < 0) {
        gcd = gcd.negate();
      }
      num = num.divide(gcd);
      den = den.divide(gcd);
    }
    if (Math.max(num.bitLength(), den.bitLength()) > Limits.MAX_BITS) {
      throw new CannotTell("a number is too large");
    }
  }

  public static Rational of(long value) {
    return new Rational(BigInteger.valueOf(value), BigInteger.ONE);
  }

  public static Rational of(long num, long den) {
    return new Rational(BigInteger.valueOf(num), BigInteger.valueOf(den));
  }

  public static Rational of(BigInteger value) {
    return new Rational(value, BigInteger.ONE);
  }

  public Rational plus(Rational o) {
    return new Rational(num.multiply(o.den).add(o.num.multiply(den)), den.multiply(o.den));
  }

  public Rational minus(Rational o) {
    return plus(o.negate());
  }

  public Rational times(Rational o) {
    return new Rational(num.multiply(o.num), den.multiply(o.den));
  }

  public Rational over(Rational o) {
    return new Rational(num.multiply(o.den), den.multiply(o.num));
  }

  public Rational negate() {
    return new Rational(num.negate(), den);
  }

  public Rational abs() {
    return num.signum() < 0 ? negate() : this;
  }

  /** This to an integer power; the size of the result is known before it is computed. */
  public Rational pow(int exponent) {
    if (exponent == 0) {
      return ONE;
    }
    if (num.signum() == 0) {
      if (exponent < 0) {
        throw new CannotTell("division by zero");
      }
      return ZERO;
    }
    boolean unit = num.abs().equals(BigInteger.ONE) && den.equals(BigInteger.ONE);
    if (unit) {
      return exponent % 2 == 0 ? ONE : this;
    }
    long bits = Math.max(num.bitLength(), den.bitLength());
    if ((bits - 1) * Math.abs((long) exponent) > Limits.MAX_BITS) {
      throw new CannotTell("a power is too large");
    }
    int n = Math.abs(exponent);
    return exponent >= 0
        ? new Rational(num.pow(n), den.pow(n))
        : new Rational(den.pow(n), num.pow(n));
  }

  /** The exact n-th root; null if it is irrational or not real. */
  public Rational root(int n) {
    if (n == 1) {
      return this;
    }
    if (n <= 0 || n > 64 || num.signum() < 0 && n % 2 == 0) {
      return null;
    }
    var top = root(num.abs(), n);
    var bottom = root(den, n);
    if (top == null || bottom == null) {
      return null;
    }
    return new Rational(num.signum() < 0 ? top.negate() : top, bottom);
  }

  private static BigInteger root(BigInteger value, int n) {
    if (value.signum() == 0 || value.equals(BigInteger.ONE)) {
      return value;
    }
    BigInteger x;
    if (n == 2) {
      x = value.sqrt();
    } else { // bisection: at most MAX_BITS / n steps
      var low = BigInteger.ONE;
      var high = BigInteger.ONE.shiftLeft(value.bitLength() / n + 1);
      while (low.compareTo(high) < 0) {
        var middle = low.add(high).add(BigInteger.ONE).shiftRight(1);
        if (middle.pow(n).compareTo(value) <= 0) {
          low = middle;
        } else {
          high = middle.subtract(BigInteger.ONE);
        }
      }
      x = low;
    }
    return x.pow(n).equals(value) ? x : null;
  }

  public boolean isInteger() {
    return den.equals(BigInteger.ONE);
  }

  /** Whether this is an integer that fits an int. */
  public boolean isInt() {
    return isInteger() && num.bitLength() < 32;
  }

  public Rational floor() {
    var parts = num.divideAndRemainder(den);
    return of(parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0]);
  }

  public int signum() {
    return num.signum();
  }

  @Override
  public int compareTo(Rational o) {
    return num.multiply(o.den).compareTo(o.num.multiply(den));
  }

  @Override
  public String toString() {
    return isInteger() ? num.toString() : num + "/" + den;
  }
}
