package dev.terse.answers.value;

/**
 * The bounds that make comparison safe. Beyond any of them the verdict is "cannot tell", never an
 * error and never a long wait.
 */
public final class Limits {
  private Limits() {}

  /** Longest answer that is read; the longest gold answer of MATH-500 has 53 characters. */
  public static final int MAX_CHARS = 2048;

  /** Most tokens of an answer; a 10 x 10 matrix of fractions has fewer. */
  public static final int MAX_TOKENS = 1024;

  /** Deepest nesting; keeps recursion far below the smallest thread stack in use (512 KiB). */
  public static final int MAX_DEPTH = 40;

  /** Most digits of one written number; 64-digit answers exist, 1,000 are a game. */
  public static final int MAX_DIGITS = 400;

  /** Largest power of ten in scientific notation; physics ends at 10^120. */
  public static final int MAX_DECIMAL_EXPONENT = 400;

  /** Bits of numerator or denominator: 1000! has 8,530 bits; a product of two takes 20 us. */
  public static final int MAX_BITS = 16_384;

  /** Largest n of n! and of binomials; see {@link #MAX_BITS}. */
  public static final int MAX_FACTORIAL = 1000;

  /** Largest k of binom(x, k) where x is no natural number: a polynomial of that degree. */
  public static final int MAX_POLYNOMIAL_BINOMIAL = 20;

  /** Most parts of a list, set or tuple; parts are compared pairwise where order is free. */
  public static final int MAX_ITEMS = 64;

  /** Most readings of one ambiguous answer. */
  public static final int MAX_READINGS = 6;

  /**
   * Cost units of one comparison, see {@link Budget}: 10 to 15 ms in the worst case, some 25 MB.
   */
  public static final int MAX_COST = 12_000;

  /** Largest argument of exp, sin and their like: beyond it 60 digits are not enough. */
  public static final double MAX_ARGUMENT = 1e6;
}
