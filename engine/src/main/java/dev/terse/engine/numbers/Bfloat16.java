package dev.terse.engine.numbers;

/** bfloat16: the upper half of an IEEE 754 binary32. */
public final class Bfloat16 {
  /** Keeps a NaN a NaN where its fraction stands in the lower half alone. */
  private static final int QUIET = 0x40;

  private static final int BELOW_HALF_ULP = 0x7fff;

  private Bfloat16() {}

  /** The same number, exactly. */
  public static float toFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** To nearest, ties to even; too large becomes infinite; NaN stays a (quiet) NaN. */
  public static short of(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | QUIET);
    }
    return (short) ((bits + BELOW_HALF_ULP + ((bits >>> 16) & 1)) >>> 16);
  }

  /**
   * To one of the two neighbours, the nearer the likelier, so that the mean over all {@code random}
   * is the value itself. Infinities and NaN as in {@link #of}.
   *
   * @param random 0 to 65535
   */
  public static short ofStochastic(float value, int random) {
    // Not the raw bits: those of some NaN would overflow to a number.
    return (short) ((Float.floatToIntBits(value) + random) >>> 16);
  }
}
