package dev.terse.engine;

import java.util.Arrays;

/**
 * Which elements of a row dropout keeps (Srivastava et al., JMLR 15, 2014): a function of the row's
 * seed, so no mask is ever stored. An element has 32 random bits u and is kept if {@code u / 2^32
 * >= rate}; two neighbours share the 64 bits of one draw. An instance makes masks of one width and
 * belongs to one thread.
 */
public final class DropoutMask {
  private static final double RANGE = 0x1.0p32;

  private final long least;
  private final float kept;
  private final long[] steps;
  private final long[] bits;
  private final float[] factors;

  /**
   * @param rate share of elements left out, in [0, 1)
   * @param columns elements of a row, C
   */
  public DropoutMask(double rate, int columns) {
    this.least = (long) Math.ceil(rate * RANGE);
    this.kept = (float) (1 / (1 - rate));
    this.steps = new long[(columns + 1) / 2];
    Arrays.setAll(steps, SeedTree::step);
    this.bits = new long[steps.length];
    this.factors = new float[columns];
  }

  /** Whether column {@code column} of the row is kept. */
  public static boolean keeps(long rowSeed, int column, double rate) {
    long pair = SeedTree.bits(rowSeed, column >>> 1);
    long own = (column & 1) == 0 ? pair >>> 32 : pair & 0xffffffffL;
    return own >= rate * RANGE;
  }

  /**
   * {@code 1 / (1 - rate)} where an element of the row is kept, else 0.
   *
   * @return [C], valid until the next call
   */
  public float[] factors(long rowSeed) {
    SeedTree.bits(rowSeed, steps, bits);
    int pairs = factors.length / 2;
    for (int i = 0; i < pairs; i++) {
      factors[2 * i] = bits[i] >>> 32 >= least ? kept : 0;
      factors[2 * i + 1] = (bits[i] & 0xffffffffL) >= least ? kept : 0;
    }
    if (pairs < bits.length) {
      factors[2 * pairs] = bits[pairs] >>> 32 >= least ? kept : 0;
    }
    return factors;
  }
}
